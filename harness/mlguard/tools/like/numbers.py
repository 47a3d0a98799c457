"""Describe columns of numbers, truths, dates and timestamps by their quantiles and the step between their values."""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mlguard.files.numbers import FLOATS, INTEGERS
from mlguard.tables.logical import TICKS, LogicalType, nullable, ticks
from mlguard.tools.like.described import Levels, Numbers, Times, Whole
from mlguard.tools.like.privacy import coarse, knots, told_values, whole_knots

Floats = npt.NDArray[np.float64]

MOST_LEVELS = 12
"""Different numbers that are told one by one at most."""

MOST_DIGITS = 300
"""Digits that a decimal has at most, from its first one to the last place of the column: what doubles can hold."""

MEASURED = ("bool", "date", "timestamp", "duration", "decimal", *INTEGERS, *FLOATS)
"""Logical types whose elements have an order of their own."""

_FINEST = 9
"""Decimals of the finest step that is looked for."""
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


def described_numbers(
    series: pd.Series[Any], kind: LogicalType, *, gaps: bool
) -> tuple[Levels | Numbers | Whole, Floats]:
    """What is told of a column of numbers or truths, and each element's place: rare ones stand with a neighbour."""
    if kind.is_float:
        values = plain(series, kind)
        exact, decimals = [None if math.isnan(value) else value for value in values.tolist()], 0
    else:
        exact, decimals = _counts(series, kind)
    present = [value for value in exact if value is not None]
    dtype = _dtype(kind, gaps=gaps)
    told = _told(present, kind)
    if told is not None:
        nearest = [None if value is None else _nearest(value, told) for value in exact]
        counts = Counter(at for at in nearest if at is not None)
        shares = tuple((_spelled(told[at], kind), coarse(counts[at] / len(present))) for at in sorted(counts))
        return Levels(shares, dtype), np.array([math.nan if at is None else at for at in nearest])
    if kind.is_float:
        step, decimals = _step(np.array(present))
        return Numbers(knots(np.array(present), step), step, decimals, dtype), values
    return _whole(present, kind, dtype, decimals), plain(series, kind)


def _whole(present: list[int], kind: LogicalType, dtype: str, decimals: int) -> Whole:
    step = math.gcd(*present) or 1
    written = decimals if kind.base == "decimal" else None
    return Whole(whole_knots(present, step), step, dtype, written, kind.unit or "")


def described_times(series: pd.Series[Any], kind: LogicalType) -> Times:
    """What is told of a column of dates or timestamps."""
    unit, counts = _coarsest(series, kind)
    weekdays = _weekdays(counts) if unit == "D" else ()
    step = math.gcd(*counts) or 1 if unit != "D" else 1
    found = whole_knots(counts, step)
    if weekdays:
        found = (_open(found[0], 1, weekdays), *found[1:-1], _open(found[-1], -1, weekdays))
    told = tuple(str(np.datetime64(knot, unit)) for knot in found)  # type: ignore[call-overload]
    return Times(told, unit, step, weekdays, kind.base == "date", kind.zone)


def _counts(series: pd.Series[Any], kind: LogicalType) -> tuple[list[int | None], int]:
    """Elements that are no floats, exactly: as whole numbers of their unit, and the decimals of that unit."""
    if kind.unit is not None:
        return ticks(series)[1], 0
    if kind.base == "decimal":
        decimals = _last_place(series)
        return [None if one is None else _scaled(one, decimals) for one in _finite(series)], decimals
    return [None if pd.isna(value) else int(value) for value in series.tolist()], 0


def most_digits(series: pd.Series[Any]) -> int:
    """Digits from the first one of the largest decimal to the last place of the column."""
    first = max((one.adjusted() + 1 for one in _finite(series) if one), default=0)
    return max(0, first) + _last_place(series)


def _finite(series: pd.Series[Any]) -> list[Decimal | None]:
    return [one if isinstance(one, Decimal) and one.is_finite() else None for one in series.tolist()]


def _last_place(series: pd.Series[Any]) -> int:
    """The most decimals that a decimal of the column is written with."""
    return max([0, *(-int(one.as_tuple().exponent) for one in _finite(series) if one)])


def _scaled(one: Decimal, decimals: int) -> int:
    """A decimal as a whole number of some place, without the rounding that arithmetic on decimals does."""
    sign, digits, exponent = one.as_tuple()
    whole = int("".join(map(str, digits))) * 10 ** (int(exponent) + decimals) if one else 0
    return -whole if sign else whole


def _told(present: list[Any], kind: LogicalType) -> list[Any] | None:
    """The few values that are told one by one; None where there are too many, or too few rows for each."""
    if kind.base == "duration" or kind.base == "decimal":
        return None
    distinct = set(present)
    if kind.base == "bool" or len(distinct) == 1 or distinct == {0, 1}:
        return sorted(distinct)
    frequent: list[Any] = sorted(told_values(present))
    covered = sum(map(set(frequent).__contains__, present)) / len(present)
    return frequent if 1 < len(frequent) <= MOST_LEVELS and covered >= 0.95 else None


def _nearest(value: Any, told: list[Any]) -> int:
    """The position of the nearest of some values in their order."""
    right = min(bisect_left(told, value), len(told) - 1)
    left = max(right - 1, 0)
    return left if abs(value - told[left]) <= abs(told[right] - value) else right


def _spelled(value: Any, kind: LogicalType) -> Any:
    if kind.base == "bool":
        return bool(value)
    # The shortest digits of a narrow float, not those of the double that it is.
    return float(str(np.dtype(kind.base).type(value))) if kind.is_float else value


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


def _step(present: Floats) -> tuple[float, int]:
    """What all elements are multiples of, and their decimals; 0 and decimals by their range if there is none."""
    for decimals in range(_FINEST + 1):
        if np.abs(present).max() >= _EXACT / 10.0**decimals:
            break
        scaled = present * 10.0**decimals
        if bool((np.abs(scaled - np.rint(scaled)) <= 1e-9 * np.maximum(1.0, np.abs(scaled))).all()):
            divisor = int(np.gcd.reduce(np.rint(scaled).astype(np.int64))) or 1
            return round(divisor / 10.0**decimals, decimals), decimals
    # Doubles near the largest would overflow when they are subtracted.
    low, high = np.quantile(present / 4.0, (0.1, 0.9))
    quarter = float(high - low) or float(np.abs(present).max()) / 4.0
    return 0.0, min(12, max(0, 4 - math.floor(math.log10(quarter) + math.log10(4.0)))) if quarter else 12


def instants(series: pd.Series[Any], kind: LogicalType) -> list[int]:
    """The dates or timestamps that are there, as days or as units of time since 1970."""
    if kind.base == "date":
        epoch = dt.date(1970, 1, 1).toordinal()
        return [value.toordinal() - epoch for value in series.tolist() if not pd.isna(value)]
    return [count for count in ticks(series)[1] if count is not None]


def _coarsest(series: pd.Series[Any], kind: LogicalType) -> tuple[str, list[int]]:
    """The coarsest unit that holds all instants, and the instants in it since 1970."""
    counts = instants(series, kind)
    if kind.unit is None:
        return "D", counts
    common = math.gcd(*counts)
    sizes = {unit: seconds * TICKS[kind.unit] for unit, seconds in _UNITS.items()}
    sizes |= {unit: max(1, TICKS[kind.unit] // parts) for unit, parts in _FINER.items()}
    unit = next(unit for unit, size in sizes.items() if common % size == 0)
    return unit, [count // sizes[unit] for count in counts]


def _weekdays(days: list[int]) -> tuple[int, ...]:
    """The weekdays that occur in more than one row in two hundred; empty for all seven."""
    counts = Counter(_weekday(day) for day in days)
    kept = tuple(sorted(day for day, count in counts.items() if count > len(days) / 200))
    return kept if len(kept) < 7 and len(days) >= 5 * len(kept) else ()


def _open(day: int, by: int, weekdays: tuple[int, ...]) -> int:
    """The first day from this one on, forwards or backwards, that is one of some weekdays."""
    while _weekday(day) not in weekdays:
        day += by
    return day


def _weekday(day: int) -> int:
    return (day + 3) % 7  # The first day of 1970 was a Thursday.
