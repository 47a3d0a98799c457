"""Customers with four ways of shopping."""

from __future__ import annotations

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from mlguard import Dataset
from tests.generators.case import Case, common, late_only


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    habits = frame.drop(columns="customer")
    sizes = frame["way"].value_counts()
    return {
        **common(frame, "customer", "chain", ["customer"]),
        "unequal sizes": sizes.index.tolist() == [0, 1, 2, 3] and sizes.is_unique,
        "big basket": bool((frame["basket"] == 50.0).any()),
        "no visit": bool((frame["visits"] == 0).any()),
        "missing": bool(frame["idle_days"].isna().any()),
        "late city": late_only(frame, "city", "Ystad"),
        "equal habits": bool((habits.duplicated() & ~frame["customer"].duplicated()).any()),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """Agreement of four clusters of scaled columns with the ways of shopping, against that of one cluster."""
    frame = data["rows"]
    points = np.log1p(frame[["visits", "basket", "online", "discount"]])
    found = KMeans(4, n_init=3, random_state=0).fit_predict(StandardScaler().fit_transform(points))
    return float(adjusted_rand_score(frame["way"], found)), 0.0


CASE = Case(
    "segments",
    "customer:i city:t visits:i basket:f online:f discount:f idle_days:f chain:t way:i",
    planted,
    plain,
    margin=0.7,
    target="way",
)
