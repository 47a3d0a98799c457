"""Columns of numbers: the ends of their range and beyond, zero, declared thresholds, and other magnitudes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from mlguard.observe.changes.column import STATUS_ONLY, Apply, Cells, Change, Column, constant, replaced

MAGNITUDES = ((10.0, "x10"), (1e3, "x1e3"), (1e6, "x1e6"))
"""Factors on numeric columns; they gate on being answered, and answered with finite numbers, never on values."""


def changes(column: Column) -> Iterator[Change]:
    """The changes of a column of real numbers, whole or not."""
    value = column.value
    if not value.is_numeric or value.data.dtype.kind == "c" or len(value.shape) != 1:
        return
    present = value.data[~value.absent()]
    finite = present[np.isfinite(present)]
    if finite.size:
        yield from _range(finite)
        yield from _thresholds(column, finite)
        for factor, label in MAGNITUDES:
            yield Change(label, _scaled(factor), STATUS_ONLY)


def _range(finite: np.ndarray[Any, Any]) -> Iterator[Change]:
    """Whole numbers are keys as much as quantities, so one step beyond their range is one."""
    whole = finite.dtype.kind in "iu"
    low, high = finite.min().item(), finite.max().item()
    step = 1 if whole else (high - low) * 0.1 or 1.0
    yield Change("minimum", constant(low))
    yield Change("maximum", constant(high))
    yield Change("below", constant(low - step))
    yield Change("above", constant(high + step))
    if low > 0:
        yield Change("zero", constant(0 if whole else 0.0))


def _thresholds(column: Column, finite: np.ndarray[Any, Any]) -> Iterator[Change]:
    whole = finite.dtype.kind in "iu"
    for name, threshold in column.known.thresholds.items():
        if name == column.name or (not name and not whole and finite.min() <= threshold <= finite.max()):
            yield Change("at threshold", constant(int(threshold) if whole else threshold))
            if not whole:
                yield Change("just below threshold", constant(float(np.nextafter(threshold, -np.inf))))
                yield Change("just above threshold", constant(float(np.nextafter(threshold, np.inf))))


def _scaled(factor: float) -> Apply:
    def apply(cells: Cells, at: Sequence[int]) -> Cells:
        return replaced(cells, at, [_times(cells.iloc[i], factor) for i in at])

    return apply


def _times(value: Any, factor: float) -> Any:
    if isinstance(value, int | np.integer):
        return int(value) * int(factor)
    return value * factor if isinstance(value, float | np.floating) else value
