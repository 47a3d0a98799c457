"""Flats that an office offers, the newest last."""

import numpy as np
import pandas as pd

from mlguard import settle

DISTRICTS = {"Altstadt": 5200, "Hafen": 4700, "Köpenick": 3100, "West": 3600}


def make(rng, rows=120):
    """One row is a flat: area in m², price in Euro.

    Planted: areas that are missing; equal flats; a basement flat; one room; umlauts.
    """
    size = settle(rng.uniform(25, 120, rows), 1)
    district = rng.choice(list(DISTRICTS), rows)
    renovated = rng.randint(0, 2, rows)
    floor = rng.randint(0, 7, rows)
    per_meter = np.array([DISTRICTS[name] for name in district]) * (1 + 0.25 * renovated)
    price = settle(size * per_meter * (1 + 0.02 * floor + 0.05 * settle(rng.normal(size=rows))), 0)
    flats = pd.DataFrame(
        {
            "flat": 1000 + np.arange(rows),
            "district": district,
            "area": size,
            "rooms": 1 + (size // 28).astype(int),
            "floor": floor,
            "renovated": np.where(renovated == 1, "yes", "no"),
            "price": price,
        }
    )
    flats.loc[5:rows:23, "area"] = np.nan
    flats.loc[8, "floor"] = -1
    for column in ("district", "area", "rooms", "floor", "renovated", "price"):
        flats.loc[11, column] = flats.loc[10, column]
    return flats
