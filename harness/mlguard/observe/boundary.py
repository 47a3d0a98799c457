"""Walk pairs of rows towards each other until a discrete answer flips: rows on both sides of the decision boundary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.boundary import BOUNDARY, beside
from mlguard.core.error import MlguardError
from mlguard.core.value import Value, numbers
from mlguard.observe import rows as rowwise
from mlguard.observe import stages
from mlguard.observe.changes.column import GATING
from mlguard.observe.describe import spread
from mlguard.observe.kinds import is_frame
from mlguard.observe.probe_rows import Batch
from mlguard.observe.run import Run
from mlguard.observe.stages import Path

PAIRS = 6
"""Pairs of rows that are walked."""

STEPS = 14
"""Bisections: the boundary is found to 1/16384 of the way, coarse enough that round-off does not choose the side."""

AT_ONCE = 5
"""Bisections whose points one call asks: 31 on each way."""


Shares = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Track:
    """The way between two rows: their finite floats in proportion, everything else from one of them."""

    first: int
    """Position of the row where the way begins."""
    second: int
    """Position of the row to which its floats go."""
    kept: int
    """Which of the two gives what is no number on the way: a jump there would hide where the floats flip the answer."""

    def __str__(self) -> str:
        return f"{self.first}|{self.second}"


def boundary_rows(run: Run, path: Path, model: Any, *, in_few_calls: bool = True) -> Iterator[Batch]:
    """The two rows next to each flip, as one batch; none where answers are not discrete or rows are no numbers.

    In few calls, each asks all the points between which the next bisections choose: where a row's answer does not
    depend on the rows beside it, the flip that is found is the same.
    """
    if path.test.answers is None or path.test.answers.names is not None:
        return
    column = _discrete(path.test.answers.columns)
    if column is None or not _walkable(path.test.rows):
        return
    rows = path.test.rows
    try:
        tracks = _tracks(run, rows, model, column, path.test.answers.columns[column])
        low, high = _walk(run, rows, model, column, tracks, AT_ONCE if in_few_calls else 1)
    except MlguardError:
        return  # A row on the way is not answered.
    if not tracks:
        return
    # Where labels alone are answered, only the place of the flip tells that a threshold moved.
    run.keep("predict", BOUNDARY, numbers(low, rows=[str(track) for track in tracks]), file="probes")
    names = tuple(name for track in tracks for name in beside(str(track)))
    yield Batch(GATING, names, _interleaved(_mixed(rows, tracks, low), _mixed(rows, tracks, high)))


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


def _tracks(run: Run, rows: Any, model: Any, column: str, labels: Value) -> list[Track]:
    """Ways between neighbours in the table on which the answer flips, spread over the table."""
    cells = labels.data.tolist()
    flips = [(i, i + 1) for i in range(len(cells) - 1) if cells[i] != cells[i + 1]]
    if not flips:
        return []
    from_first = [Track(a, b, a) for a, b in flips]
    from_second = [Track(a, b, b) for a, b in flips]
    ends = _labels(run, model, _mixed(rows, from_first, np.ones(len(flips))), column).tolist()
    starts = _labels(run, model, _mixed(rows, from_second, np.zeros(len(flips))), column).tolist()
    found = []
    for one, other, end, start in zip(from_first, from_second, ends, starts, strict=True):
        if end != cells[one.first]:
            found.append(one)
        elif start != cells[other.second]:
            found.append(other)
    return [found[i] for i in spread(len(found), PAIRS)]


def _walk(run: Run, rows: Any, model: Any, column: str, tracks: list[Track], at_once: int) -> tuple[Shares, Shares]:
    """Bisect all ways together: how far along each the answer is still the first one, and is no longer."""
    low, high = np.zeros(len(tracks)), np.ones(len(tracks))
    if not tracks:
        return low, high
    starts = _labels(run, model, _mixed(rows, tracks, low), column)
    for done in range(0, STEPS, at_once):
        steps = min(at_once, STEPS - done)
        inner = np.arange(1, 2**steps) / 2**steps
        points = low + np.multiply.outer(inner, high - low)
        asked = _labels(run, model, _mixed(rows, tracks * len(inner), points.ravel()), column)
        same = asked.reshape(points.shape) == starts
        first, past = np.zeros(len(tracks), dtype=int), np.full(len(tracks), 2**steps)
        for _ in range(steps):
            middle = (first + past) // 2
            still = same[middle - 1, np.arange(len(tracks))]
            first, past = np.where(still, middle, first), np.where(still, past, middle)
        low, high = low + first / 2**steps * (high - low), low + past / 2**steps * (high - low)
    return low, high


def _labels(run: Run, model: Any, rows: Any, column: str) -> np.ndarray[Any, Any]:
    answers = stages.predict(run, model, rowwise.duplicate(rows))
    if column not in answers.columns:
        raise MlguardError("the column is gone", slug="probe-column")
    return answers.columns[column].data


def _mixed(rows: Any, tracks: list[Track], share: Shares) -> Any:
    """Rows on the way of each track, as far along as its share says."""
    first, second, kept = ([getattr(t, name) for t in tracks] for name in ("first", "second", "kept"))
    if isinstance(rows, np.ndarray):
        return _between(rows[first], rows[second], rows[kept], share[:, None])
    one, other, mixed = (rowwise.renumbered(rows.iloc[places]) for places in (first, second, kept))
    for name in rows.columns:
        if getattr(rows[name].dtype, "kind", "O") == "f":
            mixed[name] = _between(one[name].to_numpy(), other[name].to_numpy(), mixed[name].to_numpy(), share)
    return mixed


def _between(one: Any, other: Any, kept: Any, share: Shares) -> Any:
    finite = np.isfinite(one) & np.isfinite(other)
    with np.errstate(invalid="ignore"):
        return np.where(finite, one * (1 - share) + other * share, kept).astype(kept.dtype)


def _interleaved(low: Any, high: Any) -> Any:
    length = rowwise.count(low) or 0
    order = [position for i in range(length) for position in (i, length + i)]
    if isinstance(low, np.ndarray):
        return np.concatenate([low, high])[order]
    import pandas as pd

    return pd.concat([low, high], ignore_index=True).iloc[order].reset_index(drop=True)
