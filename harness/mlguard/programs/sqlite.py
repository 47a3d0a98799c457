"""SQLite: the engine of Python's standard library, for queries that must give the same on a second one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from mlguard.programs.columns import column
from mlguard.programs.engine import RESULT, quoted
from mlguard.programs.error import EngineError, ProgramError


class SQLite:
    """An empty database in memory, for as long as its block runs."""

    dialect = "sqlite"

    def __enter__(self) -> SQLite:
        self._connection = sqlite3.connect(":memory:")
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

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

    def _run(self, query: str, parameters: Mapping[str, Any]) -> sqlite3.Cursor:
        try:
            return self._connection.execute(query, dict(parameters))
        except sqlite3.Error as error:
            raise EngineError(f"{type(error).__name__}: {error}") from None


def _plain(cell: Any) -> Any:
    """A cell as SQLite keeps it: a time is ISO text."""
    if cell is None or cell is pd.NaT or cell is pd.NA or cell != cell:
        return None
    if hasattr(cell, "isoformat"):
        return cell.isoformat(sep=" ") if hasattr(cell, "hour") else cell.isoformat()
    plain = cell.item() if isinstance(cell, np.generic) else float(cell) if isinstance(cell, Decimal) else cell
    return plain if isinstance(plain, int | float | str | bytes) else str(plain)
