"""Each example does by its command line, from files, exactly what its functions do with data in memory."""

from __future__ import annotations

import ast
import io
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import pytest

from mlguard.tables.folder import write_dataset
from tests.examples.example import (
    ROOT,
    Example,
    estimator,
    halves,
    layers,
    of,
    of_rows,
    of_rows_as_configured,
    said,
)

HALVES = ("train.csv", "test.csv")


def recommend(code: Any, config: Any, data: Any) -> tuple[Any, dict[str, float]]:
    """The recommender learns from two tables."""
    train, test = code.split_data(data["interactions"])
    answers = code.predict_from_data(code.train_from_data(config, train, data["items"]), test)
    return answers, code.evaluate_from_data(test, answers)


def advise(code: Any, config: Any, data: Any) -> tuple[Any, dict[str, float]]:
    """The help desk answers with objects, and files them as a table."""
    train, test = code.split_data(config, data.rows)
    answers = code.predict_from_data(code.train_from_data(config, train), test)
    return code.as_table(answers), code.evaluate_from_data(config, test, answers)


def value_invoices(code: Any, config: Any, data: Any) -> tuple[Any, dict[str, float]]:
    """The valuation has its settings in a file beside the code."""
    settings = code.read_settings()
    train, test = code.split_data(settings, data.rows)
    answers = code.predict_from_data(settings, code.train_from_data(settings, train), test)
    return answers, code.evaluate_from_data(test, answers)


def decide(fitted: Any, tumours: pd.DataFrame) -> pd.DataFrame:
    """Which tumours are benign, and by how much."""
    values = fitted.decision_function(tumours)
    return pd.DataFrame({"benign": values > 0, "value": values})


def name_flowers(fitted: Any, flowers: pd.DataFrame) -> pd.DataFrame:
    """Share of the votes for each species."""
    return pd.DataFrame(fitted.predict_proba(flowers), columns=fitted.classes_)


EXAMPLES = (
    Example("churn", "model", "predictions.csv", layers(of("churned")), "config.yaml"),
    Example("clicks", "ranker", "predictions.csv", layers(of_rows_as_configured), "config.yaml"),
    Example("credit", "scorecard", "decisions.csv", layers(of_rows), "scorecard.yaml"),
    Example("deliveries", "arrival", "arrivals.csv", layers(of_rows), "config.yaml"),
    Example("demand", "forecast", "predictions.csv", layers(of("sold")), "config.yaml"),
    Example("digits", "network", "predictions.csv", layers(of_rows_as_configured), "network.json"),
    Example("fraud", "detector", "answers.csv", layers(of_rows), "settings.json"),
    Example("heating", "network", "forecast.csv", layers(of_rows), "network.json"),
    Example("house_prices", "pricing", "predictions.csv", layers(of("price")), "config.json"),
    Example("invoices", "receivables", "valuation.csv", value_invoices),
    Example("ratings", "recommend", "recommendations.csv", recommend, "config.yaml", files=("", "")),
    Example(
        "real_breast_cancer", "classifier", "answers.csv", estimator("benign", decide, scored="value"), files=HALVES
    ),
    Example("real_diabetes", "progression", "predictions.csv", layers(of("progression")), "progression.yaml"),
    Example("real_digits", "reader", "digits.csv", halves("digit"), files=HALVES),
    Example("real_iris", "neighbours", "predictions.csv", estimator("species", name_flowers), files=HALVES),
    Example("real_wine", "growers", "predictions.csv", halves("grower"), files=HALVES),
    Example("reviews", "opinion", "predictions.csv", layers(of("opinion")), "config.json"),
    Example("segments", "model", "segments.csv", layers(of_rows), "segments.yaml"),
    Example("sensors", "watch", "alarms.csv", layers(of("failing")), "watch.toml"),
    Example("survival", "hazard", "predictions.csv", layers(of_rows), "config.toml"),
    Example("tickets", "advise", "advice.csv", advise, "desk.toml"),
)


@dataclass(frozen=True)
class Filed:
    """What the three commands left, and what the functions answered to the same Dataset."""

    before: dict[str, bytes]
    """Every file around the output folder before the first command."""
    after: dict[str, bytes]
    """The same after the last one."""
    output: dict[str, dict[str, bytes]]
    """The files of the output folder after each command."""
    printed: dict[str, str]
    """What each command printed."""
    answers: pd.DataFrame
    """What the functions answered."""
    metrics: dict[str, float]
    """How good the functions found that."""


@pytest.fixture(scope="module", params=EXAMPLES, ids=lambda example: example.name)
def example(request: pytest.FixtureRequest) -> Example:
    chosen: Example = request.param
    return chosen


@pytest.fixture(scope="module")
def filed(example: Example, tmp_path_factory: pytest.TempPathFactory) -> Filed:
    place = tmp_path_factory.mktemp(example.name)
    data = example.data()
    write_dataset(data, place / "data", name=example.name, seed=0)
    for folder in ("home", "temporary", "current"):
        (place / folder).mkdir()
    if example.config:
        shutil.copy(example.script.with_name(example.config), place / example.config)
    output, printed = {}, {}
    before = around(place, example)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(place / "home"))
        patch.setattr(tempfile, "tempdir", str(place / "temporary"))
        patch.chdir(place / "current")
        for action in ("train", "predict", "evaluate"):
            printed[action] = said(example.code, arguments(example, action, place))
            output[action] = files(place / "out")
    answers, metrics = example.direct(example.code, example.configuration, data)
    return Filed(before, around(place, example), output, printed, pd.DataFrame(answers), metrics)


def arguments(example: Example, action: str, place: Path) -> list[str]:
    """What a user would type."""
    file = example.files[0] if action == "train" else example.files[1]
    config = ["--config", str(place / example.config)] if example.config else []
    return [action, *config, "--data", str(place / "data" / file), "--out-dir", str(place / "out")]


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder by its path there, except compiled code."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def around(place: Path, example: Example) -> dict[str, bytes]:
    """Every file beside the output folder, and those of the example itself."""
    mine = {name: data for name, data in files(place).items() if not name.startswith("out/")}
    return {**mine, **{f"example/{name}": data for name, data in files(example.script.parent).items()}}


def test_every_example_is_in_the_table() -> None:
    folders = {file.parent.name for file in (ROOT / "examples").glob("*/__init__.py")}
    assert {example.name for example in EXAMPLES} == folders
    assert len(EXAMPLES) == len(folders)


def test_help_names_the_three_commands(example: Example, tmp_path: Path) -> None:
    if isinstance(example.code.main, click.Command):
        text = said(example.code, ["--help"])
    else:
        asked = [sys.executable, str(example.script), "--help"]
        text = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    options = ["--data", "--out-dir", *(["--config"] if example.config else [])]
    assert [word for word in ("train", "predict", "evaluate", *options) if word not in text] == []


def test_output_lies_below_the_output_folder_and_nowhere_else(example: Example, filed: Filed) -> None:
    assert filed.after == filed.before
    model = filed.output["train"]
    assert model
    assert filed.output["predict"].keys() - model.keys() == {example.answers}
    assert {name: filed.output["predict"][name] for name in model} == model
    assert filed.output["evaluate"] == filed.output["predict"]


def test_predictions_from_files_are_those_of_the_functions(example: Example, filed: Filed) -> None:
    written = pd.read_csv(io.BytesIO(filed.output["predict"][example.answers]))
    assert written.shape == filed.answers.shape
    for name, column in zip(written, filed.answers, strict=True):
        # An array has no names of its own.
        assert isinstance(column, int) or name == column
        assert_same(written[name].to_numpy(), filed.answers[column].to_numpy())


def assert_same(written: np.ndarray, direct: np.ndarray) -> None:
    """Equal, with room in floats for the last bits only: a table from a file has another memory layout."""
    if direct.dtype.kind == "f":
        room = {"float64": 1e-9, "float32": 1e-6}[direct.dtype.name]
        np.testing.assert_allclose(written.astype(direct.dtype), direct, rtol=room, atol=1e-12)
    elif direct.dtype.kind == "M":
        np.testing.assert_array_equal(pd.to_datetime(written).to_numpy(), direct)
    else:
        np.testing.assert_array_equal(written, direct)


def test_metrics_from_files_are_those_of_the_functions(filed: Filed) -> None:
    assert ast.literal_eval(filed.printed["evaluate"]) == pytest.approx(filed.metrics, rel=1e-9)
