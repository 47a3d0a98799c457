"""Heated hours of several buildings."""

from __future__ import annotations

from sklearn.linear_model import LinearRegression

from mlguard import Dataset
from tests.generators.case import Case, common, late_only, score


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    return {
        **common(frame, "reading", "meter", ["reading"]),
        "threshold": bool((frame["outside"] == 15.0).any()),
        "warmer": bool((frame["outside"] > 15.0).any()),
        "empty hours": bool((frame["occupied"] == 0.0).any()),
        "missing": bool(frame["wind"].isna().any()),
        "late building": late_only(frame, "building", "Zubau"),
        "in order": bool(frame["day"].is_monotonic_increasing),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """R2 of a regression on the columns as they are; a mean has none."""
    return score(LinearRegression(), data["rows"], "kwh", without=["reading", "day", "meter"]), 0.0


CASE = Case(
    "heating",
    "reading:i day:d building:t hour:i outside:f wind:f occupied:f area:i meter:t kwh:f",
    planted,
    plain,
    margin=0.3,
    target="kwh",
)
