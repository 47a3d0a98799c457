"""Points on a noisy wave."""

import pandas as pd


def make(rng, rows=48):
    """One row is a point: x, and a y that is a wave of x."""
    x = rng.randint(-30, 31, rows) / 10
    return pd.DataFrame({"x": x, "y": (x - x**3 / 9 + rng.randint(-2, 3, rows) / 10).round(3)})
