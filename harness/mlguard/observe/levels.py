"""One more training, without the rows of one level of every key and category.

Code that counts on contiguous ids, on complete levels, or on what an earlier training left behind, answers differently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mlguard.core.error import MlguardError
from mlguard.core.record import Observation
from mlguard.core.run_name import LEVELS
from mlguard.observe import rows as rowwise
from mlguard.observe import stages
from mlguard.observe.asking import Asked, ask_all, is_row_by_row, raised_by
from mlguard.observe.changes.column import WITHOUT
from mlguard.observe.contracts import targets
from mlguard.observe.describe import COMPACT_ROWS, spread
from mlguard.observe.kinds import is_frame, is_pandas
from mlguard.observe.leaf import to_value
from mlguard.observe.probe_rows import Batch
from mlguard.observe.probes import keep_asked
from mlguard.observe.run import Run
from mlguard.observe.secondary import beside
from mlguard.observe.stages import Path
from mlguard.seeding import seed_all

SHARE = 0.5
"""Share of the rows that must be left to train on."""

_LEVELS = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "text")

Places = np.ndarray[Any, Any]
"""For each row, whether something holds."""


def without_levels(main: Run, path: Path) -> list[Observation]:
    """Train without some levels, and predict the test rows: those that hold none of them, and those of each level.

    Nothing where the rows have no column of levels. Where training raises, its status is kept and decides nothing.
    """
    table, test = _table(path.train.rows), _table(path.test.rows)
    if table is None or test is None:
        return []
    dropped = _levels(table, [str(target) for target in targets(main, path)])
    if not dropped:
        return []
    run = beside(main, LEVELS, main.data)
    row_by_row = is_row_by_row(main)
    batches = [replace(batch, joined=row_by_row) for batch in _batches(path.test.rows, test, dropped)]
    kept = np.flatnonzero(~_any(table, dropped)).tolist()
    try:
        seed_all(run.state)
        # Split anew, since the main run's rows went through its methods.
        train, _ = stages.split(run)
        model = run.model = run.call("train", train=rowwise.duplicate(_taken(train.rows, kept)))
    except MlguardError as error:
        keep_asked(run, [Asked(batch, raised_by(error), None) for batch in batches])
    else:
        keep_asked(run, ask_all(run, model, batches))
    return run.observations


def _table(rows: Any) -> Any:
    """The first frame of what `split` gives, alone or in a tuple of rows; None without one."""
    parts = rows if isinstance(rows, tuple) and rowwise.count(rows) is not None else (rows,)
    if not all(is_frame(part) or is_pandas(part, "Series") or isinstance(part, np.ndarray | list) for part in parts):
        return None
    return next((part for part in parts if is_frame(part)), None)


def _taken(rows: Any, places: Sequence[int]) -> Any:
    """Some rows; numbers without a name, which only say where rows stood, begin anew."""
    taken = rowwise.take(rows, places)
    index = _table(taken).index
    return rowwise.renumbered(taken) if index.name is None and index.dtype.kind in "iu" else taken


def _levels(table: Any, targets: Sequence[str]) -> dict[Any, Any]:
    """Columns with the level to leave out of each, as long as enough rows are left."""
    dropped: dict[Any, Any] = {}
    for column in table.columns if table.columns.is_unique else ():
        level = None if str(column) in targets else _rarest_inner(table[column])
        more = dropped if level is None else {**dropped, column: level}
        if np.mean(_any(table, more)) <= 1 - SHARE:
            dropped = more
    return dropped


def _rarest_inner(cells: Any) -> Any:
    """The rarest level between the first and the last one; None where cells are no levels.

    Levels are whole numbers, texts or truths that come twice on average. Of two levels either may be the rarest.
    """
    if to_value(cells).dtype not in _LEVELS:
        return None
    counts = cells.value_counts(sort=False)
    counts = counts[counts > 0].sort_index()
    if not 2 <= len(counts) <= len(cells) / 2 or not all(np.isscalar(level) for level in counts.index):
        return None
    inner = counts.iloc[1:-1] if len(counts) > 2 else counts
    return inner.index[int(np.argmin(inner.to_numpy()))]


def _any(table: Any, dropped: Mapping[Any, Any]) -> Places:
    """Which rows hold one of the dropped levels."""
    held: Places = np.zeros(len(table), dtype=bool)
    for column, level in dropped.items():
        held = held | _holds(table, column, level)
    return held


def _holds(table: Any, column: Any, level: Any) -> Places:
    if column not in table:
        return np.zeros(len(table), dtype=bool)
    holds: Places = (table[column] == level).fillna(False).to_numpy(dtype=bool)
    return holds


def _batches(rows: Any, table: Any, dropped: dict[Any, Any]) -> Iterator[Batch]:
    """Test rows by the first dropped level that they hold: where one level makes `predict` raise, the others count."""
    rest: Places = np.ones(len(table), dtype=bool)
    for column, level in dropped.items():
        holds = _holds(table, column, level)
        yield from _batch(rows, rest & holds, f"{column} {level}")
        rest = rest & ~holds
    yield from _batch(rows, rest, "known levels")


def _batch(rows: Any, chosen: Places, label: str) -> Iterator[Batch]:
    places = np.flatnonzero(chosen)
    if len(places):
        places = places[spread(len(places), COMPACT_ROWS)]
        names = tuple(f"{label} #{place}" for place in places)
        yield Batch(WITHOUT, names, _taken(rows, places.tolist()))
