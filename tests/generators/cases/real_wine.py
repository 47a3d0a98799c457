"""Analysed wines."""

from __future__ import annotations

from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mlguard import Dataset
from tests.generators.case import Case, score


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    return {"scales": bool(frame["proline"].mean() > 1000 * frame["nonflavanoid_phenols"].mean())}


def plain(data: Dataset) -> tuple[float, float]:
    """Accuracy of logistic regression, against the most frequent grower."""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    return score(model, data["rows"], "grower"), score(DummyClassifier(), data["rows"], "grower")


CASE = Case(
    "real_wine",
    "alcohol:f malic_acid:f ash:f alcalinity_of_ash:f magnesium:f total_phenols:f flavanoids:f nonflavanoid_phenols:f "
    "proanthocyanins:f color_intensity:f hue:f od280_over_od315_of_diluted_wines:f proline:f grower:i",
    planted,
    plain,
    margin=0.4,
    target="grower",
    most=178,
)
