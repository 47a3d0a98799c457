"""The shortest spelling of a floating-point number, on every machine and release alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def shortest(dtype: str) -> Callable[[float], float]:
    """Gives the float whose repr has the fewest digits that still read back as the same number of a narrower type.

    Python's own repr of these digits: how NumPy prints a float32 changed between its releases.
    """
    if dtype == "float64":
        return float
    narrow = np.dtype(dtype).type

    def shorten(item: float) -> float:
        short = float(np.format_float_scientific(narrow(item)))
        # Reading goes through float64: digits that would then round twice are written in full.
        return short if narrow(short) == narrow(item) else float(item)

    return shorten
