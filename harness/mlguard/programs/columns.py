"""The cells that a database engine gave, as columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

WHOLE, TRUTH, NUMBER, NARROW = "Int64", "boolean", "float64", "float32"
"""What a column holds, where that is no object, by pandas' name for it."""


def column(cells: Sequence[Any], kind: str | None = None) -> Any:
    """Cells as the array that holds all of them exactly; None is missing.

    Whole numbers are of 64 bits whatever an engine keeps them in; decimals are numbers as far as these hold them.
    `kind`: what an engine says of the column, for one without cells, and for numbers of 32 bits.
    """
    known = [cell for cell in cells if cell is not None]
    found = _kind(known) if known else kind
    if found in (WHOLE, TRUTH):
        array: Any = pd.Series(cells, dtype=found).array
        return array if array.isna().any() else array.to_numpy(np.int64 if found == WHOLE else np.bool_)
    if found is None:
        return np.fromiter(cells, dtype=object, count=len(cells))
    return np.array([np.nan if cell is None else float(cell) for cell in cells], dtype=kind or found)


def _kind(cells: Sequence[Any]) -> str | None:
    kinds = {type(cell) for cell in cells}
    if kinds == {int}:
        return WHOLE if all(-(2**63) <= cell < 2**63 for cell in cells) else None
    if kinds == {bool}:
        return TRUTH
    return NUMBER if kinds <= {int, float, Decimal} and all(map(_is_held, cells)) else None


def _is_held(cell: Any) -> bool:
    """Whether a number of 64 bits, as it is printed, is this one."""
    return isinstance(cell, float) or Decimal(repr(float(cell))) == cell
