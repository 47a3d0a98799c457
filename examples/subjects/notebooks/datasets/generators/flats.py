"""Flats and their rents."""

import pandas as pd


def make(rng, rows=32):
    """One row is a flat: its area in square metres, its floor, and its rent."""
    area, floor = rng.randint(20, 90, rows), rng.randint(0, 4, rows)
    rent = 11.0 * area + 40 * (floor > 0) + rng.randint(-40, 41, rows)
    return pd.DataFrame({"area": area / 1.0, "floor": floor, "rent": rent})
