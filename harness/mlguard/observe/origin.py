"""Find which rows of the Dataset a split took, by content, since splits reset the index."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.dataset import Dataset
from mlguard.core.value import Value
from mlguard.observe.kinds import is_frame
from mlguard.observe.leaf import to_value
from mlguard.observe.narwhals import as_pandas
from mlguard.observe.rows import count


@dataclass(frozen=True)
class Origin:
    """Where the rows of one part of a split come from."""

    rows: tuple[str, ...]
    """Names of the rows: their position in the table, with the table's name where there are several; `new …` for
    rows that no table holds."""
    unchanged: tuple[str, ...] = ()
    """Columns taken from the table as they are."""


def origin(part: Any, data: Dataset) -> Origin:
    """The origin of the rows of a frame or array; numbered in order where nothing of the Dataset is recognised."""
    part = as_pandas(part)
    length = count(part) or 0
    best = Origin(tuple(f"new {i}" for i in range(length)))
    for name, table in data.tables.items():
        prefix = "" if len(data.tables) == 1 else f"{name} "
        found = _in_frame(part, table, prefix) if is_frame(part) and is_frame(table) else _in_array(part, table, prefix)
        if found is not None and (_known(found), len(found.unchanged)) > (_known(best), len(best.unchanged)):
            best = found
    return best


def _known(found: Origin) -> int:
    return sum(1 for row in found.rows if not row.startswith("new "))


def _in_frame(part: Any, table: Any, prefix: str) -> Origin | None:
    shared = [c for c in part.columns if c in set(table.columns)]
    if not shared or part.columns.duplicated().any():
        return None
    values = {c: (to_value(part[c]), to_value(table[c])) for c in shared}
    cells = {c: (_cells(mine), _cells(theirs)) for c, (mine, theirs) in values.items()}
    # A column that was filled, scaled or typed anew holds cells that the table does not: no witness of the origin.
    witnesses = [c for c in shared if set(cells[c][0]) <= set(cells[c][1])]
    if not witnesses:
        return None
    wanted = list(zip(*(cells[c][0] for c in witnesses), strict=True))
    offered = list(zip(*(cells[c][1] for c in witnesses), strict=True))
    positions = _assign(wanted, offered, [cells[c] for c in shared if c not in witnesses])
    rows = tuple(f"new {i}" if p is None else f"{prefix}{p}" for i, p in enumerate(positions))
    same = [c for c in witnesses if _same_cells(cells[c], positions) and values[c][0].dtype == values[c][1].dtype]
    return Origin(rows, tuple(map(str, same)))


Cells = tuple[list[object], list[object]]


def _same_cells(cells: Cells, positions: list[int | None]) -> bool:
    mine, theirs = cells
    return all(p is not None and mine[i] == theirs[p] for i, p in enumerate(positions))


def _in_array(part: Any, table: Any, prefix: str) -> Origin | None:
    array, whole = _plain(part), _plain(table)
    if array is None or whole is None or array.shape[1:] != whole.shape[1:] or array.dtype != whole.dtype:
        return None
    wanted = [row.tobytes() for row in array]
    offered = [row.tobytes() for row in whole]
    positions = _assign(wanted, offered, [])
    return Origin(tuple(f"new {i}" if p is None else f"{prefix}{p}" for i, p in enumerate(positions)))


def _plain(value: Any) -> np.ndarray[Any, Any] | None:
    if isinstance(value, tuple) and value:
        return _plain(value[0])
    if isinstance(value, np.ndarray) and value.ndim and value.dtype != object:
        return np.ascontiguousarray(value)
    return None


def _assign(wanted: list[Any], offered: list[Any], others: list[Cells]) -> list[int | None]:
    """The position of each wanted row; among equal rows the one with most equal cells in other columns, else the next.

    The index could tell equal rows apart, and must not: a refactor that resets it moves nothing.
    """
    places: dict[Any, list[int]] = defaultdict(list)
    for position, row in enumerate(offered):
        places[row].append(position)
    used: dict[int, int] = defaultdict(int)
    found: list[int | None] = []
    for i, row in enumerate(wanted):
        candidates = places.get(row, [])
        unlike = {p: sum(mine[i] != theirs[p] for mine, theirs in others) for p in candidates if len(candidates) > 1}
        place = min(candidates, key=lambda p: (unlike.get(p, 0), used[p], p), default=None)
        if place is not None:
            used[place] += 1
        found.append(place)
    return found


def _cells(value: Value) -> list[object]:
    """Cells that compare equal when their content does, missing ones included."""
    gone = value.absent()
    if value.is_float:
        gone = gone | np.isnan(value.data)
    cells = [None if missing else cell for cell, missing in zip(value.data.tolist(), gone, strict=True)]
    width = value.row_width
    return cells if width == 1 else [tuple(cells[i : i + width]) for i in range(0, len(cells), width)]
