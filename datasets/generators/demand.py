"""Daily sales of several shops, with weekly rhythm, promotions and gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_RECEIPT = 2**53 + 5
SHOPS = ("Bahnhof", "Café Süd", "Ōsaka", "Plaza")
LEVEL = {"Bahnhof": 60.0, "Café Süd": 34.0, "Ōsaka": 22.0, "Plaza": 45.0}
WEEK = (0.8, 0.85, 0.9, 1.0, 1.25, 1.5, 0.7)
"""Factor of each day of the week, Monday first."""


def make(rng: np.random.RandomState, rows: int = 320) -> Dataset:
    """One row is a shop's day; rows are in the order of days, then shops.

    Columns: `day` (date), `shop` (text), `receipt` (number of the day's last receipt), `promo` (share of articles on
    promotion, 0 to 1), `temperature` (degrees Celsius), `unit` (text), `sold` (pieces; the target).

    Planted: days that a shop was closed (no row, so that a lag by rows is not a lag by days); days recorded twice,
    of which the later row is the correction; missing `temperature`; `temperature` of exactly 20 and `promo` of
    exactly 0.3, where the shops' rules begin; a shop that opens in the very last rows; equal sales on many days
    (ties); the constant `unit`; receipt numbers above 2**53; shop names in non-ASCII letters.
    """
    days = rows // 3 + 3
    grid = pd.DataFrame({"number": np.repeat(np.arange(days), len(SHOPS)), "shop": list(SHOPS) * days})
    closed = settle(rng.uniform(size=len(grid))) < 0.1
    frame = grid[~closed].reset_index(drop=True)
    size = len(frame)
    warmth = settle(14.0 + 9.0 * np.sin(settle(frame["number"].to_numpy() / 29.0)) + rng.normal(0.0, 3.0, size), 1)
    frame["day"] = pd.Timestamp("2023-03-06") + pd.to_timedelta(frame["number"], unit="D")
    frame["receipt"] = FIRST_RECEIPT + 13 * np.arange(size, dtype=np.int64)
    frame["promo"] = np.where(settle(rng.uniform(size=size)) < 0.2, settle(rng.uniform(0.1, 0.6, size), 2), 0.0)
    frame["temperature"] = warmth
    frame["unit"] = "pcs"
    frame.loc[6::21, "temperature"] = 20.0
    frame.loc[8::25, "promo"] = 0.3
    frame["sold"] = _sold(rng, frame)
    frame.loc[settle(rng.uniform(size=size)) < 0.05, "temperature"] = np.nan
    frame = _record_twice(frame).tail(rows).reset_index(drop=True)
    frame.loc[[4, rows - 4], "temperature"] = np.nan
    frame.loc[rows - max(2, rows // 40) :, "shop"] = "Neumarkt"
    columns = ["day", "shop", "receipt", "promo", "temperature", "unit", "sold"]
    return Dataset(frame[columns], target="sold")


def _sold(rng: np.random.RandomState, frame: pd.DataFrame) -> np.ndarray:
    """Whole pieces: level, weekday, slow growth, promotion and heat, with noise in proportion."""
    level = np.array([LEVEL[name] for name in frame["shop"]])
    week = np.array([WEEK[number % 7] for number in frame["number"]])
    lift = 1.0 + 0.9 * frame["promo"].to_numpy() + 0.2 * (frame["temperature"] >= 20.0).to_numpy()
    growth = 1.0 + 0.002 * frame["number"].to_numpy()
    noise = 1.0 + 0.08 * settle(rng.normal(size=len(frame)))
    return np.maximum(0.0, settle(level * week * lift * growth * noise, 0)).astype(np.int64)


def _record_twice(frame: pd.DataFrame) -> pd.DataFrame:
    """Precede some days with a first, lower count of the same day."""
    early = frame.iloc[12::33].copy()
    early["sold"] = early["sold"] - early["sold"] // 5
    early["receipt"] = early["receipt"] - 4
    return pd.concat([frame, early]).sort_values("receipt", kind="stable").reset_index(drop=True)


if __name__ == "__main__":
    run_script(__file__)
