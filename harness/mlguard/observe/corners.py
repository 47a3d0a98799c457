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
from mlguard.observe.leaf import is_frame, to_value
from mlguard.observe.probe_rows import GATING, Batch
from mlguard.observe.run import Run
from mlguard.observe.stages import Path

ROWS = 4
"""Real rows that are pushed."""

COLUMNS = 24
"""Numeric columns that are pushed, in the order of the table."""

SETTLED = 1e-6
"""Move of the mean answer, per unit of its scale, below which both ends of a column count as equal."""


def corner_rows(run: Run, path: Path, model: Any, pool: Any) -> Iterator[Batch]:
    """Batches towards the lowest and the highest answer, one per column and direction; none where no answer is a size.

    `pool` are the rows whose ranges count. Which end of a column pushes the answer down is asked with that column
    alone, so that each decision stands on its own.
    """
    rows = path.test.rows
    length = rowwise.count(rows) or 0
    if not is_frame(rows) or length < ROWS or _level(run, model, rows) is None:
        return
    base = rowwise.take(rows, [int(i) for i in np.linspace(0, length - 1, ROWS).round()]).reset_index(drop=True)
    ends = list(_ends(run, model, base, pool))
    for direction, label in ((0, "lowest"), (1, "highest")):
        pushed = rowwise.duplicate(base)
        for column, low, high in ends:
            pushed = _with(pushed, column, (low, high)[direction])
            names = tuple(f"{label} up to {column} #{i}" for i in range(ROWS))
            yield Batch(GATING, names, rowwise.duplicate(pushed))


def _ends(run: Run, model: Any, base: Any, pool: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Columns with the end of their range that lowers the answer and the one that raises it."""
    for column in [c for c in base.columns if c in pool][:COLUMNS]:
        value = to_value(pool[column])
        if value.data.dtype.kind not in "iuf" or len(value.shape) != 1:
            continue
        known = value.data[~value.absent()]
        finite = known[np.isfinite(known)]
        if not finite.size or finite.min() == finite.max():
            continue
        low, high = finite.min().item(), finite.max().item()
        levels = [_level(run, model, _with(base, column, end)) for end in (low, high)]
        if levels[0] is None or levels[1] is None:
            continue
        rises = levels[1] - levels[0] >= -SETTLED * max(abs(levels[0]), abs(levels[1]))
        yield (column, low, high) if rises else (column, high, low)


def _level(run: Run, model: Any, rows: Any) -> float | None:
    """The mean of the first answer column that holds numbers with fractions; None where there is none."""
    try:
        answers = stages.predict(run, model, rowwise.duplicate(rows))
    except MlguardError:
        return None
    for value in answers.columns.values():
        if value.is_float and value.data.dtype.kind == "f" and value.size and np.all(np.isfinite(value.data)):
            return float(np.mean(value.data, dtype=np.float64))
    return None


def _with(rows: Any, column: Any, value: Any) -> Any:
    changed = rowwise.duplicate(rows)
    cells = changed[column]
    changed[column] = type(cells)([value] * len(cells), index=cells.index, dtype=cells.dtype)
    return changed
