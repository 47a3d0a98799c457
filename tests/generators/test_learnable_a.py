"""Datasets of accounts, homes, shops, listeners, reviews, pumps, flowers and wines: as documented, and learnable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
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
    columns: dict[str, str]
    """Column names of the main table and the kind of each: i(nteger), f(loat), t(ext), d(ate), b(ool)."""
    planted: Callable[[Dataset], dict[str, bool]]
    """The planted rows by name, and whether each is there."""
    plain: Callable[[Dataset], tuple[float, float]]
    """Score of a plain and of a constant model on the last quarter of rows; more is better."""
    margin: float
    """What the plain model must be better by."""
    table: str = "rows"
    """Name of the main table."""
    most: int = 4000
    """Rows that there are at most."""


def make(name: str, seed: int, rows: int | None = None) -> Dataset:
    """What the generator returns for a seed."""
    function = import_module(f"mlguard.generators.{name}").make
    rng = np.random.RandomState(seed)
    result: Dataset = function(rng) if rows is None else function(rng, rows=rows)
    return result


def kind(column: pd.Series) -> str:
    """The letter that `Case.columns` uses for a column."""
    letters = {"i": "i", "f": "f", "b": "b", "M": "d"}
    return letters.get(getattr(column.dtype, "kind", "O"), "t")


def halves(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The first three quarters of the rows, and the rest."""
    cut = len(frame) * 3 // 4
    return frame.iloc[:cut], frame.iloc[cut:]


def numbers(frame: pd.DataFrame, without: tuple[str, ...]) -> pd.DataFrame:
    """Numeric columns with gaps filled by zero, and the others as indicator columns."""
    return pd.get_dummies(frame.drop(columns=list(without))).astype(float).fillna(0.0)


def against_dummy(model: object, frame: pd.DataFrame, target: str, without: tuple[str, ...]) -> tuple[float, float]:
    """Scores of a model and of the constant one of its kind; accuracy or R2."""
    design = numbers(frame, (*without, target))
    (train, test), (known, asked) = halves(design), halves(frame[[target]])
    dummy = DummyClassifier() if np.isin(frame[target].unique(), [0, 1, 2]).all() else DummyRegressor()
    if frame[target].dtype.kind not in "if":
        dummy = DummyClassifier()
    scores = [m.fit(train, known[target]).score(test, asked[target]) for m in (model, dummy)]
    return scores[0], scores[1]


def late_only(frame: pd.DataFrame, column: str, value: str) -> bool:
    """Whether a value occurs, and only in the last tenth of the rows."""
    at = np.flatnonzero((frame[column] == value).to_numpy())
    return len(at) > 0 and at.min() >= 0.9 * len(frame) - 1


def common(frame: pd.DataFrame, number: str, constant: str) -> dict[str, bool]:
    """What every made-up dataset plants."""
    texts = frame.select_dtypes(exclude=["number", "bool", "datetime"])
    letters = "".join(str(value) for column in texts for value in texts[column])
    return {
        "above 2**53": bool((frame[number] > 2**53).all()),
        "constant column": frame[constant].nunique(dropna=False) == 1,
        "duplicate keys": bool(frame[number].duplicated().any()),
        "non-ASCII": not letters.isascii(),
    }


def planted_churn(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    values = frame.drop(columns="account")
    return {
        **common(frame, "account", "country"),
        "thresholds": bool((frame["price"] == 25.0).any() and (frame["months"] == 12).any()),
        "missing": bool(frame["reads_week"].isna().any() and frame["payer"].isna().any()),
        "late plan": late_only(frame, "plan", "student"),
        "ties": bool((values.duplicated() & ~frame["account"].duplicated()).any()),
    }


def planted_house_prices(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    twins = frame.drop(columns=["parcel", "sold", "price"]).duplicated()
    return {
        **common(frame, "parcel", "currency"),
        "edges": bool((frame["area"] == 120.0).any() and (frame["station"] == 1.0).any()),
        "missing": bool(frame["station"].isna().any()),
        "late district": late_only(frame, "district", "Neuland"),
        "ties": bool(twins.any()),
        "skewed": float(frame["price"].skew()) > 1.0,
    }


def planted_demand(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    by_day = frame.groupby("day")["shop"].nunique()
    return {
        **common(frame.assign(receipt=frame["receipt"]), "receipt", "unit"),
        "duplicate keys": bool(frame.duplicated(["day", "shop"]).any()),
        "thresholds": bool((frame["temperature"] == 20.0).any() and (frame["promo"] == 0.3).any()),
        "missing": bool(frame["temperature"].isna().any()),
        "late shop": late_only(frame, "shop", "Neumarkt"),
        "closed days": bool((by_day.iloc[1:-8] < 4).any()),
        "ties": bool(frame["sold"].duplicated().any()),
        "in order": bool(frame["day"].is_monotonic_increasing),
    }


def planted_ratings(data: Dataset) -> dict[str, bool]:
    frame, items = data["interactions"], data["items"]
    users = np.sort(frame["user"].unique())
    popularity = frame.drop_duplicates(["user", "item"])["item"].value_counts()
    pairs = frame.drop_duplicates("event")
    titles = "".join(items["title"])
    return {
        **(common(frame, "event", "device") | {"non-ASCII": not titles.isascii()}),
        "gaps": bool((np.diff(users) > 1).all() and (np.diff(items["item"]) > 1).all()),
        "return visits": bool(pairs.duplicated(["user", "item"]).any()),
        "newcomers": int((frame.tail(2)["user"] >= 100_000).sum()) == 2,
        "unplayed items": not set(items["item"]) <= set(frame["item"]),
        "all items known": set(frame["item"]) <= set(items["item"]),
        "equally popular": bool(popularity.duplicated().any()),
        "missing": bool(items["minutes"].isna().any()),
        "equal titles": bool(items["title"].duplicated().any()),
    }


def planted_reviews(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    text = frame["text"].dropna()
    return {
        **common(frame, "review", "shop"),
        "missing text": bool(frame["text"].isna().any()),
        "empty text": bool((text == "").any()),
        "tab, break and quotes": any("\t" in t and "\n" in t and '"' in t for t in text),
        "equal texts": bool(text[text != ""].duplicated().any()),
        "late source": late_only(frame, "source", "kiosk"),
        "unseen words": any("fabuleux" in t for t in text.tail(3)) and not any("fabuleux" in t for t in text.iloc[:-3]),
        "shouting": any(t.isupper() for t in text),
    }


def planted_survival(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    died = frame[frame["failed"] == 1]
    censored = frame[frame["failed"] == 0]
    return {
        **common(frame, "pump", "medium"),
        "tied failures": bool(died.drop_duplicates("pump")["days"].duplicated().any()),
        "censored on a failure's day": bool(censored["days"].isin(died["days"]).any()),
        "ends at 730": bool((censored["days"] == 730).any()),
        "overload edge": bool((frame["load"] == 1.0).any()),
        "missing": bool(frame["heat"].isna().any()),
        "late vendor": late_only(frame, "vendor", "Delta"),
        "positive lives": bool((frame["days"] >= 1).all()),
    }


def plain_demand(data: Dataset) -> tuple[float, float]:
    """Less the mean error of the shop's and weekday's mean, against that of one mean for all."""
    train, test = halves(data["rows"])
    keys = ["shop", "weekday"]
    train, test = (part.assign(weekday=part["day"].dt.day_of_week) for part in (train, test))
    means = train.groupby(keys)["sold"].mean().rename("expected").reset_index()
    overall = train["sold"].mean()
    expected = test.merge(means, on=keys, how="left")["expected"].fillna(overall).to_numpy()
    plain, constant = (np.abs(guess - test["sold"].to_numpy()).mean() for guess in (expected, overall))
    return -plain / constant, -1.0


def plain_ratings(data: Dataset) -> tuple[float, float]:
    """How often a user's next item is among the five most played of the user's favourite genre, and of all."""
    frame = data["interactions"].merge(data["items"][["item", "genre"]], on="item")
    train, test = halves(frame)
    top = train["item"].value_counts(sort=True).index[:5]
    of_genre = {genre: set(part["item"].value_counts().index[:5]) for genre, part in train.groupby("genre")}
    favourite = train.groupby("user")["genre"].agg(lambda genres: genres.value_counts().index[0])
    known = test[test["user"].isin(favourite.index)]
    hits = [row.item in of_genre[favourite[row.user]] for row in known.itertuples()]
    return float(np.mean(hits)), float(known["item"].isin(top).mean())


def plain_reviews(data: Dataset) -> tuple[float, float]:
    """Accuracy of logistic regression on words, against the most frequent opinion."""
    frame = data["rows"].assign(text=data["rows"]["text"].fillna(""))
    train, test = halves(frame)
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10.0, max_iter=500))
    usual = train["opinion"].mode()[0]
    return model.fit(train["text"], train["opinion"]).score(test["text"], test["opinion"]), float(
        (test["opinion"] == usual).mean()
    )


def plain_survival(data: Dataset) -> tuple[float, float]:
    """Concordance of a straight line through the logarithm of days, against one half."""
    design = numbers(data["rows"], ("pump", "days", "failed"))
    (train, test), (known, asked) = halves(design), halves(data["rows"])
    life = LinearRegression().fit(train, np.log(known["days"])).predict(test)
    days, failed = asked["days"].to_numpy(), asked["failed"].to_numpy()
    pairs = (failed[:, None] == 1) & (days[:, None] < days[None, :])
    return float((pairs & (life[:, None] < life[None, :])).sum() / pairs.sum()), 0.5


def plain_house_prices(data: Dataset) -> tuple[float, float]:
    """R2 of a straight line in size, age and place, against the mean."""
    frame = data["rows"]
    return against_dummy(LinearRegression(), frame, "price", ("parcel", "sold", "currency"))


def plain_churn(data: Dataset) -> tuple[float, float]:
    """Accuracy of logistic regression on the columns as they are, against the more frequent outcome."""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return against_dummy(model, data["rows"], "churned", ("account", "country"))


WINE = (
    "alcohol malic_acid ash alcalinity_of_ash magnesium total_phenols flavanoids nonflavanoid_phenols "
    "proanthocyanins color_intensity hue od280_over_od315_of_diluted_wines proline"
)
IRIS = "sepal_length sepal_width petal_length petal_width"


def columns(**kinds: str) -> dict[str, str]:
    """Names of columns by kind: `columns(i="account months", t="plan")`."""
    return {name: letter for letter, names in kinds.items() for name in names.split()}


CASES = (
    Case(
        "churn",
        columns(i="account months calls churned", f="price reads_week", t="region plan payer country"),
        planted_churn,
        plain_churn,
        0.1,
    ),
    Case(
        "house_prices",
        columns(i="parcel built", f="area rooms station price", t="district kind currency", d="sold", b="lift"),
        planted_house_prices,
        plain_house_prices,
        0.5,
    ),
    Case(
        "demand",
        columns(i="receipt sold", f="promo temperature", t="shop unit", d="day"),
        planted_demand,
        plain_demand,
        0.3,
    ),
    Case(
        "ratings",
        columns(i="event user item plays", t="device", d="day"),
        planted_ratings,
        plain_ratings,
        0.2,
        table="interactions",
    ),
    Case("reviews", columns(i="review helpful", t="shop source text opinion"), planted_reviews, plain_reviews, 0.15),
    Case(
        "survival",
        columns(i="pump days failed", f="load heat age", t="site vendor medium"),
        planted_survival,
        plain_survival,
        0.12,
    ),
    Case(
        "real_iris",
        columns(f=IRIS, t="species"),
        lambda data: {"coarse": bool(data["rows"][IRIS.split()].nunique().max() < 48)},
        lambda data: against_dummy(KNeighborsClassifier(), data["rows"], "species", ()),
        0.4,
        most=150,
    ),
    Case(
        "real_wine",
        columns(f=WINE, i="grower"),
        lambda data: {"scales": data["rows"]["proline"].mean() > 1000 * data["rows"]["nonflavanoid_phenols"].mean()},
        lambda data: against_dummy(make_pipeline(StandardScaler(), LogisticRegression()), data["rows"], "grower", ()),
        0.4,
        most=178,
    ),
)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    chosen: Case = request.param
    return chosen


@pytest.mark.parametrize("seed", SEEDS)
def test_schema_is_as_documented(case: Case, seed: int) -> None:
    data = make(case.name, seed)
    table = data[case.table]
    assert {name: kind(table[name]) for name in table.columns} == case.columns
    assert data.target in case.columns
    assert 100 <= len(table) <= 400


@pytest.mark.parametrize("seed", SEEDS)
def test_planted_rows_are_there(case: Case, seed: int) -> None:
    assert [name for name, present in case.planted(make(case.name, seed)).items() if not present] == []


@pytest.mark.parametrize("rows", [20, 57, 1000, 4000])
def test_rows_are_respected(case: Case, rows: int) -> None:
    assert len(make(case.name, 3, rows)[case.table]) == min(rows, case.most)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plain_model_beats_a_constant_one(case: Case, seed: int) -> None:
    plain, constant = case.plain(make(case.name, seed))
    assert plain >= constant + case.margin


def test_another_seed_makes_other_data(case: Case) -> None:
    assert not make(case.name, 0)[case.table].equals(make(case.name, 1)[case.table])
