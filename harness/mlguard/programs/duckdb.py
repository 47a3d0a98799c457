"""DuckDB: a database in memory that holds the tables of one call, and knows nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from threading import RLock
from typing import Any

import numpy as np
import pandas as pd

from mlguard.programs.columns import NARROW, NUMBER, TRUTH, WHOLE, column
from mlguard.programs.engine import RESULT, quoted
from mlguard.programs.error import EngineError, ProgramError, sql_missing

_SETTINGS = (
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "enable_external_access = false",
    "pandas_analyze_sample = 1000000",
    "errors_as_json = true",
    "TimeZone = 'UTC'",
)
"""What a query can reach and depend on: no file, no network, no variable of Python, no clock of another zone."""

_CLOCK = {
    "now": "TIMESTAMPTZ",
    "current_timestamp": "TIMESTAMPTZ",
    "transaction_timestamp": "TIMESTAMPTZ",
    "get_current_timestamp": "TIMESTAMPTZ",
    "localtimestamp": "TIMESTAMP",
    "current_localtimestamp": "TIMESTAMP",
    "current_date": "DATE",
    "today": "DATE",
    "current_time": "TIMETZ",
    "get_current_time": "TIMETZ",
    "localtime": "TIME",
    "current_localtime": "TIME",
}
"""Functions that tell the time: they tell Python's, which the guard's `clock` sets."""

_AGE = "(a) AS system.main.age(CAST(CAST('{now}' AS DATE) AS TIMESTAMP), a), (a, b) AS system.main.age(a, b)"
"""What `age` is: with one argument, it tells the time since then."""

_TELLS_TIME = re.compile(rf"\b({'|'.join(_CLOCK)})\b|\bage\s*\(", re.IGNORECASE)


_KINDS = {"BOOLEAN": TRUTH, "FLOAT": NARROW, "DOUBLE": NUMBER}


_ONE_AT_A_TIME = RLock()
"""Guarded code may call queries from several threads, and all would find their tables in one database."""


class DuckDB:
    """An empty database of one thread, for as long as its block runs."""

    dialect = "duckdb"

    def __enter__(self) -> DuckDB:
        self._connection, self._made = _database(), dict[str, str]()
        _ONE_AT_A_TIME.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            for name, kind in self._made.items():
                self._connection.execute(f"DROP {kind} IF EXISTS {name}")
        finally:
            _ONE_AT_A_TIME.release()

    def add(self, name: str, rows: pd.DataFrame, like: Callable[[str], pd.Series[Any] | None]) -> None:
        """Add a table, in the schema and the database that its name may begin with.

        A column without a cell has the type of the one that is `like` it, else it holds text.
        """
        *above, _ = parts = [quoted(part) for part in name.split(".")]
        if len(above) > 1:
            self._connection.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {above[0]}")
        if above:
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {'.'.join(above)}")
        blank = [str(name) for name in rows if rows[name].dtype == object and not rows[name].notna().any()]
        types = ", ".join(f"CAST({quoted(name)} AS {self._type(like(name))}) AS {quoted(name)}" for name in blank)
        try:
            with self._given(rows) as given:
                self._make("TABLE", ".".join(parts), f"SELECT * {f'REPLACE ({types})' if types else ''} FROM {given}")
        except _duckdb().Error as error:
            raise ProgramError(f"table {name}: {_refused(error, 0).words}") from None

    def keep(self, query: str, parameters: Mapping[str, Any]) -> None:
        """Run a query and keep its rows as RESULT. Raises EngineError."""
        self._tell_time(query)
        try:
            self._make("TABLE", RESULT, query, parameters)
        except _duckdb().Error as error:
            raise _refused(error, len(_making("TABLE", RESULT))) from None

    def names(self) -> tuple[str, ...]:
        """The columns of RESULT."""
        return tuple(self._kinds())

    def rows(self, order: str = "") -> pd.DataFrame:
        """The rows of RESULT, sorted by an ORDER BY clause where there is one."""
        kinds = self._kinds()
        moments = [name for name, kind in kinds.items() if kind.startswith("TIMESTAMP")]
        others = [name for name in kinds if name not in moments]
        cells = self._connection.execute(_picked(others, order)).fetchall()
        columns = zip(*cells, strict=True) if cells else iter([()] * len(kinds))
        found = {name: column(own, _kind(kinds[name])) for name, own in zip(others, columns, strict=False)}
        if moments:  # Python's own have no nanoseconds.
            arrays = self._connection.execute(_picked(moments, order)).fetchnumpy()
            found |= {name: _moments(arrays[name], kinds[name]) for name in moments}
        return pd.DataFrame({name: found[name] for name in kinds})

    def places(self, order: str) -> list[int]:
        """The places of the rows of RESULT, in this order and else in their own. Raises EngineError."""
        try:
            found = self._connection.execute(f"SELECT rowid FROM {RESULT} {order}").fetchall()
        except _duckdb().Error as error:
            raise _refused(error, 0) from None
        return [place for (place,) in found]

    def _kinds(self) -> dict[str, str]:
        shown = self._connection.execute(f"SELECT * FROM {RESULT} LIMIT 0").description
        return {name: str(kind) for name, kind, *_ in shown}

    def _type(self, column: pd.Series[Any] | None) -> str:
        if column is None:
            return "VARCHAR"
        with self._given(column.dropna().to_frame("c")) as given:
            return str(self._connection.execute(f"SELECT typeof(c) FROM {given} LIMIT 1").fetchall()[0][0])

    @contextmanager
    def _given(self, rows: pd.DataFrame) -> Iterator[str]:
        categories = {name: _labels(rows[name]) for name in rows if rows[name].dtype == "category"}
        # A copy, since not every version reads rows that another order of them shows.
        self._connection.register("(given)", rows.astype(categories) if categories else rows.copy())
        yield '"(given)"'
        self._connection.unregister("(given)")

    def _tell_time(self, query: str) -> None:
        if not _TELLS_TIME.search(query):
            return
        now = datetime.now(UTC).isoformat()
        for function, kind in _CLOCK.items():
            read = "TIMESTAMPTZ" if kind.endswith("TZ") else "TIMESTAMP"  # No cast leads from one with a zone to TIME.
            self._make("MACRO", f"{function}()", f"CAST(CAST('{now}' AS {read}) AS {kind})")
        self._connection.execute(f"CREATE OR REPLACE MACRO age{_AGE.format(now=now)}")
        self._made["age"] = "MACRO"

    def _make(self, kind: str, name: str, what: str, parameters: Mapping[str, Any] | None = None) -> None:
        self._made[name.removesuffix("()")] = kind
        self._connection.execute(_making(kind, name) + what, dict(parameters or {}) or None)


def _making(kind: str, name: str) -> str:
    return f"CREATE OR REPLACE {kind} {name} AS "


def _labels(column: pd.Series[Any]) -> Any:
    """The type of a column's categories, with room for gaps."""
    dtype = column.cat.categories.dtype
    return WHOLE if dtype.kind in "iu" and column.isna().any() else dtype


def _picked(names: Sequence[str], order: str) -> str:
    return f"SELECT {', '.join(map(quoted, names)) or 'NULL'} FROM {RESULT} {order}"


def _kind(kind: str) -> str | None:
    """What a column of one of DuckDB's types holds."""
    if kind.endswith("INT") or kind == "INTEGER":
        return WHOLE
    return NUMBER if kind.startswith("DECIMAL(") else _KINDS.get(kind)


def _moments(cells: Any, kind: str) -> pd.Series[Any]:
    gap: Any = np.array("NaT", cells.dtype)[()]
    moments: pd.Series[Any] = pd.Series(np.ma.filled(cells, gap))
    return moments.dt.tz_localize("UTC") if "ZONE" in kind else moments


def _refused(error: Exception, start: int) -> EngineError:
    """What DuckDB said, and where in the text that begins at `start`; it says both as JSON."""
    kind, _, said = str(error).partition(": ")
    try:
        told = json.loads(said)
    except ValueError:
        return EngineError(str(error))
    position = int(told["position"]) - start if "position" in told else None
    is_syntax = isinstance(error, _duckdb().ParserException)
    return EngineError(f"{kind}: {told['exception_message']}", position, is_syntax=is_syntax)


@cache
def _database() -> Any:
    """The database of this process, since to open one takes longer than all else; between calls it is empty."""
    connection = _duckdb().connect(":memory:", config={"threads": 1})
    for setting in _SETTINGS:
        connection.execute(f"SET {setting}")
    return connection


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise sql_missing("queries are run by DuckDB") from error
    return duckdb
