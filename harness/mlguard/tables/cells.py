"""Turn the elements of a column into text and back, exactly: what every format and every digest is made of."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from mlguard.files.numbers import FLOATS, INTEGERS, read_as, spelled
from mlguard.tables.logical import TICKS, LogicalType, elements, nullable, ticks

_INSTANT = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)

Cells = list[str | None]
"""One text per element; None where it is missing."""


def to_cells(values: Any, kind: LogicalType) -> Cells:
    """The elements of a Series, Index or array of this logical type as text, in C order."""
    if kind.values is not None:
        codes = values.cat.codes if isinstance(values, pd.Series) else values.codes
        return [None if code < 0 else kind.categories[code] for code in codes.tolist()]
    if kind.unit is not None:
        unit, counts = ticks(values)
        write = _instant if kind.base == "timestamp" else _duration
        return [None if count is None else write(count, TICKS[unit], kind) for count in counts]
    one, _ = _WAYS[kind.base]
    return [None if value is None else one(value) for value in elements(values)]


def to_series(cells: Sequence[str | None], kind: LogicalType) -> pd.Series[Any]:
    """The column that these cells are, as the running pandas would keep it."""
    if kind.values is not None:
        code = {category: position for position, category in enumerate(kind.categories)}
        codes = [-1 if cell is None else code[cell] for cell in cells]
        categories = pd.Index(to_series(kind.categories, kind.values))
        return pd.Series(pd.Categorical.from_codes(codes, categories=categories, ordered=kind.ordered))
    if kind.base in (*INTEGERS, "bool") and (kind.nullable or None in cells):
        return pd.Series(to_array(cells, kind), dtype="boolean" if kind.base == "bool" else nullable(kind.base))
    if kind.base == "text":
        # pandas 2 keeps text as objects, pandas 3 as `str`: whichever it infers, and missing is NaN in both.
        filled = [np.nan if cell is None else cell for cell in cells]
        return pd.Series(filled, dtype=pd.Series(["text"]).dtype)
    array = to_array(cells, kind)
    if kind.zone is not None:
        return pd.Series(pd.DatetimeIndex(array).tz_localize("UTC").tz_convert(kind.zone))
    return pd.Series(array)


def to_array(cells: Sequence[str | None], kind: LogicalType) -> np.ndarray[Any, Any]:
    """The one-dimensional array that these cells are; of objects, with None, where NumPy has no other missing."""
    if kind.unit is not None:
        code = "M" if kind.base == "timestamp" else "m"
        count = _read_instant if kind.base == "timestamp" else _read_duration
        counts = [np.iinfo(np.int64).min if cell is None else count(cell, TICKS[kind.unit]) for cell in cells]
        return np.array(counts, dtype=np.int64).view(f"{code}8[{kind.unit}]")
    if kind.base in FLOATS:
        with np.errstate(over="raise"):
            return np.array([np.nan if cell is None else float(cell) for cell in cells]).astype(kind.base)
    _, read = _WAYS[kind.base]
    values = [None if cell is None else read(cell) for cell in cells]
    if kind.base in INTEGERS and None not in values:
        return _whole(values, kind.base)
    if kind.base == "bool" and None not in values:
        return np.array(values, dtype=bool)
    if kind.base == "text" and None not in values:
        text = np.array(values, dtype=str)
        if text.tolist() == values:  # NumPy's text drops trailing NULs.
            return text
    return pd.Series(values, dtype=object).to_numpy()  # NumPy itself would make rows of lists of one length.


def _whole(values: Sequence[Any], dtype: str) -> np.ndarray[Any, Any]:
    """Whole numbers of this type. Raises OverflowError where one does not fit, which NumPy 1 would turn over."""
    limits = np.iinfo(dtype)
    if values and not limits.min <= min(values) <= max(values) <= limits.max:
        raise OverflowError(f"a whole number does not fit into {dtype}")
    return np.array(values, dtype=dtype)


def _unsigned(dtype: str) -> Callable[[Any], str]:
    """Zero has no sign: which one it has depends on the machine."""
    write = spelled(dtype)
    return lambda value: write(value + 0.0)


def _list(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda item: item.tolist())


def _instant(count: int, per_second: int, kind: LogicalType) -> str:
    """ISO 8601; of a zone, the instant in UTC, since local time depends on the machine's list of zones."""
    seconds, rest = divmod(count, per_second)
    text = str(np.datetime64(seconds, "s"))
    return text + _fraction(rest, per_second) + ("Z" if kind.zone else "")


def _read_instant(cell: str, per_second: int) -> int:
    whole, _, fraction = cell.removesuffix("Z").partition(".")
    if not _INSTANT.fullmatch(whole):  # NumPy would read other forms as well, some with a warning.
        raise ValueError(f"{cell!r} is no timestamp")
    seconds = int(np.datetime64(whole, "s").astype(np.int64))
    return seconds * per_second + _read_fraction(fraction, per_second)


def _duration(count: int, per_second: int, kind: LogicalType) -> str:
    """Seconds, with as many decimals as it takes."""
    seconds, rest = divmod(abs(count), per_second)
    return ("-" if count < 0 else "") + str(seconds) + _fraction(rest, per_second)


def _read_duration(cell: str, per_second: int) -> int:
    whole, _, fraction = cell.removeprefix("-").partition(".")
    count = int(whole) * per_second + _read_fraction(fraction, per_second)
    return -count if cell.startswith("-") else count


def _fraction(rest: int, per_second: int) -> str:
    digits = f"{rest * 10**9 // per_second:09d}".rstrip("0")
    return f".{digits}" if digits else ""


def _read_fraction(digits: str, per_second: int) -> int:
    return int(digits.ljust(9, "0")) * per_second // 10**9


_WAYS: dict[str, tuple[Callable[[Any], str], Callable[[str], Any]]] = {
    **{dtype: (spelled(dtype), read_as(dtype)) for dtype in ("bool", *INTEGERS)},
    **{dtype: (_unsigned(dtype), read_as(dtype)) for dtype in FLOATS},
    "text": (str, str),
    "date": (dt.date.isoformat, dt.date.fromisoformat),
    "decimal": (str, Decimal),
    "list": (_list, json.loads),
}
"""How elements of a base type are written, and how they are read."""
