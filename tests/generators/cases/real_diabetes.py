"""Measured patients."""

from __future__ import annotations

from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlguard import Dataset
from tests.generators.case import Case, real, score


def plain(data: Dataset) -> tuple[float, float]:
    """R2 of ridge regression on the columns as they are, against the best that a constant can do."""
    return score(make_pipeline(StandardScaler(), Ridge(10.0)), data["rows"], "progression"), 0.0


CASE = Case(
    "real_diabetes",
    "age:i sex:i bmi:f bp:f s1:f s2:f s3:f s4:f s5:f s6:f progression:f",
    real,
    plain,
    margin=0.25,
    target="progression",
    most=200,
)
