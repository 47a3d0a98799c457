"""How large the numbers of a Value are, column by column: the unit in which the size of a move is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.value import Value

Array = np.ndarray[Any, Any]

EPS = {"float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-52, "complex64": 2.0**-23, "complex128": 2.0**-52}
"""Distance from 1.0 to the next number, by dtype."""

ENOUGH = 10
"""Different values from which on quantiles say how far a column spreads."""

EQUAL = 8.0
"""Units of eps up to which two numbers count as one value: what is constant but for round-off is constant."""

SHARE = 1e-6
"""Smallest unit of a number, as a share of its size: a spread far below the size of the numbers is mostly round-off."""

FEW = 32
"""Values of a column that are looked at before all."""

DECIMALS = 9
"""Decimals up to which a column is looked at as one of rounded numbers."""

LONGEST = 2.0**53
"""Size from which on every number is whole, which says nothing."""

EVIDENCE = 4.0
"""Decimal digits that would be no zeros by chance, from which on numbers are believed to be rounded."""


@dataclass(frozen=True)
class Columns:
    """What is typical of each column of a Value: of the only one of a scalar or vector, of each column of a matrix."""

    low: Array
    """Spread of the inner half (of the densest quarter of a list), the smallest unit of a number of this column; with
    few values the smallest gap between two."""
    typical: Array
    """Spread between the 10 % and the 90 % quantile of the different values, as a standard deviation of normal numbers;
    with few values the usual gap between two; infinite for a constant."""
    middle: Array
    """The median of the different values."""
    half_step: Array
    """Half the distance of two neighbours where all numbers lie on a grid (whole numbers, cents); else infinite."""

    def units(self, value: Value) -> Array:
        """The unit of each element of a Value that has these columns.

        The spread of its column, whatever larger numbers stand in it; for a number far off the others its own distance
        from them; never more than its size, unless the inner half of the column spreads farther than that.
        """
        numbers = magnitudes(value)
        size = np.abs(numbers)
        low, typical, middle = (part[None, :] for part in (self.low, self.typical, self.middle))
        with np.errstate(invalid="ignore", over="ignore"):
            own = np.minimum(size, np.maximum(np.abs(numbers - middle), typical))
            unit = np.maximum(np.maximum(low, own), SHARE * size)
        return np.where(np.isfinite(numbers), unit, 0.0).reshape(-1)

    def half_steps(self, value: Value) -> Array:
        """Half the step of the grid of each element; infinite where its column lies on none."""
        return np.broadcast_to(self.half_step, (value.size // max(len(self.half_step), 1), len(self.half_step))).ravel()


def columns_of(value: Value) -> Columns:
    """Measure the columns of a Value of numbers; missing, infinite and undefined elements say nothing."""
    numbers = magnitudes(value)
    different, count = _different(np.where(np.isfinite(numbers), numbers, np.inf), EQUAL * eps_of(value))
    least, usual = _gaps(different)
    listed = value.rows is None and len(value.shape) == 1
    inner = _shortest(different, count) if listed else _between(different, count, 0.25) / 1.35
    return Columns(
        low=np.select([count >= ENOUGH, count > 2], [inner, least], 0.0),
        typical=np.select([count >= ENOUGH, count > 1], [_between(different, count, 0.1) / 2.56, usual], np.inf),
        middle=_between(different, count, 0.5),
        half_step=_half_step(different, count, eps_of(value)),
    )


def magnitudes(value: Value) -> Array:
    """The numbers as float64, one row per first index and one column per place in it; complex numbers by their size."""
    data = np.abs(value.data) if value.data.dtype.kind == "c" else value.data
    numbers: Array = data.astype(np.float64).reshape(-1, max(value.row_width, 1))
    return np.where(value.absent().reshape(numbers.shape), np.nan, numbers) if value.missing is not None else numbers


def eps_of(value: Value) -> float:
    """Distance from 1.0 to the next number of the Value's type."""
    return EPS.get(value.data.dtype.name, EPS["float64"])


def _different(numbers: Array, share: float) -> tuple[Array, Array]:
    """The different values of each column, least first and then infinities, and their number."""
    ordered = np.sort(numbers, axis=0)
    with np.errstate(invalid="ignore", over="ignore"):
        again = np.diff(ordered, axis=0) <= share * np.abs(ordered[1:])
    ordered[1:][again] = np.inf
    ordered = np.sort(ordered, axis=0)
    return ordered, np.isfinite(ordered).sum(axis=0)


def _between(different: Array, count: Array, share: float) -> Array:
    """The distance of two quantiles of each column, taken from the inside; the median where both are the same."""
    if not len(different):
        return np.zeros(different.shape[1])
    last = np.maximum(count - 1, 0)
    lower, upper = np.ceil(share * last).astype(int), np.floor((1 - share) * last).astype(int)
    low, high = (np.take_along_axis(different, at[None, :], axis=0)[0] for at in (lower, np.maximum(upper, 0)))
    with np.errstate(invalid="ignore", over="ignore"):
        found = (low + high) / 2 if share == 0.5 else high - low
    return np.where(count > 0, found, 0.0)


def _shortest(different: Array, count: Array) -> Array:
    """The shortest interval that holds a quarter of each column's values, as a standard deviation of normal numbers.

    A list may hold numbers of different kinds, and most of them may be the large ones.
    """
    first = np.arange(len(different))[:, None]
    last = first + count // 4
    with np.errstate(invalid="ignore", over="ignore"):
        widths = np.take_along_axis(different, np.minimum(last, len(different) - 1), axis=0) - different
    shortest: Array = np.where(last < count, widths, np.inf).min(axis=0, initial=np.inf)
    return shortest / 0.64


def _gaps(different: Array) -> tuple[Array, Array]:
    """The smallest and the usual gap between two neighbouring values of each column."""
    with np.errstate(invalid="ignore", over="ignore"):
        gaps = np.diff(different[:ENOUGH], axis=0)
    gaps = np.sort(np.where(np.isfinite(gaps), gaps, np.inf), axis=0)
    if not len(gaps):
        return np.zeros(different.shape[1]), np.full(different.shape[1], np.inf)
    known = np.isfinite(gaps).sum(axis=0)
    usual = np.take_along_axis(gaps, np.maximum(known - 1, 0)[None, :] // 2, axis=0)[0]
    return gaps[0], usual


def _half_step(different: Array, count: Array, eps: float) -> Array:
    """Half the step of the coarsest decimal grid that holds a column's values, where that is no chance."""
    found = np.full(different.shape[1], np.inf)
    known = np.where(np.isfinite(different), different, 0.0)
    known = np.where(np.abs(known) < LONGEST, known, np.pi)
    for decimals in range(DECIMALS + 1):
        few = known[:FEW] * 10.0**decimals
        if not _are_whole(few, _near(few, eps)).any():
            continue  # Most columns lie on no grid, which few of their values show.
        steps = known * 10.0**decimals
        near = _near(steps, eps)
        on_grid = _are_whole(steps, near) & (count > 0)
        digits = np.where(steps != 0, -np.log10(np.maximum(np.maximum(2 * near, eps * np.abs(steps)), 1e-300)), 0.0)
        sure = np.maximum(digits, 0.0).sum(axis=0) >= EVIDENCE
        found = np.where(on_grid & sure & np.isinf(found), 0.5 * 10.0**-decimals, found)
        if on_grid.all():
            break
    return found


def _near(steps: Array, eps: float) -> Array:
    """How far each number may be from a whole one that stands for it."""
    ulp = eps * np.abs(steps)
    return np.where(ulp < 1e-4, 4 * ulp, 0.0)  # Of numbers that are nearly too long, only whole ones are near one.


def _are_whole(steps: Array, near: Array) -> Array:
    """Which columns hold nothing but numbers that near to whole ones."""
    return np.asarray((np.abs(steps - np.round(steps)) <= near).all(axis=0))
