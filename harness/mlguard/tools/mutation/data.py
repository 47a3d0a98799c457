"""Mutants of the data on their way in: columns, labels and rows. All of them are the same on every run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.dataset import Dataset, with_texts_as_names
from mlguard.observe.run import copied
from mlguard.runner.order import Change
from mlguard.tools.mutation.mutant import Mutant

FEW = 20
"""Distinct values up to which a column may be the label, where the dataset names none."""


@dataclass(frozen=True)
class Planted:
    """What becomes of a Dataset: one table is changed by a function; where that cannot be, none is."""

    table: str
    """The table's name."""
    function: Callable[..., Any]
    """Makes the changed table from a copy of the table and the arguments."""
    arguments: tuple[Any, ...]
    """Names of columns, or a position of a row; counted from the start again where a table is shorter."""

    def __call__(self, data: Dataset) -> Dataset:
        """The changed Dataset."""
        fresh = copied(data)
        frame = fresh.tables.get(self.table)
        if frame is None:
            return fresh
        own, named = {str(column): column for column in frame.columns}, with_texts_as_names(frame)
        if {a for a in self.arguments if isinstance(a, str)} <= set(own) and len(frame):
            fresh.tables[self.table] = self.function(named, *self.arguments).rename(columns=own)
        return fresh


def without_column(frame: Any, column: str) -> Any:
    """The table without one of its columns."""
    return frame.drop(columns=[column])


def with_columns_swapped(frame: Any, one: str, other: str) -> Any:
    """The table with the content of two columns in each other's place."""
    return frame.assign(**{one: frame[other], other: frame[one]})


def with_float32(frame: Any, column: str) -> Any:
    """The table with a column of half its digits."""
    return frame.astype({column: "float32"})


def with_scaled(frame: Any, column: str) -> Any:
    """The table with a column times 1.1; integers stay integers."""
    scaled = frame[column] * 1.1
    whole = frame[column].dtype.kind in "iu"
    return frame.assign(**{column: scaled.round().astype(frame[column].dtype) if whole else scaled})


def with_label_flipped(frame: Any, column: str, row: int) -> Any:
    """The table with one label that another row has: of the next row whose label differs."""
    row %= len(frame)
    order = [*range(row + 1, len(frame)), *range(row)]
    values = frame[column]
    other = next((i for i in order if values.iloc[i] != values.iloc[row] and values.iloc[i] == values.iloc[i]), row)
    positions = np.arange(len(frame))
    positions[row] = other
    return frame.assign(**{column: values.take(positions).set_axis(frame.index)})


def without_row(frame: Any, row: int) -> Any:
    """The table without one of its rows."""
    return frame.take(np.delete(np.arange(len(frame)), row % len(frame))).reset_index(drop=True)


def with_row_twice(frame: Any, row: int) -> Any:
    """The table with one of its rows once more, right behind itself."""
    row %= len(frame)
    return frame.take(np.insert(np.arange(len(frame)), row, row)).reset_index(drop=True)


def with_shuffled_labels(frame: Any, column: str) -> Any:
    """The table with its labels in another order than its rows."""
    positions = np.random.RandomState(0).permutation(len(frame))
    return frame.assign(**{column: frame[column].take(positions).set_axis(frame.index)})


Places = Callable[[Any, str | None], Iterable[tuple[Any, ...]]]
"""The arguments with which an operator can be asked about a table, given its label's column."""


def _columns(frame: Any, label: str | None) -> Iterator[tuple[Any, ...]]:
    yield from ((str(column),) for column in frame.columns)


def _twins(frame: Any, label: str | None) -> Iterator[tuple[Any, ...]]:
    """Each column with the next one of its type."""
    columns = [str(column) for column in frame.columns]
    for position, one in enumerate(columns):
        other = next((c for c in columns[position + 1 :] if frame[c].dtype == frame[one].dtype), None)
        if other is not None:
            yield one, other


def _floats(frame: Any, label: str | None) -> Iterator[tuple[Any, ...]]:
    yield from ((str(c),) for c in frame.columns if frame[c].dtype == np.float64)


def _numbers(frame: Any, label: str | None) -> Iterator[tuple[Any, ...]]:
    yield from (
        (str(c),) for c in frame.columns if isinstance(frame[c].dtype, np.dtype) and frame[c].dtype.kind in "iuf"
    )


def _rows(frame: Any, label: str | None) -> Iterator[tuple[Any, ...]]:
    yield from ((row,) for row in _some(len(frame)))


def _label(frame: Any, label: str | None) -> Iterator[tuple[Any, ...]]:
    if label is not None:
        yield (label,)


def _labels(frame: Any, label: str | None) -> Iterator[tuple[Any, ...]]:
    if label is not None:
        yield from ((label, row) for row in _some(len(frame)))


def _some(length: int) -> list[int]:
    """The first, the middle and the last position."""
    return sorted({0, length // 2, length - 1}) if length else []


OPERATORS: dict[str, tuple[Callable[..., Any], Places]] = {
    "column dropped": (without_column, _columns),
    "columns swapped": (with_columns_swapped, _twins),
    "column as float32": (with_float32, _floats),
    "column times 1.1": (with_scaled, _numbers),
    "label flipped": (with_label_flipped, _labels),
    "row dropped": (without_row, _rows),
    "row twice": (with_row_twice, _rows),
    "labels shuffled": (with_shuffled_labels, _label),
}
"""Operators by name: what is done to a table, and where it can be done."""


def data_mutants(name: str, data: Dataset, *, target: str | int | None = None) -> Iterator[Mutant]:
    """Every mutant of a Dataset's tables that changes anything; arrays have no columns to speak of, and none.

    `name` is what to call the dataset in messages, `target` the label's column where the guard names it.
    """
    for table, frame in data.items():
        if not hasattr(frame, "columns"):
            continue
        named = with_texts_as_names(frame)
        label = _label_of(named, data.target if target is None else target)
        for operator, (function, places) in OPERATORS.items():
            for arguments in places(named, label):
                planted = Planted(table, function, arguments)
                if not planted(data).tables[table].equals(frame):
                    yield _mutant(operator, name, planted)


def _mutant(operator: str, name: str, planted: Planted) -> Mutant:
    about = [a if isinstance(a, str) else f"row {a}" for a in planted.arguments]
    before = f"{planted.table}: {', '.join(about)}"
    return Mutant(operator, "data", name, 0, "dataset", before, f"{before}: {operator}", Change(data=planted))


def _label_of(frame: Any, target: str | int | None) -> str | None:
    """The column to predict: as declared, else the last one of few distinct values, where labels usually are."""
    if str(target) in frame.columns:
        return str(target)
    few = [str(c) for c in frame.columns if frame[c].dtype.kind != "f" and 2 <= frame[c].nunique() <= FEW]
    return few[-1] if few else None
