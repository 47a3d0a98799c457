"""Datasets of payments, clicks, pumps, customers, images, loans and real measurements: as documented, and learnable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import adjusted_rand_score, roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlguard import Dataset

SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Case:
    """One dataset: what it documents, and how much a plain model gains on a constant one."""

    name: str
    """File name of the generator."""
    columns: str
    """Columns of the table `rows` in their order, each with a letter after a colon: i(nteger), f(loat), t(ext), d(ate);
    for an array its width."""
    planted: Callable[[Any], dict[str, bool]]
    """The planted rows by name, and whether each is there."""
    plain: Callable[[Any], float]
    """Score of a plain model on the last quarter of rows; more is better."""
    constant: float
    """What a constant model scores."""
    margin: float
    """What the plain model must be better by."""
    most: int = 4000
    """Rows that there are at most."""


def make(name: str, seed: int, rows: int | None = None) -> Any:
    """The table `rows` that the generator returns for a seed."""
    function = import_module(f"mlguard.generators.{name}").make
    rng = np.random.RandomState(seed)
    result: Dataset = function(rng) if rows is None else function(rng, rows=rows)
    return result["rows"]


def schema(table: Any) -> str:
    """What `Case.columns` says, of a table."""
    if isinstance(table, np.ndarray):
        return f"{table.dtype} {table.shape[1]}"
    letters = {"i": "i", "f": "f", "M": "d"}
    return " ".join(f"{name}:{letters.get(getattr(table[name].dtype, 'kind', 'O'), 't')}" for name in table.columns)


def late_only(frame: pd.DataFrame, column: str, value: str) -> bool:
    """Whether a value occurs, and only in the last tenth of the rows."""
    at = np.flatnonzero((frame[column] == value).to_numpy())
    return len(at) > 0 and at.min() >= 0.9 * len(frame) - 1


def common(frame: pd.DataFrame, number: str, constant: str, keys: Sequence[str]) -> dict[str, bool]:
    """What every made-up table plants."""
    texts = frame.select_dtypes(exclude=["number", "datetime"])
    letters = "".join(str(value) for column in texts for value in texts[column])
    return {
        "above 2**53": bool((frame[number] > 2**53).all()),
        "constant column": frame[constant].nunique(dropna=False) == 1,
        "duplicate keys": bool(frame.duplicated(list(keys)).any()),
        "non-ASCII": not letters.isascii(),
    }


def planted_fraud(frame: pd.DataFrame) -> dict[str, bool]:
    return common(frame, "payment", "currency", ["payment"]) | {
        "one in twenty": 0.045 <= frame["fraud"].mean() <= 0.06,
        "review amount": bool((frame["amount"] == 1000.0).any()),
        "at the limit": bool((frame["amount"] == frame["limit"]).any()),
        "missing": bool(frame["limit"].isna().any()),
        "late category": late_only(frame, "category", "crypto"),
    }


def planted_clicks(frame: pd.DataFrame) -> dict[str, bool]:
    return common(frame, "visitor", "page", ["session", "item"]) | {
        "many items": frame["item"].nunique() > 80,
        "groups": frame.groupby("session").size().between(1, 7).all() and (frame["session"].diff().dropna() >= 0).all(),
        "positions": bool((frame["position"] == frame.groupby("session").cumcount() + 1).all()),
        "free delivery": bool((frame["price"] == 20.0).any()),
        "missing": bool(frame["price"].isna().any() and frame["brand"].isna().any()),
        "late brand": late_only(frame, "brand", "Ærø"),
    }


def planted_sensors(frame: pd.DataFrame) -> dict[str, bool]:
    values = frame.drop(columns="taken_at")
    return common(frame, "serial", "firmware", ["taken_at", "pump"]) | {
        "some fail": 0.03 <= frame["failing"].mean() <= 0.1,
        "hot": bool((frame["temperature"] == 90.0).any()),
        "missing": bool(frame["pressure"].isna().any()),
        "late pump": late_only(frame, "pump", "Süd-06"),
        "equal values": bool((values.duplicated() & ~frame["taken_at"].duplicated()).any()),
    }


def planted_segments(frame: pd.DataFrame) -> dict[str, bool]:
    habits = frame.drop(columns="customer")
    sizes = frame["way"].value_counts()
    return common(frame, "customer", "chain", ["customer"]) | {
        "unequal sizes": sizes.index.tolist() == [0, 1, 2, 3] and sizes.is_unique,
        "big basket": bool((frame["basket"] == 50.0).any()),
        "no visit": bool((frame["visits"] == 0).any()),
        "missing": bool(frame["idle_days"].isna().any()),
        "late city": late_only(frame, "city", "Ystad"),
        "equal habits": bool((habits.duplicated() & ~frame["customer"].duplicated()).any()),
    }


def planted_credit(frame: pd.DataFrame) -> dict[str, bool]:
    values = frame.drop(columns="application")
    return common(frame, "application", "product", ["application"]) | {
        "edges": bool((frame["age"] == 25).any() and (frame["income"] == 2000.0).any()),
        "share on an edge": bool((frame["debt_service"] / frame["income"] == 0.4).any()),
        "missing": bool(frame["income"].isna().any() and frame["years_employed"].isna().any()),
        "late purpose": late_only(frame, "purpose", "solar"),
        "equal values": bool((values.duplicated() & ~frame["application"].duplicated()).any()),
    }


def planted_digits(table: np.ndarray) -> dict[str, bool]:
    pixels, digits = table[:, 1:], table[:, 0]
    images = pd.DataFrame(pixels)
    return {
        "range": bool((pixels >= 0).all() and (pixels <= 16).all()),
        "all ten": set(digits.tolist()) == set(range(10)),
        "empty": bool((pixels.sum(axis=1) == 0).any()),
        "inked out": bool((pixels == 16).all(axis=1).any()),
        "half ink": bool((pixels == 8).any()),
        "nearly constant pixel": int((pixels[:, -1] > 0).sum()) == 1,
        "repeated": bool(pd.DataFrame(table).duplicated().any()),
        "contradicted": bool((images.duplicated() & ~pd.DataFrame(table).duplicated()).any()),
    }


def numbers(frame: pd.DataFrame, target: str) -> tuple[np.ndarray, np.ndarray]:
    """Numeric columns with gaps filled by zero and the others as indicators, without dates; and the target."""
    dates = frame.select_dtypes(include="datetime").columns
    many = [
        name for name in frame if name not in dates and frame[name].dtype.kind == "O" and frame[name].nunique() > 50
    ]
    design = pd.get_dummies(frame.drop(columns=[target, *dates, *many])).astype(float).fillna(0.0)
    return design.to_numpy(), frame[target].to_numpy()


def latest_quarter(model: Any, design: np.ndarray, wanted: np.ndarray) -> tuple[Any, np.ndarray, np.ndarray]:
    """A model fitted to the first three quarters of the rows, and the last quarter."""
    cut = len(design) * 3 // 4
    return model.fit(design[:cut], wanted[:cut]), design[cut:], wanted[cut:]


def ranking(target: str) -> Callable[[pd.DataFrame], float]:
    """Area under the curve of logistic regression on the columns as they are."""

    def score(frame: pd.DataFrame) -> float:
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
        fitted, asked, truth = latest_quarter(model, *numbers(frame, target))
        return float(roc_auc_score(truth, fitted.predict_proba(asked)[:, 1]))

    return score


def scored(model: Any, target: str) -> Callable[[pd.DataFrame], float]:
    """The model's own score: accuracy or R2."""

    def score(frame: pd.DataFrame) -> float:
        fitted, asked, truth = latest_quarter(model, *numbers(frame, target))
        return float(fitted.score(asked, truth))

    return score


def farthest_sensor(frame: pd.DataFrame) -> float:
    """Area under the curve of the largest deviation from the median, in one channel, of the pump."""
    channels = ["temperature", "vibration", "pressure", "current"]
    by_pump = frame.groupby("pump")[channels]
    scale = (frame[channels] - by_pump.transform("median")) / frame[channels].std()
    return float(roc_auc_score(frame["failing"], scale.abs().max(axis=1)))


def clustered(frame: pd.DataFrame) -> float:
    """Agreement of four clusters of scaled columns with the ways of shopping."""
    points = np.log1p(frame[["visits", "basket", "online", "discount"]])
    found = KMeans(4, n_init=3, random_state=0).fit_predict(StandardScaler().fit_transform(points))
    return float(adjusted_rand_score(frame["way"], found))


def nearest_image(table: np.ndarray) -> float:
    """Accuracy of the nearest training image."""
    fitted, asked, truth = latest_quarter(KNeighborsClassifier(3), table[:, 1:], table[:, 0])
    return float(fitted.score(asked, truth))


def real(frame: pd.DataFrame) -> dict[str, bool]:
    return {"complete": not frame.isna().any().any(), "rows differ": not frame.duplicated().any()}


NUCLEUS = "radius texture perimeter area smoothness compactness concavity concave_points symmetry fractal_dimension"
SUFFIXED = [f"mean_{n}:f" for n in NUCLEUS.split()] + [f"{n}_error:f" for n in NUCLEUS.split()]
SUFFIXED += [f"worst_{n}:f" for n in NUCLEUS.split()]
PIXELS = " ".join(f"pixel_{line}_{column}:i" for line in range(8) for column in range(8))

CASES = (
    Case(
        "fraud",
        "payment:i card:i hour:i amount:f limit:f country:t category:t channel:t currency:t fraud:i",
        planted_fraud,
        ranking("fraud"),
        constant=0.5,
        margin=0.2,
    ),
    Case(
        "clicks",
        "session:i visitor:i position:i query:t item:t brand:t device:t page:t price:f clicked:i",
        planted_clicks,
        ranking("clicked"),
        constant=0.5,
        margin=0.15,
    ),
    Case(
        "sensors",
        "taken_at:d pump:t temperature:f vibration:f pressure:f current:f speed:i serial:i firmware:t failing:i",
        planted_sensors,
        farthest_sensor,
        constant=0.5,
        margin=0.3,
    ),
    Case(
        "segments",
        "customer:i city:t visits:i basket:f online:f discount:f idle_days:f chain:t way:i",
        planted_segments,
        clustered,
        constant=0.0,
        margin=0.7,
    ),
    Case("digits", "int64 65", planted_digits, nearest_image, constant=0.2, margin=0.4),
    Case(
        "credit",
        "application:i age:i income:f debt_service:f amount:f years_employed:f late:i home:t purpose:t product:t "
        "default:i",
        planted_credit,
        ranking("default"),
        constant=0.5,
        margin=0.15,
    ),
    Case(
        "real_breast_cancer",
        " ".join([*SUFFIXED, "benign:i"]),
        real,
        ranking("benign"),
        constant=0.5,
        margin=0.4,
        most=200,
    ),
    Case(
        "real_diabetes",
        "age:i sex:i bmi:f bp:f s1:f s2:f s3:f s4:f s5:f s6:f progression:f",
        real,
        scored(make_pipeline(StandardScaler(), Ridge(10.0)), "progression"),
        constant=0.0,
        margin=0.25,
        most=200,
    ),
    Case(
        "real_digits",
        f"{PIXELS} digit:i",
        real,
        scored(KNeighborsClassifier(3), "digit"),
        constant=0.2,
        margin=0.6,
        most=200,
    ),
)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


@pytest.mark.parametrize("seed", SEEDS)
def test_schema_is_as_documented(case: Case, seed: int) -> None:
    table = make(case.name, seed)
    assert schema(table) == case.columns
    assert 100 <= len(table) <= 400


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_rows_are_there(case: Case, seed: int) -> None:
    assert [name for name, present in case.planted(make(case.name, seed)).items() if not present] == []


@pytest.mark.parametrize("rows", [20, 57, 1000, 4000])
def test_rows_are_respected(case: Case, rows: int) -> None:
    assert len(make(case.name, 3, rows)) == min(rows, case.most)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plain_model_beats_a_constant_one(case: Case, seed: int) -> None:
    assert case.plain(make(case.name, seed)) >= case.constant + case.margin


def test_another_seed_makes_other_data(case: Case) -> None:
    assert str(make(case.name, 0)[:5]) != str(make(case.name, 1)[:5])
