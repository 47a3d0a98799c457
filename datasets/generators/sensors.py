"""Readings of pumps in a water works, a few of them taken while the pump was about to fail."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

PUMPS = ("P-01", "P-02", "P-03", "P-04", "P-05")
NEW_PUMP = "Süd-06"
LEVELS = {"P-01": 0.0, "P-02": 3.0, "P-03": -2.0, "P-04": 6.0, "P-05": -4.0, NEW_PUMP: 1.0}
HOT = 90.0


def make(rng: np.random.RandomState, rows: int = 320) -> Dataset:
    """One row is one reading of one pump; a reading is taken every quarter of an hour, the pumps in a random order.

    Columns: `taken_at` (time, no zone), `pump` (text), `temperature` (degrees Celsius), `vibration` (millimetres per
    second), `pressure` (bar), `current` (ampere), `speed` (turns per minute), `serial` (number), `firmware` (text),
    `failing` (1 or 0: the truth that the detector never sees in training).

    Planted: about one failing reading in sixteen, each far out in two channels; temperatures of exactly 90.0, where
    the alarm rule parts `>=` from `>`; missing pressures; a pump that reports in the last rows only; readings that
    were sent twice; readings with equal values and another time; serials above 2**53; the constant `firmware`; a pump
    with a non-ASCII name.
    """
    pump = rng.choice(PUMPS, rows, p=(0.3, 0.2, 0.2, 0.2, 0.1)).astype(object)
    pump[rows - max(2, rows // 40) :] = NEW_PUMP
    level = np.array([LEVELS[name] for name in pump])
    speed = 1400 + 10 * rng.randint(0, 21, rows)
    frame = pd.DataFrame(
        {
            "taken_at": pd.Timestamp("2024-03-30 22:00:00") + pd.to_timedelta(15 * np.arange(rows), unit="min"),
            "pump": pump,
            "temperature": settle(61.0 + level + 0.02 * (speed - 1500) + rng.normal(0.0, 2.0, rows), 1),
            "vibration": settle(1.1 + 0.1 * level + rng.gamma(4.0, 0.1, rows), 3),
            "pressure": settle(4.2 + 0.002 * (speed - 1500) + rng.normal(0.0, 0.08, rows), 3),
            "current": settle(12.0 + 0.01 * (speed - 1500) + rng.normal(0.0, 0.4, rows), 2),
            "speed": speed,
            "serial": 2**53 + 1 + 2 * np.array([sorted(LEVELS).index(name) for name in pump], dtype=np.int64),
            "firmware": "2.1.0",
        }
    )
    frame["failing"] = _fail(rng, frame)
    frame.loc[11::53, "temperature"] = HOT
    frame.loc[rng.uniform(size=rows) < 0.05, "pressure"] = np.nan
    frame.loc[[5, rows - 4], "pressure"] = np.nan
    return Dataset(_repeat(frame), target="failing")


def _fail(rng: np.random.RandomState, frame: pd.DataFrame) -> np.ndarray:
    """Push one reading of every sixteen far out: hot and shaking, or starved of water with the current up."""
    failing = np.zeros(len(frame), dtype=np.int64)
    for number, first in enumerate(range(0, len(frame) - 15, 16)):
        row = first + int(rng.randint(0, 16))
        strength = settle(rng.uniform(0.7, 1.6))
        failing[row] = 1
        if number % 2:
            frame.loc[row, "temperature"] = settle(frame.loc[row, "temperature"] + 12.0 * strength, 1)
            frame.loc[row, "vibration"] = settle(frame.loc[row, "vibration"] + 1.2 * strength, 3)
        else:
            frame.loc[row, "pressure"] = settle(frame.loc[row, "pressure"] - 0.7 * strength, 3)
            frame.loc[row, "current"] = settle(frame.loc[row, "current"] + 3.0 * strength, 2)
    return failing


def _repeat(frame: pd.DataFrame) -> pd.DataFrame:
    """Send some readings twice, and let others show the values of an earlier reading of another time."""
    for row in range(14, len(frame), 61):
        for column in frame.columns:
            frame.loc[row, column] = frame.loc[row - 1, column]
    for row in range(17, len(frame), 59):
        for column in frame.columns.drop("taken_at"):
            frame.loc[row, column] = frame.loc[row - 2, column]
    return frame


if __name__ == "__main__":
    run_script(__file__)
