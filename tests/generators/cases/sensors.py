"""Readings of pumps, some of them failing."""

from __future__ import annotations

from sklearn.metrics import roc_auc_score

from mlguard import Dataset
from tests.generators.case import Case, common, late_only


def planted(data: Dataset) -> dict[str, bool]:
    frame = data["rows"]
    values = frame.drop(columns="taken_at")
    return {
        **common(frame, "serial", "firmware", ["taken_at", "pump"]),
        "some fail": 0.03 <= frame["failing"].mean() <= 0.1,
        "hot": bool((frame["temperature"] == 90.0).any()),
        "missing": bool(frame["pressure"].isna().any()),
        "late pump": late_only(frame, "pump", "Süd-06"),
        "equal values": bool((values.duplicated() & ~frame["taken_at"].duplicated()).any()),
    }


def plain(data: Dataset) -> tuple[float, float]:
    """Area under the curve of the largest deviation from the median, in one channel, of the pump."""
    frame, channels = data["rows"], ["temperature", "vibration", "pressure", "current"]
    by_pump = frame.groupby("pump")[channels]
    scale = (frame[channels] - by_pump.transform("median")) / frame[channels].std()
    return float(roc_auc_score(frame["failing"], scale.abs().max(axis=1))), 0.5


CASE = Case(
    "sensors",
    "taken_at:d pump:t temperature:f vibration:f pressure:f current:f speed:i serial:i firmware:t failing:i",
    planted,
    plain,
    margin=0.3,
    target="failing",
)
