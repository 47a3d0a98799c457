"""Trips of a taxi."""

import numpy as np
import pandas as pd


def make(rng, rows=40):
    """One row is a trip: when it began, how far it went, how many sat in the car, and what it cost."""
    km, seats = rng.randint(4, 90, rows) / 4, rng.randint(1, 5, rows)
    hour = rng.randint(0, 24, rows)
    fare = 2.5 + 1.75 * km + 0.5 * seats + rng.randint(0, 9, rows) / 4
    return pd.DataFrame({"trip": np.arange(rows), "hour": hour, "km": km, "seats": seats, "fare": fare})
