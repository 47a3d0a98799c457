"""Say what a column holds in words that do not depend on how a pandas release happens to keep it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from mlguard.core.error import UsageError
from mlguard.files.numbers import FLOATS, INTEGERS

BASES = (
    *INTEGERS, *FLOATS, "bool", "text", "date", "timestamp", "duration", "category", "decimal", "list",
)  # fmt: skip
"""What elements can be."""
TICKS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
"""Ticks per second of the units that pandas knows, coarsest first."""

_SUPPORTED = "numbers, booleans, text, dates, timestamps, durations, categories, decimals and lists"


@dataclass(frozen=True)
class LogicalType:
    """What the elements of a column or array are."""

    base: str
    """`bool`, `int64` and its other widths, `float64`, `float32`, `float16`, `text`, `date`, `timestamp`, `duration`,
    `category`, `decimal` or `list`."""
    unit: str | None = None
    """Of timestamps and durations: the finest of ns, us, ms and s that can hold every element. So it says something
    about the values, and not about the pandas release, whose own units changed."""
    zone: str | None = None
    """Of timestamps: the time zone, None for local time without one."""
    values: LogicalType | None = None
    """Of categories: what the categories themselves are."""
    categories: tuple[str, ...] = ()
    """Of categories: all of them, used or not, in their order and as text."""
    ordered: bool = False
    """Of categories: whether their order means anything."""
    nullable: bool = field(default=False, compare=False)
    """Whether integers or booleans are read back as pandas' nullable type; no part of the logical type."""

    def __post_init__(self) -> None:
        known = self.base in BASES and self.unit in (None, *TICKS)
        if not known or (self.values is not None) is not (self.base == "category"):
            raise ValueError(f"there is no type {self.base!r} of unit {self.unit!r} and values {self.values!r}")

    @property
    def name(self) -> str:
        """The type in one line, such as `timestamp[ns, UTC]` or `category[text; ordered; ["low", "high"]]`."""
        if self.values is not None:
            listed = json.dumps(list(self.categories), ensure_ascii=False)
            return f"category[{self.values.name}; {'ordered' if self.ordered else 'unordered'}; {listed}]"
        inside = ", ".join(part for part in (self.unit, self.zone) if part)
        return f"{self.base}[{inside}]" if inside else self.base

    @property
    def is_float(self) -> bool:
        """Whether elements are floating-point numbers, which are rounded before anything else happens."""
        return self.base in FLOATS


def logical_type(values: Any, *, table: str = "rows", column: object = None) -> LogicalType:
    """The logical type of a pandas Series, Index or NumPy array of any shape.

    Raises UsageError naming table, column and what came, where it is none that can be written.
    """
    try:
        return _of_dtype(values)
    except _UnsupportedError as error:
        place = f"table {table!r}" if column is None else f"table {table!r}, column {column!r}"
        text = f"{place} holds {error}, which cannot be written; use {_SUPPORTED}"
        raise UsageError(text, slug="column-unsupported") from error


def nullable(base: str) -> str:
    """pandas' name of a type of whole numbers of which some may be missing."""
    return base.replace("uint", "UInt") if base.startswith("u") else base.replace("int", "Int")


def absent(values: Any) -> list[bool]:
    """Where elements are missing, in C order: None, pandas' NA and NaT, and any not-a-number."""
    return list(pd.isna(values.ravel() if isinstance(values, np.ndarray) else values).tolist())


def elements(values: Any) -> list[Any]:
    """The elements of a Series, Index or array as Python objects, in C order; None where one is missing."""
    flat = _flat(values)
    return [None if gap else value for gap, value in zip(absent(flat), flat.tolist(), strict=True)]


def _flat(values: Any) -> Any:
    return values.ravel() if isinstance(values, np.ndarray) else values


def ticks(values: Any) -> tuple[str, list[int | None]]:
    """Timestamps (as UTC) or durations as whole numbers of their logical unit; None where missing."""
    array = _as_ticks(values)
    if np.datetime_data(array.dtype)[0] not in TICKS:
        array = array.astype(f"{array.dtype.kind}8[s]")
    unit = np.datetime_data(array.dtype)[0]
    gaps = np.isnat(array).tolist()
    counts = [None if gap else count for count, gap in zip(array.astype(np.int64).tolist(), gaps, strict=True)]
    largest = max((abs(count) for count in counts if count is not None), default=0)
    fitting = (u for u in reversed(TICKS) if largest * TICKS[u] // TICKS[unit] < 2**63 and TICKS[u] >= TICKS[unit])
    finest = next(fitting, unit)
    factor = TICKS[finest] // TICKS[unit]
    return finest, [None if count is None else count * factor for count in counts]


def type_name(value: object) -> str:
    """What messages call the type of a value: with its module, unless that is Python's own."""
    return f"{type(value).__module__}.{type(value).__qualname__}".removeprefix("builtins.")


def with_article(name: str) -> str:
    """A name as a sentence has it: `a list`, `an int`."""
    return f"{'an' if name[:1].lower() in [*'aeiou'] else 'a'} {name}"


class _UnsupportedError(Exception):
    """What came, in words."""


def _of_dtype(values: Any) -> LogicalType:
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _category(dtype)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return LogicalType("timestamp", unit=ticks(values)[0], zone=_zone(dtype.tz))
    if isinstance(dtype, pd.StringDtype):
        return LogicalType("text")
    plain = getattr(dtype, "numpy_dtype", dtype)
    if not isinstance(plain, np.dtype):
        raise _UnsupportedError(f"{dtype} values")
    if isinstance(dtype, pd.ArrowDtype) and plain.kind not in "biuf":
        return _of_objects(values)
    return _of_plain(plain, values, nullable=plain is not dtype)


def _of_plain(plain: np.dtype[Any], values: Any, *, nullable: bool) -> LogicalType:
    if plain.name in ("bool", *INTEGERS):
        return LogicalType(plain.name, nullable=nullable)
    if plain.name in FLOATS:
        return LogicalType(plain.name)
    if plain.kind == "U":
        return LogicalType("text")
    if plain.kind in "Mm" and np.datetime_data(plain)[0] not in ("generic", "ps", "fs", "as"):
        return LogicalType("timestamp" if plain.kind == "M" else "duration", unit=ticks(values)[0])
    if plain.kind == "O":
        return _of_objects(values)
    raise _UnsupportedError(f"{plain} values")


def _of_objects(values: Any) -> LogicalType:
    # Older pandas takes one for a value, newer pandas raises.
    if any(isinstance(item, Decimal) and item.is_snan() for item in _flat(values).tolist()):
        raise _UnsupportedError("a signalling NaN among decimals")
    items = elements(values)
    present = [item for item in items if item is not None]
    kinds = sorted({_kind(value) for value in present})
    if len(kinds) > 1:
        raise _UnsupportedError(f"a mixture of {' and '.join(kinds)}")
    kind = kinds[0] if kinds else "text"
    if kind == "integer":
        return LogicalType(_width(present), nullable=len(present) < len(items))
    if kind in ("timestamp", "duration"):
        zones = {zone and _zone(zone) for zone in (getattr(value, "tzinfo", None) for value in present)}
        if len(zones) > 1:
            raise _UnsupportedError("timestamps of several time zones")
        return LogicalType(kind, unit=ticks(values)[0], zone=zones.pop())
    if kind == "list":
        _check_lists(present)
    if kind not in _KINDS.values():
        raise _UnsupportedError(f"objects of type {kind}")
    return LogicalType(kind, nullable=kind == "bool" and len(present) < len(items))


# First match wins: bool is an int, NumPy's duration is an integer, and a timestamp is a date.
_KINDS: dict[tuple[type, ...], str] = {
    (bool, np.bool_): "bool",
    (dt.timedelta, np.timedelta64): "duration",
    (int, np.integer): "integer",
    (float, np.floating): "float64",
    (str,): "text",
    (dt.datetime, np.datetime64): "timestamp",
    (dt.date,): "date",
    (Decimal,): "decimal",
    (list, tuple, np.ndarray): "list",
}


def _kind(value: object) -> str:
    return next((kind for types, kind in _KINDS.items() if isinstance(value, types)), type_name(value))


def _check_lists(values: Iterable[Any]) -> None:
    for value in values:
        if isinstance(value, list | tuple | np.ndarray):
            _check_lists(value)
        elif value is not None and not isinstance(value, bool | int | float | str | np.generic):
            raise _UnsupportedError(f"lists of {type_name(value)}")


def _width(integers: list[Any]) -> str:
    low, high = int(min(integers)), int(max(integers))
    if low >= -(2**63) and high < 2**63:
        return "int64"
    if low >= 0 and high < 2**64:
        return "uint64"
    raise _UnsupportedError(f"integers beyond 64 bits, from {Decimal(low):.6g} to {Decimal(high):.6g}")


def _category(dtype: pd.CategoricalDtype) -> LogicalType:
    from mlguard.tables.cells import to_cells  # Categories are written as cells, and cells are typed.

    inner = _of_dtype(dtype.categories)
    if inner.base == "list":
        raise _UnsupportedError("categories that are lists")
    categories = tuple(cell for cell in to_cells(dtype.categories, inner) if cell is not None)
    return LogicalType("category", values=inner, categories=categories, ordered=bool(dtype.ordered))


def _zone(zone: dt.tzinfo) -> str:
    """One name per zone, whichever library made it; fixed offsets by their offset."""
    offset = zone.utcoffset(None)
    if offset is None:
        name = str(zone)
        try:
            pd.DatetimeTZDtype("ns", name)
        except Exception as error:
            raise _UnsupportedError(f"timestamps of the unnamed time zone {name}") from error
        return name
    minutes = int(offset.total_seconds()) // 60
    if not minutes:
        return "UTC"
    return f"UTC{'+' if minutes > 0 else '-'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _as_ticks(values: Any) -> np.ndarray[Any, Any]:
    """A datetime64 array in UTC, or a timedelta64 array."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return np.asarray(pd.DatetimeIndex(values).tz_convert("UTC").tz_localize(None).to_numpy())
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "Mm":
        return np.asarray(values).ravel()
    items = elements(values)
    first = next((item for item in items if item is not None), None)
    try:
        if isinstance(first, dt.timedelta | np.timedelta64):
            return np.asarray(pd.to_timedelta(items).to_numpy())
        zoned = getattr(first, "tzinfo", None) is not None
        index = pd.DatetimeIndex(pd.to_datetime(items, utc=True) if zoned else pd.to_datetime(items))
        return np.asarray((index.tz_localize(None) if zoned else index).to_numpy())
    except (ValueError, OverflowError) as error:
        raise _UnsupportedError(f"timestamps or durations that pandas cannot keep ({error})") from error
