"""A Dataset: tiny seeded tables or arrays, what their columns mean, and nothing about where they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

DECIMALS = 6
"""Decimals that float columns keep unless a Dataset says otherwise."""

ROWS = "rows"
"""The name of the only table of a generator that returns one."""


def column_of(columns: Iterable[Any], name: str | int) -> Any:
    """The column that is called so, else the one whose name is written so, as 0 is `"0"`; None where there is none."""
    own = list(columns)
    exact = [column for column in own if type(column) is type(name) and column == name]
    return next(iter(exact or [column for column in own if str(column) == str(name)]), None)


def with_texts_as_names(frame: Any) -> Any:
    """A table of pandas whose columns have texts for names, where they may be numbers."""
    return frame if all(isinstance(column, str) for column in frame) else frame.set_axis([*map(str, frame)], axis=1)


class Dataset(Mapping[str, Any]):
    """Named tables (pandas DataFrames) and arrays (numpy), as a generator returns them and a guard reads them.

    `data.rows`, `data.train` and `data["items"]` read a table. A single frame or array is the table `rows`.

    Parameters
    ----------
    tables
        A DataFrame, an array, or a mapping of names to either. Names are Python identifiers.
    target
        The column to predict, for guards without methods of their own.
    decimals
        Decimals that float columns are rounded to before anything is written or compared; an int for all columns
        or a mapping of column names. A value keeps at most 12 significant digits.
    """

    def __init__(
        self, tables: Any, *, target: str | int | None = None, decimals: int | Mapping[str, int] = DECIMALS
    ) -> None:
        self.tables: dict[str, Any] = dict(tables) if isinstance(tables, Mapping) else {ROWS: tables}
        self.target = target
        self.decimals = decimals

    def __getitem__(self, name: str) -> Any:
        if name not in self.tables:
            raise KeyError(self._lacks(name))
        return self.tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tables)

    def __len__(self) -> int:
        return len(self.tables)

    def __getattr__(self, name: str) -> Any:
        # Reached only for names that are no attribute; copy and pickle ask before `tables` exists.
        tables = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(self._lacks(name))

    def _lacks(self, name: str) -> str:
        known = ", ".join(self.__dict__.get("tables", {})) or "none"
        return f"the dataset has no table {name!r} (it has: {known})"

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {tuple(getattr(table, 'shape', ()))}" for name, table in self.tables.items())
        return f"Dataset({shapes})"


def rows_of(names: Sequence[str], data: Dataset) -> tuple[Any, list[int]]:
    """The table that rows are named after, and their places in it; None where they come from none or from several."""
    split = [name.rpartition(" ") for name in names]
    tables = {table for table, _, _ in split}
    if len(tables) != 1 or not all(place.isdecimal() for _, _, place in split):
        return None, []
    (name,) = tables
    table = data.get(name) if name else next(iter(data.values()), None)
    places = [int(place) for _, _, place in split]
    if table is None or not hasattr(table, "iloc") or max(places) >= len(table):
        return None, []
    return table, places
