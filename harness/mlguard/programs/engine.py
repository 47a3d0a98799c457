"""What runs queries: a database that holds the tables of one call, and the rows of its last query."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from mlguard.programs.error import EngineError, ProgramError
from mlguard.programs.sqlglot import Query

if TYPE_CHECKING:
    import pandas as pd

ENGINES = ("duckdb", "sqlite", "postgres")
"""The engines, by the name of their dialect."""

RESULT = '"(result)"'
"""The table that keeps the rows of the last query."""


class Engine(Protocol):
    """An empty database. Its tables, and what queries leave in it, are gone when its block ends."""

    @property
    def dialect(self) -> str:
        """The dialect of SQL that it reads."""

    def add(self, name: str, rows: pd.DataFrame, like: Callable[[str], pd.Series[Any] | None]) -> None:
        """Add a table, in the schema and the database that its name may begin with.

        A column without a cell has the type of the one that is `like` it, by its name.
        """

    def keep(self, query: str, parameters: Mapping[str, Any]) -> None:
        """Run a query and keep its rows, in their order, as RESULT. Raises EngineError."""

    def names(self) -> tuple[str, ...]:
        """The columns of RESULT."""

    def rows(self, order: str = "") -> pd.DataFrame:
        """The rows of RESULT, sorted by an ORDER BY clause where there is one."""

    def places(self, order: str) -> list[int]:
        """The places of the rows of RESULT, in this order and else in their own. Raises EngineError."""


def opened(name: str) -> AbstractContextManager[Engine]:
    """An empty database of one of ENGINES. Raises UsageError where it is not installed, or no server is there."""
    if name == "sqlite":
        from mlguard.programs.sqlite import SQLite

        return SQLite()
    if name == "postgres":
        from mlguard.programs.postgres import Postgres

        return Postgres()
    from mlguard.programs.duckdb import DuckDB

    return DuckDB()


def quoted(name: str) -> str:
    """A name as it stands in a query."""
    return '"' + name.replace('"', '""') + '"'


def add(engine: Engine, query: Query, tables: Mapping[str, Any], known: Iterable[Any]) -> None:
    """Add those tables that a query reads; a column without a cell has the type of one that is `known`."""
    from mlguard.programs.tables import as_frame  # pandas is loaded only where a guard runs.

    for name, table in tables.items():
        if name.lower() in query.reads:
            rows = as_frame(table, name)
            _check_names(name, [str(column) for column in rows])
            engine.add(name, rows, partial(_like, known))


def _check_names(table: str, columns: Sequence[str]) -> None:
    """Raise ProgramError for columns that a query could not tell apart: it would read another one, without a word."""
    first: dict[str, str] = {}
    for name in columns:
        folded = re.sub("[A-Z]+", lambda found: found[0].lower(), name)  # Engines fold no other letters.
        if (other := first.get(folded)) is not None:
            raise ProgramError(f"table {table}: `{other}` and `{name}` are one column to a query; rename one of them")
        first[folded] = name


def _like(tables: Iterable[Any], name: str) -> pd.Series[Any] | None:
    """A column of this name that has cells, in any of the tables."""
    found = (table[name] for table in tables if name in getattr(table, "columns", ()))
    return next((column for column in found if column.notna().any()), None)


def ask(engine: Engine, query: Query, config: Mapping[str, Any]) -> None:
    """Run a query, whose parameters are keys of the configuration, and keep its rows as RESULT. Raises ProgramError."""
    absent = [name for name in query.parameters if name not in config]
    if absent:
        raise ProgramError(f"{query.file}: the configuration has no `{'`, `'.join(absent)}` for its parameters")
    written = query.written_for(engine.dialect)
    try:
        engine.keep(written, {name: config[name] for name in query.parameters})
    except EngineError as error:
        raise query.refused(error, written, engine.dialect) from None


def read(engine: Engine, query: Query) -> None:
    """Raise ProgramError for a query that cannot be read: in the engine's words where it stands in its dialect."""
    try:
        _ = query.statements
    except ProgramError:
        if query.dialect == engine.dialect:
            _check_syntax(engine, query)
        raise
    _ = query.reads


def _check_syntax(engine: Engine, query: Query) -> None:
    try:
        engine.keep(query.text, {})
    except EngineError as error:
        if error.is_syntax:
            raise query.refused(error, query.text, engine.dialect) from None


def floats_last(rows: pd.DataFrame) -> list[str]:
    """All columns by which rows can be sorted, with those last that round-off can touch: it must swap no rows."""
    return sorted(rows.columns, key=lambda name: rows[name].dtype.kind == "f")


def in_order(engine: Engine, key: Sequence[str], order: str = "") -> pd.DataFrame:
    """The rows of the last query by `order`, then by the key; without one by all columns, floats last."""
    if not key or not set(key) <= set(engine.names()):
        key = floats_last(engine.rows())
    return engine.rows(f"ORDER BY {', '.join(filter(None, (order, *map(quoted, key))))}")


def check_order(engine: Engine, query: Query, order: str) -> None:
    """Raise ProgramError where the query, which was the last, does not sort its rows by `order`."""
    if not query.is_sorted:
        raise ProgramError(f"{query.file} does not end with ORDER BY, and `order` is {order!r}")
    try:
        places = engine.places(f"ORDER BY {order}, rowid")
    except EngineError as error:
        raise ProgramError(f"`order`: {error.words}") from None
    misplaced = [place for place, due in zip(places, sorted(places), strict=True) if place != due]
    if misplaced:
        number = misplaced[0] - min(places) + 1
        raise ProgramError(f"{query.file}: row {number} does not stand where `order`, {order!r}, has it")
