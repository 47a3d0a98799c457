"""Walk pairs of rows towards each other until a discrete answer flips: rows on both sides of the decision boundary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from mlguard.core.error import MlguardError
from mlguard.core.value import Value
from mlguard.observe import rows as rowwise
from mlguard.observe import stages
from mlguard.observe.leaf import is_frame
from mlguard.observe.probe_rows import GATING, Batch
from mlguard.observe.run import Run
from mlguard.observe.stages import Path

PAIRS = 6
"""Pairs of rows that are walked."""

STEPS = 14
"""Bisections: the boundary is found to 1/16384 of the way, coarse enough that round-off does not choose the side."""


def boundary_rows(run: Run, path: Path, model: Any) -> Iterator[Batch]:
    """The two rows next to each flip, as one batch; none where answers are not discrete or rows are no numbers."""
    if path.test.answers is None or path.test.answers.names is not None:
        return
    column = _discrete(path.test.answers.columns)
    if column is None or not _walkable(path.test.rows):
        return
    ends = _pairs(path.test.answers.columns[column])
    if not ends:
        return
    found = _walk(run, path.test.rows, model, column, ends)
    if found is not None:
        names = tuple(f"{side} boundary {a}|{b}" for a, b in ends for side in ("before", "behind"))
        yield Batch(GATING, names, found)


def _discrete(columns: dict[str, Value]) -> str | None:
    """The first column that holds labels: few different texts, truths or whole numbers."""
    for name, value in columns.items():
        if not value.is_float and len(value.shape) == 1 and 2 <= len(set(value.data.tolist())) <= 20:
            return name
    return None


def _walkable(rows: Any) -> bool:
    if isinstance(rows, np.ndarray):
        return rows.ndim == 2 and rows.dtype.kind == "f"
    return is_frame(rows) and any(getattr(d, "kind", "O") == "f" for d in rows.dtypes)


def _pairs(labels: Value) -> list[tuple[int, int]]:
    """Pairs of neighbours in the table with different answers, spread over it."""
    cells = labels.data.tolist()
    flips = [(i, i + 1) for i in range(len(cells) - 1) if cells[i] != cells[i + 1]]
    if len(flips) <= PAIRS:
        return flips
    return [flips[int(i)] for i in np.linspace(0, len(flips) - 1, PAIRS).round()]


def _walk(run: Run, rows: Any, model: Any, column: str, ends: list[tuple[int, int]]) -> Any:
    """Bisect all pairs at once; None where a row on the way is not answered."""
    low, high = np.zeros(len(ends)), np.ones(len(ends))
    try:
        starts = _labels(run, model, _mixed(rows, ends, low), column)
        if np.any(starts == _labels(run, model, _mixed(rows, ends, high), column)):
            # The last step away from real rows may be a column that is no number; such pairs stay where they are.
            pass
        for _ in range(STEPS):
            middle = (low + high) / 2
            same = _labels(run, model, _mixed(rows, ends, middle), column) == starts
            low, high = np.where(same, middle, low), np.where(same, high, middle)
    except MlguardError:
        return None
    return _interleaved(_mixed(rows, ends, low), _mixed(rows, ends, high))


def _labels(run: Run, model: Any, rows: Any, column: str) -> np.ndarray[Any, Any]:
    answers = stages.predict(run, model, rowwise.duplicate(rows))
    if column not in answers.columns:
        raise MlguardError("the column is gone", slug="probe-column")
    return answers.columns[column].data


def _mixed(rows: Any, ends: list[tuple[int, int]], share: np.ndarray[Any, Any]) -> Any:
    """Rows between the two of each pair: floats in proportion, everything else from the first until half way."""
    first, second = [a for a, _ in ends], [b for _, b in ends]
    if isinstance(rows, np.ndarray):
        return rows[first] * (1 - share)[:, None] + rows[second] * share[:, None]
    one = rowwise.renumbered(rows.iloc[first])
    other = rowwise.renumbered(rows.iloc[second])
    mixed = rowwise.duplicate(one)
    for name in rows.columns:
        if getattr(rows[name].dtype, "kind", "O") == "f":
            mixed[name] = one[name] * (1 - share) + other[name] * share
        else:
            mixed[name] = one[name].where(share < 0.5, other[name])
    return mixed


def _interleaved(low: Any, high: Any) -> Any:
    length = rowwise.count(low) or 0
    order = [position for i in range(length) for position in (i, length + i)]
    if isinstance(low, np.ndarray):
        return np.concatenate([low, high])[order]
    import pandas as pd

    return pd.concat([low, high], ignore_index=True).iloc[order].reset_index(drop=True)
