"""How numbers and truths are spelled in every file, on every machine and release alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

FLOATS = ("float16", "float32", "float64")
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
COMPLEX = {"complex64": "float32", "complex128": "float64"}
"""Complex types, with the type of their parts."""

_TRUTHS = {"true": True, "false": False}


def spelled(dtype: str) -> Callable[[Any], str]:
    """Gives the text of an element of a type, with the fewest digits that read back as the same number."""
    if dtype == "bool":
        return lambda item: "true" if item else "false"
    if dtype in INTEGERS:
        return lambda item: str(int(item))
    if dtype in COMPLEX:
        part = spelled(COMPLEX[dtype])
        return lambda item: f"{part(item.real)}+{part(item.imag)}j".replace("+-", "-")
    shorten = shortest(dtype)
    return lambda item: repr(shorten(item))


def read_as(dtype: str) -> Callable[[str], Any]:
    """Gives the element that a text spells; what spells none raises ValueError or KeyError."""
    if dtype == "bool":
        return _TRUTHS.__getitem__
    return int if dtype in INTEGERS else complex if dtype in COMPLEX else float


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
