"""What a dataset's case states, and the measures that several cases share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlguard import Dataset


@dataclass(frozen=True)
class Case:
    """One dataset: what it documents, and how much a plain model gains on a constant one."""

    name: str
    """File name of the generator."""
    columns: str
    """Columns of the main table in their order, each with a letter after a colon: i(nteger), f(loat), t(ext), d(ate),
    b(ool); for an array its dtype and width."""
    planted: Callable[[Dataset], dict[str, bool]]
    """The planted rows by name, and whether each is there."""
    plain: Callable[[Dataset], tuple[float, float]]
    """Scores of a plain and of a constant model, on the last quarter of rows where they learn; more is better."""
    margin: float
    """What the plain model must be better by."""
    target: str | None
    """The column to predict."""
    table: str = "rows"
    """Name of the main table."""
    most: int = 4000
    """Rows that there are at most."""

    def make(self, seed: int, rows: int | None = None) -> Dataset:
        """What the generator returns for a seed."""
        function = import_module(f"mlguard.generators.{self.name}").make
        rng = np.random.RandomState(seed)
        made: Dataset = function(rng) if rows is None else function(rng, rows=rows)
        return made


def schema(table: Any) -> str:
    """What `Case.columns` says, of a table."""
    if isinstance(table, np.ndarray):
        return f"{table.dtype} {table.shape[1]}"
    letters = {"i": "i", "f": "f", "b": "b", "M": "d"}
    return " ".join(f"{name}:{letters.get(getattr(table[name].dtype, 'kind', 'O'), 't')}" for name in table.columns)


def common(frame: pd.DataFrame, number: str, constant: str, keys: Sequence[str]) -> dict[str, bool]:
    """What every made-up table plants."""
    texts = frame.select_dtypes(exclude=["number", "bool", "datetime"])
    letters = "".join(str(value) for column in texts for value in texts[column])
    return {
        "above 2**53": bool((frame[number] > 2**53).all()),
        "constant column": frame[constant].nunique(dropna=False) == 1,
        "duplicate keys": bool(frame.duplicated(list(keys)).any()),
        "non-ASCII": not letters.isascii(),
    }


def real(data: Dataset) -> dict[str, bool]:
    """What holds for measured tables that were cut to a seeded choice of rows."""
    frame = data["rows"]
    return {"complete": not frame.isna().any().any(), "rows differ": not frame.duplicated().any()}


def late_only(frame: pd.DataFrame, column: str, value: str) -> bool:
    """Whether a value occurs, and only in the last tenth of the rows."""
    at = np.flatnonzero((frame[column] == value).to_numpy())
    return len(at) > 0 and bool(at.min() >= 0.9 * len(frame) - 1)


def halves(rows: Any) -> tuple[Any, Any]:
    """The first three quarters of the rows, and the rest."""
    cut = len(rows) * 3 // 4
    return rows[:cut], rows[cut:]


def design(frame: pd.DataFrame, without: Sequence[str]) -> np.ndarray:
    """Numeric columns with gaps filled by zero, and the others as indicator columns."""
    return pd.get_dummies(frame.drop(columns=list(without))).astype(float).fillna(0.0).to_numpy()


def score(model: Any, frame: pd.DataFrame, target: str, without: Sequence[str] = ()) -> float:
    """The model's own score, accuracy or R2, on the last quarter of rows."""
    (train, test), (known, asked) = halves(design(frame, (*without, target))), halves(frame[target].to_numpy())
    return float(model.fit(train, known).score(test, asked))


def ranking(frame: pd.DataFrame, target: str, without: Sequence[str] = ()) -> float:
    """Area under the curve of logistic regression on the columns as they are, on the last quarter of rows."""
    (train, test), (known, asked) = halves(design(frame, (*without, target))), halves(frame[target].to_numpy())
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500)).fit(train, known)
    return float(roc_auc_score(asked, model.predict_proba(test)[:, 1]))
