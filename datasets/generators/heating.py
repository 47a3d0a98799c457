"""Hours of heating in a few buildings: the weather, how full they were, and the heat that a meter counted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_READING = 2**53 + 3
BUILDINGS = ("Altbau", "Büro Nord", "Halle 3", "Schule")
NEW_BUILDING = "Zubau"
AREA = {"Altbau": 900, "Büro Nord": 2400, "Halle 3": 1500, "Schule": 3100, NEW_BUILDING: 1200}
LEAKAGE = {"Altbau": 1.5, "Büro Nord": 0.8, "Halle 3": 1.2, "Schule": 1.0, NEW_BUILDING: 0.7}
"""How much heat a square metre loses, against a usual building."""
HEATING_LIMIT = 15.0
"""Degrees Celsius outside from which on nobody heats."""


def make(rng: np.random.RandomState, rows: int = 220) -> Dataset:
    """One row is one hour of one building; the rows are in the order of days.

    Columns: `reading` (number), `day` (date), `building` (text), `hour` (0 to 23), `outside` (degrees Celsius),
    `wind` (metres per second), `occupied` (share of the places taken, 0 to 1), `area` (square metres), `meter`
    (text), `kwh` (heat of the hour in kilowatt-hours; the target).

    Planted: `outside` of exactly 15.0, where heating ends and `>=` parts from `>`; hours that nobody was there
    (`occupied` of exactly 0); missing `wind`; readings that were sent twice (duplicate keys); a building that opens
    in the last rows; reading numbers above 2**53; the constant `meter`; a building with a non-ASCII name.
    """
    building = rng.choice(BUILDINGS, rows, p=(0.3, 0.3, 0.25, 0.15)).astype(object)
    building[rows - max(2, rows // 40) :] = NEW_BUILDING
    number = np.sort(rng.randint(0, 120, rows))
    hour = rng.randint(0, 24, rows)
    season = settle(6.0 - 7.0 * np.cos(settle(number / 40.0)))
    daily = settle(2.5 * np.sin(settle((hour - 9) / 3.82)))
    awake = (hour >= 7) & (hour < 20)
    frame = pd.DataFrame(
        {
            "reading": FIRST_READING + 4 * np.arange(rows, dtype=np.int64),
            "day": pd.Timestamp("2023-11-06") + pd.to_timedelta(number, unit="D"),
            "building": building,
            "hour": hour.astype(np.int64),
            "outside": settle(season + daily + rng.normal(0.0, 2.5, rows), 1),
            "wind": settle(rng.gamma(3.0, 1.3, rows), 1),
            "occupied": np.where(awake, settle(rng.uniform(0.1, 1.0, rows), 2), 0.0),
            "area": np.array([AREA[name] for name in building], dtype=np.int64),
            "meter": "heat",
        }
    )
    frame.loc[5::19, "outside"] = HEATING_LIMIT
    frame["kwh"] = _used(rng, frame)
    frame.loc[settle(rng.uniform(size=rows)) < 0.06, "wind"] = np.nan
    frame.loc[[3, rows - 4], "wind"] = np.nan
    for row in range(10, rows, 43):
        frame.loc[row] = frame.loc[row - 1]
    return Dataset(frame.astype({"reading": "int64", "hour": "int64", "area": "int64"}), target="kwh")


def _used(rng: np.random.RandomState, frame: pd.DataFrame) -> np.ndarray:
    """Heat of the hour: losses in proportion to cold, wind and area, and fresh air for the people inside."""
    cold = np.where(frame["outside"] < HEATING_LIMIT, HEATING_LIMIT - frame["outside"], 0.0)
    leakage = np.array([LEAKAGE[name] for name in frame["building"]])
    per_area = cold * leakage * (1.0 + 0.05 * frame["wind"].to_numpy()) + 9.0 * frame["occupied"].to_numpy()
    noise = 1.0 + 0.06 * settle(rng.normal(size=len(frame)))
    return np.maximum(0.0, settle(0.002 * frame["area"].to_numpy() * (1.0 + per_area) * noise, 2))


if __name__ == "__main__":
    run_script(__file__)
