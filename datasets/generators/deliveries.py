"""Parcels of a town's couriers: when they were ordered, what was in them, and when they arrived."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlguard import Dataset, run_script, settle

FIRST_PARCEL = 2**53 + 15
OPENING = 1_709_251_200
"""2024-03-01 00:00:00 UTC in seconds since 1970."""
DEPOTS = ("Hafen", "Mitte", "Südring")
SLOW = {"Hafen": 6.0, "Mitte": 0.0, "Südring": 3.0, "West": 4.0}
"""Minutes that a parcel waits in each depot."""
ODOMETER = 120_000_000
"""Metres that the oldest van had driven on the first day."""


def make(rng: np.random.RandomState, rows: int = 220) -> Dataset:
    """One row is a parcel; rows are in the order of orders.

    Columns: `parcel` (number), `placed_at` (seconds since 1970, UTC, as a float), `depot` (text), `distance`
    (kilometres), `load` (share of the couriers that were out, 0 to 1), `rain` (share of the last hour, 0 to 1),
    `basket` (value in cents, as a float), `odometer` (metres that the van had driven, a whole number as a float),
    `promised` (minutes), `carrier` (text), `arrived_at` (seconds since 1970, UTC, as a float; the target).

    Planted: parcels that arrive on the promised second, where late parts from in time; `load` of exactly 0.8, where
    the couriers are called crowded; baskets of an odd number of cents whose shares end in half a cent; missing
    `rain`; parcels recorded twice (duplicate keys); a depot that opens in the last rows; parcel numbers above 2**53;
    the constant `carrier`; a depot with a non-ASCII name.
    """
    placed = OPENING + np.sort(rng.randint(7 * 3600, 40 * 86_400, rows))
    depot = rng.choice(DEPOTS, rows, p=(0.3, 0.45, 0.25)).astype(object)
    depot[rows - max(2, rows // 40) :] = "West"
    frame = pd.DataFrame(
        {
            "parcel": FIRST_PARCEL + 2 * np.arange(rows, dtype=np.int64),
            "placed_at": placed.astype(float),
            "depot": depot,
            "distance": settle(rng.gamma(3.0, 1.1, rows) + 0.3, 2),
            "load": settle(rng.beta(2.5, 2.0, rows), 2),
            "rain": settle(np.maximum(0.0, rng.uniform(-0.8, 1.0, rows)), 2),
            "basket": (400 + rng.randint(0, 24_000, rows)).astype(float),
            "odometer": (ODOMETER + 31 * np.arange(rows) + rng.randint(0, 900_000, rows)).astype(float),
            "promised": 15 * rng.randint(2, 5, rows),
            "carrier": "bike & van",
        }
    )
    frame.loc[6::17, "load"] = 0.8
    frame.loc[8::23, "basket"] = 2 * (frame.loc[8::23, "basket"] // 2) + 1
    frame["arrived_at"] = _arrived(rng, frame)
    frame.loc[9::37, "arrived_at"] = frame["placed_at"] + 60.0 * frame["promised"]
    frame.loc[settle(rng.uniform(size=rows)) < 0.06, "rain"] = np.nan
    frame.loc[[4, rows - 3], "rain"] = np.nan
    for row in range(11, rows, 53):
        frame.loc[row] = frame.loc[row - 1]
    return Dataset(frame.astype({"parcel": "int64", "promised": "int64"}), target="arrived_at")


def _arrived(rng: np.random.RandomState, frame: pd.DataFrame) -> np.ndarray:
    """Whole seconds: waiting in the depot, riding through rain and rush hour, and luck."""
    hour = (frame["placed_at"].to_numpy() // 3600) % 24
    crowded = (frame["load"] >= 0.8).to_numpy()
    waiting = np.array([SLOW[name] for name in frame["depot"]]) + 14.0 * frame["load"].to_numpy() + 8.0 * crowded
    riding = frame["distance"].to_numpy() * (3.0 + 1.6 * frame["rain"].to_numpy() + 0.9 * ((hour >= 16) & (hour < 19)))
    luck = settle(rng.normal(0.0, 4.0, len(frame)), 2)
    return frame["placed_at"].to_numpy() + settle(60.0 * np.maximum(6.0, 9.0 + waiting + riding + luck), 0)


if __name__ == "__main__":
    run_script(__file__)
