"""Parcels with times in seconds and money in cents."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression

from mlguard import Dataset
from tests.generators.case import Case, common, halves, late_only


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    whole = frame[["placed_at", "arrived_at", "basket", "odometer"]].to_numpy()
    return {
        **common(frame, "parcel", "carrier", ["parcel"]),
        "on the second": bool((frame["arrived_at"] == frame["placed_at"] + 60.0 * frame["promised"]).any()),
        "late": bool((frame["arrived_at"] > frame["placed_at"] + 60.0 * frame["promised"]).any()),
        "threshold": bool((frame["load"] == 0.8).any()),
        "odd cents": bool((frame["basket"] % 2 == 1).any()),
        "whole numbers": bool((whole == np.round(whole)).all()),
        "metres": bool((frame["odometer"] > 1e8).all()),
        "missing": bool(frame["rain"].isna().any()),
        "late depot": late_only(frame, "depot", "West"),
        "in order": bool(frame["placed_at"].is_monotonic_increasing),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """R2 of a regression of the seconds on the way; a mean has none."""
    (train, test), columns = halves(data["rows"].fillna(0.0)), ["distance", "load", "rain"]
    known, asked = ((part["arrived_at"] - part["placed_at"]).to_numpy() for part in (train, test))
    return float(LinearRegression().fit(train[columns], known).score(test[columns], asked)), 0.0


CASE = Case(
    "deliveries",
    "parcel:i placed_at:f depot:t distance:f load:f rain:f basket:f odometer:f promised:i carrier:t arrived_at:f",
    planted,
    plain,
    margin=0.3,
    target="arrived_at",
)
