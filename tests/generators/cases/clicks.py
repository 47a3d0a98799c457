"""Listed search results, session by session."""

from __future__ import annotations

from mlguard import Dataset
from tests.generators.case import Case, common, late_only, ranking


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    sizes, steps = frame.groupby("session").size(), frame["session"].diff().dropna()
    return {
        **common(frame, "visitor", "page", ["session", "item"]),
        "many items": frame["item"].nunique() > 80,
        "groups": bool(sizes.between(1, 7).all() and (steps >= 0).all()),
        "positions": bool((frame["position"] == frame.groupby("session").cumcount() + 1).all()),
        "free delivery": bool((frame["price"] == 20.0).any()),
        "missing": bool(frame["price"].isna().any() and frame["brand"].isna().any()),
        "late brand": late_only(frame, "brand", "Ærø"),
    }


CASE = Case(
    "clicks",
    "session:i visitor:i position:i query:t item:t brand:t device:t page:t price:f clicked:i",
    planted,
    # Nearly every item has a column of its own otherwise.
    lambda data: (ranking(data["rows"], "clicked", without=("item",)), 0.5),
    margin=0.15,
    target="clicked",
)
