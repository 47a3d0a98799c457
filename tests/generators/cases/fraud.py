"""Card payments, one in twenty of them fraud."""

from __future__ import annotations

from mlguard import Dataset
from tests.generators.case import Case, common, late_only, ranking


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    return {
        **common(frame, "payment", "currency", ["payment"]),
        "one in twenty": 0.045 <= frame["fraud"].mean() <= 0.06,
        "review amount": bool((frame["amount"] == 1000.0).any()),
        "at the limit": bool((frame["amount"] == frame["limit"]).any()),
        "missing": bool(frame["limit"].isna().any()),
        "late category": late_only(frame, "category", "crypto"),
    }


CASE = Case(
    "fraud",
    "payment:i card:i hour:i amount:f limit:f country:t category:t channel:t currency:t fraud:i",
    planted,
    lambda data: (ranking(data["rows"], "fraud"), 0.5),
    margin=0.2,
    target="fraud",
)
