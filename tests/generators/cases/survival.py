"""Lives of pumps, some of them not over yet."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LinearRegression

from mlguard import Dataset
from tests.generators.case import Case, common, design, halves, late_only


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    died = frame[frame["failed"] == 1]
    censored = frame[frame["failed"] == 0]
    return {
        **common(frame, "pump", "medium", ["pump"]),
        "tied failures": bool(died.drop_duplicates("pump")["days"].duplicated().any()),
        "censored on a failure's day": bool(censored["days"].isin(died["days"]).any()),
        "ends at 730": bool((censored["days"] == 730).any()),
        "overload edge": bool((frame["load"] == 1.0).any()),
        "missing": bool(frame["heat"].isna().any()),
        "late vendor": late_only(frame, "vendor", "Delta"),
        "positive lives": bool((frame["days"] >= 1).all()),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """Concordance of a straight line through the logarithm of days, against one half."""
    train, test = halves(design(data["rows"], ("pump", "days", "failed")))
    known, asked = halves(data["rows"])
    life = LinearRegression().fit(train, np.log(known["days"])).predict(test)
    days, failed = asked["days"].to_numpy(), asked["failed"].to_numpy()
    pairs = (failed[:, None] == 1) & (days[:, None] < days[None, :])
    return float((pairs & (life[:, None] < life[None, :])).sum() / pairs.sum()), 0.5


CASE = Case(
    "survival",
    "pump:i site:t vendor:t load:f heat:f age:f medium:t days:i failed:i",
    planted,
    plain,
    margin=0.12,
    target="failed",
)
