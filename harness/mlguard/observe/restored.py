"""The answers of a run with some cells as another run had them, in the form in which `predict` returned them."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.error import UsageError
from mlguard.core.value import Value
from mlguard.observe.answers import ANSWER, Answers, read_answers
from mlguard.observe.kinds import is_frame, is_pandas

Cells = Mapping[int, object]
"""What to put into the rows of a column, by position."""


@dataclass(frozen=True)
class Restored:
    """What becomes of answers: the same, but for some cells."""

    cells: Mapping[str, Mapping[str, object]]
    """What to put in, by column and by the name of the row."""

    def __call__(self, answers: Answers, rows: tuple[str, ...]) -> Answers:
        """The answers to rows of these names.

        Raises UsageError where that form cannot be written: what was written must read as what was wanted.
        """
        raw, wanted = answers.raw, dict(answers.columns)
        for column, cells in self.cells.items():
            places = {rows.index(row): cell for row, cell in cells.items() if rows.count(row) == 1}
            if column not in wanted or len(places) < len(cells):
                raise _unwritable(column)
            wanted[column] = _put(wanted[column], places)
            try:
                raw = _written(raw, column, places)
            except (AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError) as error:
                raise _unwritable(column) from error
        found = read_answers(raw, guard="", rows=None, key=None).columns
        for column, value in wanted.items():
            if column not in found or found[column].digest() != value.digest():
                raise _unwritable(column)
        return dataclasses.replace(answers, columns=found, raw=raw)


def _put(value: Value, cells: Cells) -> Value:
    data, missing = value.data.copy(), value.absent().copy()
    for place, cell in cells.items():
        missing[place] = cell is None
        data[place] = data[place] if cell is None else cell
    return dataclasses.replace(value, data=data, missing=missing if missing.any() else None)


def _written(raw: Any, column: str, cells: Cells) -> Any:
    """A copy of an answer, or of a part of one, with these cells in a column."""
    if is_frame(raw):
        place = [str(name) for name in raw.columns].index(column)
        changed = raw.copy()
        changed.isetitem(place, _written(raw.iloc[:, place], ANSWER, cells))
        return changed
    if isinstance(raw, Mapping) or (isinstance(raw, tuple) and column.partition(".")[0].isdigit()):
        name = column if isinstance(raw, Mapping) and column in map(str, raw) else column.partition(".")[0]
        inner = column.removeprefix(name).removeprefix(".") or ANSWER
        return _with(raw, name, lambda part: _written(part, inner, cells))
    if isinstance(raw, list | tuple):
        return type(raw)(_cell(item, column, cells[i]) if i in cells else item for i, item in enumerate(raw))
    changed = raw.copy()
    target = changed.iloc if is_pandas(raw, "Series") else changed
    for place, cell in cells.items():
        target[place if np.ndim(raw) == 1 else (place, int(column))] = cell
    return changed


def _cell(item: Any, column: str, cell: object) -> Any:
    """One answer of a list, with another cell in a column."""
    return cell if column == ANSWER else _with(item, column, lambda _: cell)


def _with(whole: Any, name: str, change: Callable[[Any], Any]) -> Any:
    """A copy of a mapping, a sequence or an object of which one entry is changed."""
    if isinstance(whole, Mapping):
        changed: Any = copy.copy(whole)
        key = next(key for key in whole if str(key) == name)
        changed[key] = change(whole[key])
        return changed
    if isinstance(whole, list | tuple | np.ndarray):
        parts = [change(part) if place == int(name) else part for place, part in enumerate(whole)]
        kind = type(whole)
        if isinstance(whole, np.ndarray):
            return np.array(parts, dtype=whole.dtype)
        return kind(*parts) if hasattr(kind, "_fields") else kind(parts)
    return dataclasses.replace(whole, **{name: change(getattr(whole, name))})


def _unwritable(column: str) -> UsageError:
    return UsageError(f"the answers cannot be written anew with other cells in {column}", slug="predict-returned")
