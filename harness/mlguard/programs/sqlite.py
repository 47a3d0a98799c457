"""SQLite: the engine of Python's standard library, for queries that must give the same on a second one."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from mlguard.programs.columns import column
from mlguard.programs.engine import RESULT, quoted
from mlguard.programs.error import EngineError, ProgramError

_CLOCK: Mapping[str, tuple[str, int]] = {
    "date": ("date", 0),
    "time": ("time", 0),
    "datetime": ("datetime", 0),
    "julianday": ("julianday", 0),
    "unixepoch": ("unixepoch", 0),
    "strftime": ("strftime", 1),
    "current_date": ("date", 0),
    "current_time": ("time", 0),
    "current_timestamp": ("datetime", 0),
}
"""Functions that tell the time, with what each is, and where their argument stands that is `now` unless it is given."""

_TELLS_TIME = re.compile(rf"\bnow\b|\b({'|'.join(_CLOCK)})\b", re.IGNORECASE)


class SQLite:
    """An empty database in memory, for as long as its block runs."""

    dialect = "sqlite"

    def __enter__(self) -> SQLite:
        self._connection, self._ordinary = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._ordinary.close()

    def add(self, name: str, rows: pd.DataFrame, like: Callable[[str], pd.Series[Any] | None]) -> None:
        """Add a table, in the schema that its name may begin with; cells have types here, and columns none."""
        *above, own = name.split(".")
        schema = quoted(".".join(above)) if above else "main"
        if above and schema not in [quoted(found) for _, found, _ in self._connection.execute("PRAGMA database_list")]:
            self._connection.execute(f"ATTACH ':memory:' AS {schema}")
        table = f"{schema}.{quoted(own)}"
        names = ", ".join(quoted(str(column)) for column in rows)
        cells = zip(*(map(_plain, rows[column].tolist()) for column in rows), strict=True)
        try:
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")
            self._connection.execute(f"CREATE TABLE {table} ({names})")
            self._connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * rows.shape[1])})", cells)
        except (OverflowError, sqlite3.Error) as error:
            raise ProgramError(f"table {name}: {error}") from None

    def keep(self, query: str, parameters: Mapping[str, Any]) -> None:
        """Run a query and keep its rows, in their order, as RESULT. Raises EngineError."""
        self._tell_time(query)
        self._connection.execute(f"DROP TABLE IF EXISTS temp.{RESULT}")
        self._run(f"CREATE TEMP TABLE {RESULT} AS {query}", parameters)

    def names(self) -> tuple[str, ...]:
        """The columns of RESULT."""
        return tuple(name for name, *_ in self._run(f"SELECT * FROM {RESULT} LIMIT 0", {}).description)

    def rows(self, order: str = "") -> pd.DataFrame:
        """The rows of RESULT, sorted by an ORDER BY clause where there is one."""
        cursor = self._run(f"SELECT * FROM {RESULT} {order}", {})
        names = [name for name, *_ in cursor.description]
        cells = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(names)
        return pd.DataFrame({name: column(own) for name, own in zip(names, cells, strict=True)})

    def places(self, order: str) -> list[int]:
        """The places of the rows of RESULT, in this order and else in their own. Raises EngineError."""
        return [place for (place,) in self._run(f"SELECT rowid FROM {RESULT} {order}", {})]

    def _tell_time(self, query: str) -> None:
        """Let the query know Python's time, which the guard's `clock` sets."""
        if _TELLS_TIME.search(query):
            now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
            for name, (function, place) in _CLOCK.items():
                self._connection.create_function(name, -1, partial(_at, now, self._ordinary, function, place))

    def _run(self, query: str, parameters: Mapping[str, Any]) -> sqlite3.Cursor:
        try:
            return self._connection.execute(query, dict(parameters))
        except sqlite3.Error as error:
            raise EngineError(f"{type(error).__name__}: {error}") from None


def _at(now: str, ordinary: sqlite3.Connection, function: str, place: int, *given: Any) -> Any:
    """What a function of SQLite answers at this moment, in UTC."""
    cells = [now if str(cell).lower() == "now" and at == place else cell for at, cell in enumerate(given)]
    cells += [now] if len(cells) == place else []
    return ordinary.execute(f"SELECT {function}({', '.join('?' * len(cells))})", cells).fetchone()[0]


def _plain(cell: Any) -> Any:
    """A cell as SQLite keeps it: a time is ISO text."""
    if cell is None or cell is pd.NaT or cell is pd.NA or cell != cell:
        return None
    if hasattr(cell, "isoformat"):
        return cell.isoformat(sep=" ") if hasattr(cell, "hour") else cell.isoformat()
    plain = cell.item() if isinstance(cell, np.generic) else float(cell) if isinstance(cell, Decimal) else cell
    return plain if isinstance(plain, int | float | str | bytes) else str(plain)
