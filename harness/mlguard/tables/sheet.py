"""A Sheet: one table or array taken apart into named, typed columns of text, which every format writes the same."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mlguard.core.dataset import Dataset
from mlguard.core.error import UsageError, several
from mlguard.tables.cells import Cells, to_array, to_cells, to_series
from mlguard.tables.logical import LogicalType, logical_type, type_name, with_article

TABLE = "table"
ARRAY = "array"

WIDEST = 10**7
"""Elements that one row may have."""

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Column:
    """One column of a table, or all elements of an array."""

    name: str | int
    """The column's name; of an array, the empty text."""
    type: LogicalType
    """What its elements are."""
    missing: int
    """How many elements are missing."""


@dataclass(frozen=True)
class Schema:
    """What a table or array holds, without its values."""

    kind: str
    """`table` for a DataFrame, `array` for a NumPy array."""
    shape: tuple[int, ...]
    """Rows and columns of a table; the shape of an array."""
    columns: tuple[Column, ...]
    """A table's columns in order; for an array, one for all its elements."""

    @property
    def rows(self) -> int:
        """Length of the first axis."""
        return self.shape[0]

    @property
    def width(self) -> int:
        """Elements of one row."""
        return math.prod(self.shape[1:])

    @property
    def is_possible(self) -> bool:
        """Whether there can be such a table or array, as far as its shape and columns go."""
        if not self.shape or min(self.shape) < 0 or not 0 < self.width <= WIDEST:
            return False
        if self.kind == TABLE:
            return len(self.shape) == 2 and len(self.columns) == self.width
        return self.kind == ARRAY and len(self.columns) == 1

    @property
    def header(self) -> tuple[str, ...]:
        """The column names as files spell them; of an array, `0` to the number of elements in a row less one."""
        if self.kind == TABLE:
            return tuple(str(column.name) for column in self.columns)
        return tuple(map(str, range(self.width)))

    @property
    def types(self) -> tuple[LogicalType, ...]:
        """The logical type of each column of the header."""
        if self.kind == TABLE:
            return tuple(column.type for column in self.columns)
        return (self.columns[0].type,) * len(self.header)


@dataclass(frozen=True)
class Sheet:
    """A table or array as text."""

    schema: Schema
    """What it holds."""
    cells: tuple[Cells, ...]
    """The elements of each column of the schema; of an array, all of them in C order."""

    def lines(self) -> list[tuple[str | None, ...]]:
        """The rows as files write them."""
        if self.schema.kind == TABLE:
            return list(zip(*self.cells, strict=True))
        width = len(self.schema.header)
        elements = self.cells[0]
        return [tuple(elements[row * width : (row + 1) * width]) for row in range(self.schema.rows)]


def sheet(table: Any, *, name: str = "rows") -> Sheet:
    """Take a DataFrame or array apart.

    Raises UsageError naming the table and everything about it that cannot be written.
    """
    if isinstance(table, np.ndarray):
        return _of_array(table, name)
    if isinstance(table, pd.DataFrame):
        return _of_frame(table, name)
    text = f"table {name!r} is {with_article(type_name(table))}; expected a pandas DataFrame or a NumPy array"
    raise UsageError(text, slug="table-type")


def sheets(dataset: Dataset) -> dict[str, Sheet]:
    """All tables of a Dataset taken apart, by name; errors as `sheet`."""
    return {name: sheet(table, name=name) for name, table in dataset.tables.items()}


def from_lines(lines: Sequence[Sequence[str | None]], schema: Schema) -> Any:
    """The DataFrame or array that these rows of text are."""
    if schema.kind == ARRAY:
        elements = [cell for line in lines for cell in line]
        return to_array(elements, schema.columns[0].type).reshape(schema.shape)
    columns = list(zip(*lines, strict=True)) if lines else [()] * len(schema.columns)
    series = [to_series(cells, column.type) for cells, column in zip(columns, schema.columns, strict=True)]
    frame = pd.concat(series, axis=1)
    frame.columns = pd.Index([column.name for column in schema.columns])
    return frame


def _of_array(array: np.ndarray[Any, Any], name: str) -> Sheet:
    if array.ndim == 0 or 0 in array.shape[1:]:
        text = f"array {name!r} has shape {array.shape}; expected at least one axis and one element in each row"
        raise UsageError(text, slug="table-shape")
    column, cells = _taken(array, name, None)
    return Sheet(Schema(ARRAY, array.shape, (column,)), (cells,))


def _of_frame(frame: pd.DataFrame, name: str) -> Sheet:
    problems = [*_index_problems(frame, name), *_name_problems(frame, name)]
    if problems:
        raise several(problems, slug="table-shape")
    names = [label if isinstance(label, str) else int(label) for label in frame.columns]
    columns, cells = zip(*(_taken(frame.iloc[:, at], name, label) for at, label in enumerate(names)), strict=True)
    return Sheet(Schema(TABLE, frame.shape, columns), cells)


def _taken(values: Any, table: str, column: str | int | None) -> tuple[Column, Cells]:
    """A column, or the elements of an array, which has no name: what they are, and they as text."""
    kind = logical_type(values, table=table, column=column)
    cells = to_cells(values, kind)
    bad = next((cell for cell in (*cells, *kind.categories) if cell is not None and _SURROGATE.search(cell)), None)
    if bad is not None:
        place = f"array {table!r}" if column is None else f"table {table!r}, column {column!r}"
        text = f"{place} holds {bad!r}, which is no Unicode text (a lone surrogate); decode it properly first"
        raise UsageError(text, slug="column-unsupported")
    return Column("" if column is None else column, kind, cells.count(None)), cells


def _index_problems(frame: pd.DataFrame, name: str) -> list[str]:
    index = frame.index
    plain = index.nlevels == 1 and index.name is None and index.equals(pd.RangeIndex(len(frame)))
    if plain:
        return []
    hint = "reset_index(drop=True)" if index.name is None and index.nlevels == 1 else "reset_index()"
    return [f"table {name!r} has an index that is not 0 to {len(frame) - 1}, which files do not keep; call {hint}"]


def _name_problems(frame: pd.DataFrame, name: str) -> list[str]:
    if not len(frame.columns):
        return [f"table {name!r} has no columns"]
    labels = list(frame.columns)
    odd = [x for x in labels if isinstance(x, bool | np.bool_) or not isinstance(x, str | int | np.integer)]
    found = [f"table {name!r} has a column named {x!r}; names are text or whole numbers" for x in odd]
    spelled = [str(label) for label in labels]
    twice = sorted({text for text in spelled if spelled.count(text) > 1})
    found += [f"table {name!r} has several columns named {text!r}; name each once" for text in twice]
    broken = [text for text in spelled if _SURROGATE.search(text)]
    return found + [f"table {name!r} has a column name that is no Unicode text: {text!r}" for text in broken]
