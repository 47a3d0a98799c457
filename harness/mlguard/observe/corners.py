"""Corner rows: real rows pushed, column by column, to where the answer is lowest and where it is highest.

A floor, a cap or another clause at the end of a model's range is reached by no real row, and by no single column.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mlguard.core.error import MlguardError
from mlguard.observe import rows as rowwise
from mlguard.observe import stages
from mlguard.observe.changes.column import GATING
from mlguard.observe.kinds import is_frame
from mlguard.observe.leaf import to_value
from mlguard.observe.probe_rows import Batch
from mlguard.observe.run import Run
from mlguard.observe.stages import Path

ROWS = 4
"""Real rows that are pushed."""

COLUMNS = 24
"""Numeric columns that are pushed, in the order of the table."""

SETTLED = 1e-6
"""Move of the mean answer, per unit of its scale, below which both ends of a column count as equal."""


def corner_rows(run: Run, path: Path, model: Any, pool: Any) -> Iterator[Batch]:
    """One batch towards the lowest answer and one towards the highest; none where no answer is a size.

    `pool` are the rows whose ranges count. Which end of a column pushes the answer down is asked with that column
    alone, so that each decision stands on its own.
    """
    rows = path.test.rows
    length = rowwise.count(rows) or 0
    if not is_frame(rows) or length < ROWS:
        return
    base = rowwise.take(rows, [int(i) for i in np.linspace(0, length - 1, ROWS).round()]).reset_index(drop=True)
    ranges = list(_ranges(base, pool))
    alone = [_with(base, column, end) for column, *ends in ranges for end in ends]
    levels = _levels(run, model, alone)
    if not levels:
        return
    for lowest, label in ((True, "lowest"), (False, "highest")):
        names, steps, pushed = [], [], base
        for (column, low, high), at_low, at_high in zip(ranges, levels[::2], levels[1::2], strict=True):
            rises = at_high - at_low >= -SETTLED * max(abs(at_low), abs(at_high))
            pushed = _with(pushed, column, low if rises == lowest else high)
            names += [f"{label} up to {column} #{i}" for i in range(ROWS)]
            steps.append(pushed)
        yield Batch(GATING, tuple(names), _together(steps))


def _ranges(base: Any, pool: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Numeric columns with the ends of their range."""
    for column in [c for c in base.columns if c in pool][:COLUMNS]:
        value = to_value(pool[column])
        if value.data.dtype.kind not in "iuf" or len(value.shape) != 1:
            continue
        known = value.data[~value.absent()]
        finite = known[np.isfinite(known)]
        if finite.size and finite.min() != finite.max():
            yield column, finite.min().item(), finite.max().item()


def _levels(run: Run, model: Any, asked: list[Any]) -> list[float]:
    """The mean answer of each group of rows, by the first column of numbers with fractions; none without one."""
    if not asked:
        return []
    try:
        answers = stages.predict(run, model, _together(asked))
    except MlguardError:
        return []
    for value in answers.columns.values():
        if value.data.dtype.kind == "f" and value.size == ROWS * len(asked) and np.all(np.isfinite(value.data)):
            return [float(mean) for mean in value.data.astype(np.float64).reshape(len(asked), ROWS).mean(axis=1)]
    return []


def _together(parts: list[Any]) -> Any:
    """The rows of all parts below each other."""
    together = rowwise.take(parts[0], [i for _ in parts for i in range(ROWS)]).reset_index(drop=True)
    for column in together.columns:
        cells = [cell for part in parts for cell in part[column]]
        together[column] = type(together[column])(cells, dtype=together[column].dtype)
    return together


def _with(rows: Any, column: Any, value: Any) -> Any:
    changed = rowwise.duplicate(rows)
    cells = changed[column]
    changed[column] = type(cells)([value] * len(cells), index=cells.index, dtype=cells.dtype)
    return changed
