"""Applications for loans."""

from __future__ import annotations

from mlguard import Dataset
from tests.generators.case import Case, common, late_only, ranking


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    values = frame.drop(columns="application")
    return {
        **common(frame, "application", "product", ["application"]),
        "edges": bool((frame["age"] == 25).any() and (frame["income"] == 2000.0).any()),
        "share on an edge": bool((frame["debt_service"] / frame["income"] == 0.4).any()),
        "missing": bool(frame["income"].isna().any() and frame["years_employed"].isna().any()),
        "late purpose": late_only(frame, "purpose", "solar"),
        "equal values": bool((values.duplicated() & ~frame["application"].duplicated()).any()),
    }


CASE = Case(
    "credit",
    "application:i age:i income:f debt_service:f amount:f years_employed:f late:i home:t purpose:t product:t default:i",
    planted,
    lambda data: (ranking(data["rows"], "default"), 0.5),
    margin=0.15,
    target="default",
)
