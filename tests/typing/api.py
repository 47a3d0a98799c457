"""The public names as a typed project uses them; checked by `tox -e types`, never run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_type

import numpy as np
import pandas as pd

import mlguard
from mlguard import CommandGuard, Dataset, Guard, NotebookGuard, ScriptGuard, SqlGuard, note, run_script, settle


def make(rng: np.random.RandomState, rows: int = 100) -> Dataset:
    """A generator with types."""
    minutes = settle(rng.gamma(2.0, 3.0, rows), 2)
    frame = pd.DataFrame({"minutes": minutes, "bought": minutes > 3.0})
    return Dataset({"rows": frame}, target="bought", decimals={"minutes": 2})


class Queries(SqlGuard):
    """Files of queries, and a method beside them."""

    dataset = "visits"
    key = "visit"
    train = "sql/train.sql"
    predict = "sql/predict.sql"
    inputs = {"rows": "shop.visits"}

    def evaluate(self, test: pd.DataFrame, predictions: pd.DataFrame) -> dict[str, float]:
        """Metrics in Python."""
        return {"rows": float(len(test.merge(predictions, on="visit")))}


class Programs(CommandGuard):
    """Command lines, and a method beside them."""

    dataset = "visits"
    train = "python train.py {train} {bundle}"
    predict = "python predict.py {bundle} {rows} {answers}"
    isolated = True

    def evaluate(self, test: pd.DataFrame, predictions: pd.DataFrame) -> dict[str, float]:
        """Numbers by name."""
        return {"rows": float(len(test) + len(predictions))}


class Script(ScriptGuard):
    """One script that does it all."""

    dataset = "visits"
    script = ("train.py", "predict.py")
    inputs = {"train": "train.csv", "test": "test.csv"}
    outputs = {"answers": "answers.csv"}


class Notebook(NotebookGuard):
    """A notebook whose results are variables."""

    dataset = "visits"
    notebook = "visits.ipynb"
    inputs = {"train": "train", "test": "test"}
    outputs = {"features": "seen", "answers": "bought", "metrics": "scores"}
    learned = ("model",)


class Visits(Guard):
    """A guard with types of its own on every method."""

    dataset = "visits"
    config = "configs/visits.yaml"
    require = {"accuracy": ">= 0.8"}
    key = ("user", "rank")
    seeds = (0, 1)
    metrics = ("roc_auc",)
    timeout = 30.0

    def split(self, data: Dataset) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Two frames."""
        return data.rows.iloc[:75], data["rows"].iloc[75:]

    def train(self, train: pd.DataFrame) -> dict[str, float]:
        """Any model."""
        note("rows", len(train))
        return {"mean": float(train["minutes"].mean())}

    def predict(self, model: dict[str, float], rows: pd.DataFrame) -> np.ndarray[Any, Any]:
        """One answer per row."""
        return np.asarray(rows["minutes"]) > model["mean"]

    def evaluate(self, test: pd.DataFrame, predictions: np.ndarray[Any, Any]) -> Mapping[str, float]:
        """Metrics by name."""
        return {"accuracy": float((predictions == test["bought"]).mean())}

    def save(self, model: dict[str, float], folder: Path) -> None:
        """Write the bundle."""
        (folder / "mean").write_text(str(model["mean"]))

    def load(self, folder: Path) -> dict[str, float]:
        """Read the bundle."""
        return {"mean": float((folder / "mean").read_text())}


assert_type(mlguard.__version__, str)
assert_type(Visits().folder, Path)
assert_type(Visits().config_path, Path | None)

if __name__ == "__main__":
    run_script(__file__)
