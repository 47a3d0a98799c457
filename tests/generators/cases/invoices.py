"""Open invoices on the last day of a month."""

from __future__ import annotations

import pandas as pd

from mlguard import Dataset
from tests.generators.case import Case, common, late_only, ranking

CLOSING = pd.Timestamp("2024-03-31")


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    overdue = (CLOSING - frame["due"]).dt.days
    contacted = frame["contacted_at"]
    return {
        **common(frame, "invoice", "currency", ["invoice"]),
        "bucket edges": {0, 30, 60, 90} <= set(overdue),
        "not due": bool((overdue < 0).any()),
        "late evenings": bool((contacted.dt.hour == 23).any()),
        "clock change": bool((contacted == pd.Timestamp("2024-03-31 00:45:00")).any()),
        "no later than the closing": bool((contacted.dropna() < CLOSING + pd.Timedelta(days=1)).all()),
        "missing": bool(contacted.isna().any()),
        "half cents": bool(((frame["amount"] * 100).round() % 2 == 1).any()),
        "late sector": late_only(frame, "sector", "Verein"),
        "in order": bool(frame["due"].is_monotonic_increasing),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """Area under the curve of a regression on days; a constant has one half."""
    frame = data["rows"].sample(frac=1.0, random_state=0).reset_index(drop=True)
    days = frame.assign(
        overdue=(CLOSING - frame["due"]).dt.days, silent=(CLOSING - frame["contacted_at"]).dt.days.fillna(60)
    )
    return ranking(days, "lost", without=["invoice", "customer", "due", "contacted_at", "currency"]), 0.5


CASE = Case(
    "invoices",
    "invoice:i customer:i sector:t due:d contacted_at:d reminders:i amount:f currency:t lost:i",
    planted,
    plain,
    margin=0.1,
    target="lost",
)
