"""Describe columns of numbers, truths, dates and timestamps by their quantiles and the step between their values."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mlguard.tables.logical import FLOATS, INTEGERS, TICKS, LogicalType, ticks
from mlguard.tools.like.described import Levels, Numbers, Times
from mlguard.tools.like.privacy import coarse, knots, told_values

Floats = npt.NDArray[np.float64]

MOST_LEVELS = 12
"""Different numbers that are told one by one at most."""

MEASURED = ("bool", "date", "timestamp", "duration", "decimal", *INTEGERS, *FLOATS)
"""Logical types whose elements have an order of their own."""

_MOST_DECIMALS = 9
_UNITS = {"D": 86_400, "h": 3_600, "m": 60, "s": 1}
_FINER = {"ms": 10**3, "us": 10**6, "ns": 10**9}
_EXACT = 2**53


def plain(series: pd.Series[Any], kind: LogicalType) -> Floats:
    """The elements as doubles, in the order that they have; not a number where missing or infinite."""
    if kind.base == "date":
        days = [math.nan if pd.isna(value) else float(value.toordinal()) for value in series.tolist()]
        return np.array(days)
    if kind.unit is not None:
        return np.array([math.nan if count is None else float(count) for count in ticks(series)[1]])
    values = np.array([math.nan if pd.isna(value) else float(value) for value in series.tolist()], dtype=np.float64)
    return np.where(np.isfinite(values), values, math.nan)


def described_numbers(values: Floats, kind: LogicalType, *, gaps: bool) -> tuple[Levels | Numbers, Floats]:
    """What is told of a column of numbers or truths, and the elements as they are told: rare ones by a neighbour."""
    present = values[~np.isnan(values)]
    dtype = _dtype(kind, gaps=gaps)
    told = _told(present, kind)
    if told is not None:
        nearest = _nearest(values, told)
        counts = Counter(nearest[~np.isnan(nearest)].tolist())
        shares = tuple((_spelled(value, kind), coarse(counts[value] / len(present))) for value in told if counts[value])
        return Levels(shares, dtype), nearest
    step, decimals = _step(present, whole="int" in kind.base or kind.unit is not None)
    limited = _limited(knots(present, step), step, kind)
    return Numbers(limited, step, decimals, _number(kind), dtype), values


def described_times(series: pd.Series[Any], kind: LogicalType) -> Times:
    """What is told of a column of dates or timestamps."""
    unit, counts = _instants(series, kind)
    weekdays = _weekdays(counts) if unit == "D" else ()
    step = int(np.gcd.reduce(counts)) or 1 if unit != "D" else 1
    told = [np.datetime64(int(knot), unit) for knot in knots(counts.astype(np.float64), 1.0)]  # type: ignore[call-overload]
    return Times(tuple(str(one) for one in told), unit, step, weekdays, kind.base == "date", kind.zone)


def _told(present: Floats, kind: LogicalType) -> list[float] | None:
    """The few values that are told one by one; None where there are too many, or too few rows for each."""
    if kind.base == "duration" or kind.base == "decimal":
        return None
    distinct = set(present.tolist())
    if kind.base == "bool" or len(distinct) == 1 or distinct == {0.0, 1.0}:
        return sorted(distinct)
    frequent = sorted(float(str(value)) for value in told_values(present.tolist()))
    covered = float(np.isin(present, frequent).mean()) if frequent else 0.0
    return frequent if 1 < len(frequent) <= MOST_LEVELS and covered >= 0.95 else None


def _nearest(values: Floats, told: list[float]) -> Floats:
    ladder = np.array(told)
    at = np.abs(values[:, None] - ladder[None, :]).argmin(axis=1)
    return np.where(np.isnan(values), math.nan, ladder[at])


def _spelled(value: float, kind: LogicalType) -> Any:
    if kind.base == "bool":
        return bool(value)
    return value if kind.is_float else int(value)


def _dtype(kind: LogicalType, *, gaps: bool) -> str:
    """The type to ask pandas for; empty where it infers that one."""
    if kind.base == "bool":
        return "boolean" if gaps else ""
    if "int" in kind.base and gaps:
        return nullable(kind.base)
    return kind.base if kind.base not in ("int64", "float64", "decimal", "duration") else ""


def missing_dtype(kind: LogicalType) -> str:
    """The pandas type of a column of this kind that has no element."""
    if kind.base == "bool":
        return "boolean"
    if kind.base in INTEGERS:
        return nullable(kind.base)
    if kind.base == "timestamp":
        return f"datetime64[ns, {kind.zone}]" if kind.zone else "datetime64[ns]"
    return {"duration": "timedelta64[ns]", "category": "category"}.get(
        kind.base, kind.base if kind.is_float else "object"
    )


def nullable(base: str) -> str:
    """pandas' name of a type of whole numbers that may be missing."""
    return base.replace("uint", "UInt") if base.startswith("u") else base.replace("int", "Int")


def _step(present: Floats, *, whole: bool) -> tuple[float, int]:
    """What all elements are multiples of, and with how many decimals; by their range where there is no such step."""
    for decimals in range(1 if whole else _MOST_DECIMALS + 1):
        scaled = present * 10.0**decimals
        if np.abs(scaled).max() >= _EXACT:
            break
        if bool((np.abs(scaled - np.rint(scaled)) <= 1e-9 * np.maximum(1.0, np.abs(scaled))).all()):
            divisor = int(np.gcd.reduce(np.rint(scaled).astype(np.int64))) or 1
            return round(divisor / 10.0**decimals, decimals), decimals
    if whole:
        return 1.0, 0
    with np.errstate(over="ignore"):
        spread = float(np.quantile(present, 0.9) - np.quantile(present, 0.1)) or 1.0
    decimals = min(12, max(0, 4 - math.floor(math.log10(spread)))) if math.isfinite(spread) else 0
    return float(f"1e-{decimals}"), decimals


def _number(kind: LogicalType) -> str:
    if kind.unit is not None:
        return f"timedelta64[{kind.unit}]"
    return "int" if "int" in kind.base else "decimal" if kind.base == "decimal" else "float"


def _limited(told: tuple[float, ...], step: float, kind: LogicalType) -> tuple[float, ...]:
    """The knots within what the type can hold, which rounding may have left."""
    if "int" in kind.base or kind.unit is not None:
        held = np.iinfo(kind.base if kind.unit is None else "int64")
        # Twelve digits are kept when the script rounds: the limits are rounded towards the middle.
        low, high = math.ceil(held.min / step * (1 - 1e-11)) * step, math.floor(held.max / step * (1 - 1e-11)) * step
    elif kind.is_float:
        high = float(np.finfo(kind.base).max) * (1 - 1e-3)
        low = -high
    else:
        return told
    return tuple(min(max(knot, low), high) for knot in told)


def _instants(series: pd.Series[Any], kind: LogicalType) -> tuple[str, npt.NDArray[np.int64]]:
    """The coarsest unit that holds all instants, and the instants in it since 1970."""
    if kind.base == "date":
        epoch = dt.date(1970, 1, 1).toordinal()
        return "D", np.array([value.toordinal() - epoch for value in series.tolist() if not pd.isna(value)], np.int64)
    fine, counted = ticks(series)
    counts = np.array([count for count in counted if count is not None], dtype=np.int64)
    for unit, seconds in _UNITS.items():
        size = seconds * TICKS[fine]
        if not (counts % size).any():
            return unit, counts // size
    for unit, parts in _FINER.items():
        size = max(1, TICKS[fine] // parts)
        if not (counts % size).any():
            return unit, counts // size
    return fine, counts


def _weekdays(days: npt.NDArray[np.int64]) -> tuple[int, ...]:
    """The weekdays that occur in more than one row in two hundred; empty for all seven."""
    counts = Counter(((days + 3) % 7).tolist())  # The first day of 1970 was a Thursday.
    kept = tuple(sorted(day for day, count in counts.items() if count > len(days) / 200))
    return kept if len(kept) < 7 and len(days) >= 5 * len(kept) else ()
