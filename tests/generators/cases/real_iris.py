"""Measured irises."""

from __future__ import annotations

from sklearn.dummy import DummyClassifier
from sklearn.neighbors import KNeighborsClassifier

from mlguard import Dataset
from tests.generators.case import Case, score


def planted(data: Dataset) -> dict[str, bool]:
    measured = data["rows"].drop(columns="species")
    return {"coarse": bool(measured.nunique().max() < 48)}


def plain(data: Dataset) -> tuple[float, float]:
    """Accuracy of nearest neighbours, against the most frequent species."""
    frame = data["rows"]
    return score(KNeighborsClassifier(), frame, "species"), score(DummyClassifier(), frame, "species")


CASE = Case(
    "real_iris",
    "sepal_length:f sepal_width:f petal_length:f petal_width:f species:t",
    planted,
    plain,
    margin=0.4,
    target="species",
    most=150,
)
