"""Days of several shops."""

from __future__ import annotations

import numpy as np

from mlguard import Dataset
from tests.generators.case import Case, common, halves, late_only


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    by_day = frame.groupby("day")["shop"].nunique()
    return {
        **common(frame, "receipt", "unit", ["day", "shop"]),
        "thresholds": bool((frame["temperature"] == 20.0).any() and (frame["promo"] == 0.3).any()),
        "missing": bool(frame["temperature"].isna().any()),
        "late shop": late_only(frame, "shop", "Neumarkt"),
        "closed days": bool((by_day.iloc[1:-8] < 4).any()),
        "ties": bool(frame["sold"].duplicated().any()),
        "in order": bool(frame["day"].is_monotonic_increasing),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """Less the mean error of the shop's and weekday's mean, against that of one mean for all."""
    keys = ["shop", "weekday"]
    train, test = (part.assign(weekday=part["day"].dt.day_of_week) for part in halves(data["rows"]))
    means = train.groupby(keys)["sold"].mean().rename("expected").reset_index()
    overall = train["sold"].mean()
    expected = test.merge(means, on=keys, how="left")["expected"].fillna(overall).to_numpy()
    error, constant = (np.abs(guess - test["sold"].to_numpy()).mean() for guess in (expected, overall))
    return float(-error / constant), -1.0


CASE = Case(
    "demand",
    "day:d shop:t receipt:i promo:f temperature:f unit:t sold:i",
    planted,
    plain,
    margin=0.3,
    target="sold",
)
