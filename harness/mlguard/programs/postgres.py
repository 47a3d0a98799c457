"""PostgreSQL: an empty database of a running server, in one transaction, which is rolled back: nothing stays in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from threading import RLock
from typing import Any

import numpy as np
import pandas as pd

from mlguard.core.error import UsageError
from mlguard.programs.columns import NARROW, NUMBER, TRUTH, WHOLE, column
from mlguard.programs.engine import RESULT, quoted
from mlguard.programs.error import EngineError, ProgramError, sql_missing
from mlguard.programs.sqlglot import at_moment

_SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "search_path": '"(guard)"',
}
"""What answers may depend on: no zone of the server, no order that several processes decide, no table of others."""

_TABLES = """
SELECT current_database(), min(schemaname || '.' || relname) FROM pg_stat_user_tables
HAVING count(*) > 0
"""

_HOME = '"(guard)"'
"""The schema of tables without one; the transaction makes it, and takes it away."""

_KINDS = {"bool": TRUTH, "int2": WHOLE, "int4": WHOLE, "int8": WHOLE, "float4": NARROW, "float8": NUMBER,
          "numeric": NUMBER}  # fmt: skip
_MOMENTS = {"timestamp", "timestamptz"}

_TYPES: Mapping[type[Any], str] = {
    bool: "boolean", int: "bigint", float: "double precision", str: "text", bytes: "bytea", Decimal: "numeric",
    date: "date", datetime: "timestamp",
}  # fmt: skip
_DTYPES = {"b": "boolean", "i": "bigint", "u": "numeric", "f": "double precision", "M": "timestamp"}

_TELLS_TIME = re.compile(
    r"\b(now|today|age|current_(date|time)|(current_|local|clock_|statement_|transaction_)time(stamp)?|timeofday)\b",
    re.IGNORECASE,
)

_KEPT = re.compile(
    r"""\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<!\w)\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/""",
    re.DOTALL,
)
"""What stands in a query and is no code: texts, names between quotes, comments."""

_ONE_AT_A_TIME = RLock()
"""Guarded code may call queries from several threads, and all would find their tables in one schema."""


class Postgres:
    """An empty schema, for as long as its block runs."""

    dialect = "postgres"

    def __enter__(self) -> Postgres:
        with ExitStack() as opening:
            opening.enter_context(_ONE_AT_A_TIME)
            self._connection = _in_use()
            opening.callback(self._connection.rollback)
            self._check_empty()
            self._connection.execute(f"CREATE SCHEMA {_HOME}")
            for name, value in _SETTINGS.items():
                self._connection.execute(f"SET LOCAL {name} = {value if name == 'search_path' else repr(value)}")
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _check_empty(self) -> None:
        """A query must see no other tables than those of the Dataset."""
        found = self._connection.execute(_TABLES).fetchone()
        if found is not None:
            database, table = found
            raise UsageError(
                f"the database {database} holds tables of its own, such as {table}, which queries could read",
                advice="name an empty one by PGDATABASE",
                slug="sql-server",
            )

    def add(self, name: str, rows: pd.DataFrame, like: Callable[[str], pd.Series[Any] | None]) -> None:
        """Add a table, in the schema that its name may begin with; names without quotes are in small letters here.

        A column without a cell has the type of the one that is `like` it, else it holds text.
        """
        *above, own = name.split(".")
        if len(above) > 1:
            raise ProgramError(f"table {name}: PostgreSQL reads no table of another database")
        schema = quoted(above[0].lower()) if above else _HOME
        types = {str(each): _type(rows[each], like(str(each))) for each in rows}
        columns = ", ".join(f"{quoted(each)} {kind}" for each, kind in types.items())
        table = f"{schema}.{quoted(own.lower())}"
        with self._asked(f"table {name}"):
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            self._connection.execute(f"DROP TABLE IF EXISTS {table}")
            self._connection.execute(f"CREATE TABLE {table} ({columns})")
            with self._connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                for cells in zip(*(map(_plain, rows[each].tolist()) for each in rows), strict=True):
                    copy.write_row(cells)

    def keep(self, query: str, parameters: Mapping[str, Any]) -> None:
        """Run a query and keep its rows, in their order, as RESULT. Raises EngineError."""
        told = at_moment(query, self.dialect, datetime.now(UTC)) if _TELLS_TIME.search(query) else query
        making = f"CREATE TEMP TABLE {RESULT} AS "
        with self._asked(start=len(making)):
            self._connection.execute(f"DROP TABLE IF EXISTS {RESULT}")
            self._connection.execute(making + _named(told, parameters), dict(parameters) or None)

    def names(self) -> tuple[str, ...]:
        """The columns of RESULT."""
        return tuple(each.name for each in self._connection.execute(f"SELECT * FROM {RESULT} LIMIT 0").description)

    def rows(self, order: str = "") -> pd.DataFrame:
        """The rows of RESULT, sorted by an ORDER BY clause where there is one."""
        cursor = self._connection.execute(f"SELECT * FROM {RESULT} {order}")
        kinds = {each.name: each.type_display.partition("(")[0] for each in cursor.description}
        try:
            cells = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(kinds)
        except _psycopg().DataError as error:  # Python has no date that is infinite, or before the year 1.
            raise ProgramError(f"the answer of a query cannot be read: {error}") from None
        return pd.DataFrame({n: _column(own, kind) for (n, kind), own in zip(kinds.items(), cells, strict=True)})

    def places(self, order: str) -> list[int]:
        """The places of the rows of RESULT, in this order and else in their own. Raises EngineError."""
        numbered = f"SELECT row_number() OVER (ORDER BY ctid) AS rowid, * FROM {RESULT}"
        with self._asked():
            return [place for (place,) in self._connection.execute(f"SELECT rowid FROM ({numbered}) AS r {order}")]

    @contextmanager
    def _asked(self, what: str = "", start: int = 0) -> Iterator[None]:
        """Commands that may fail without an end to all that was added."""
        psycopg = _psycopg()
        try:
            with self._connection.transaction():
                yield
        except psycopg.Error as error:
            if what:
                raise ProgramError(f"{what}: {error}") from None
            position = error.diag.statement_position
            words = f"{type(error).__name__}: {error.diag.message_primary or error}"
            is_syntax = isinstance(error, psycopg.errors.SyntaxError)
            place = int(position) - 1 - start if position else None
            raise EngineError(words, place, is_syntax=is_syntax) from None


def _type(cells: pd.Series[Any], like: pd.Series[Any] | None) -> str:
    """The type that holds a column's cells; a column without any holds what `like` does."""
    known = cells.dropna()
    if not len(known) and cells.dtype == object:
        return "text" if like is None else _type(like.dropna(), None)
    if isinstance(cells.dtype, pd.DatetimeTZDtype):
        return "timestamptz"
    if not isinstance(cells.dtype, pd.CategoricalDtype) and cells.dtype.kind in _DTYPES:
        return "real" if cells.dtype == np.float32 else _DTYPES[cells.dtype.kind]
    kinds = {type(_plain(cell)) for cell in known.tolist()}
    if kinds <= {int, float, Decimal} and len(kinds) > 1:
        return "numeric" if Decimal in kinds else "double precision"
    return _TYPES.get(kinds.pop(), "text") if len(kinds) == 1 else "text"


def _plain(cell: Any) -> Any:
    """A cell as PostgreSQL reads it; anything that it has no type for is text."""
    if cell is None or cell is pd.NaT or cell is pd.NA or cell != cell:
        return None
    plain = cell.item() if isinstance(cell, np.generic) else cell
    plain = plain.to_pydatetime(warn=False) if isinstance(plain, pd.Timestamp) else plain
    return plain if isinstance(plain, (*_TYPES,)) else str(plain)


def _column(cells: Sequence[Any], kind: str) -> Any:
    """What PostgreSQL gave, as a column of a table; moments have microseconds, and UTC where they have a zone."""
    if kind not in _MOMENTS:
        return column(_whole(cells), _KINDS.get(kind))
    plain = [None if cell is None else cell.replace(tzinfo=None) for cell in cells]
    moments = pd.Series(np.array(plain, dtype="datetime64[us]"))
    return moments.dt.tz_localize("UTC") if kind == "timestamptz" else moments


def _whole(cells: Sequence[Any]) -> Sequence[Any]:
    """Decimals without a digit behind the point as whole numbers, such as the sum of some is here and elsewhere."""
    known = [cell for cell in cells if cell is not None]
    if all(isinstance(cell, Decimal) and cell.as_tuple().exponent == 0 for cell in known):
        return [None if cell is None else int(cell) for cell in cells]
    return cells


def _named(text: str, parameters: Mapping[str, Any]) -> str:
    """A query whose parameters are written as psycopg reads them; nothing in a text, a name or a comment is one."""
    if not parameters:
        return text
    one = re.compile(rf"%\((?P<a>{'|'.join(parameters)})\)s|(?<![:\w])[:$@](?P<b>{'|'.join(parameters)})\b")
    parts, end = [], 0
    for kept in [*_KEPT.finditer(text), None]:
        pieces = one.split(text[end : kept.start() if kept else None])
        # Between two pieces stand both groups, one of which matched.
        between = [f"%({a or b})s" for a, b in zip(pieces[1::3], pieces[2::3], strict=True)]
        plain = [piece.replace("%", "%%") for piece in pieces[::3]]
        parts += [x + y for x, y in zip(plain, [*between, ""], strict=True)]
        if kept:
            parts.append(kept[0].replace("%", "%%"))
            end = kept.end()
    return "".join(parts)


def _in_use() -> Any:
    """The connection of this process, or a new one where the server ended that: it may restart between two guards."""
    try:
        _connected().execute("SELECT 1")
    except _psycopg().OperationalError:
        _connected.cache_clear()
    return _connected()


@cache
def _connected() -> Any:
    """The connection of this process: to what PostgreSQL's own variables name, such as PGHOST and PGDATABASE."""
    psycopg = _psycopg()
    try:
        return psycopg.connect(autocommit=False, connect_timeout=10)
    except psycopg.Error as error:
        raise UsageError(
            f"PostgreSQL cannot be reached: {' '.join(str(error).split())}",
            advice='name a running server by PGHOST, PGUSER and PGDATABASE, and let them through: pass_env = ["PG*"]',
            slug="sql-server",
        ) from None


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise sql_missing("queries on PostgreSQL are sent by psycopg", extra="postgres") from error
    return psycopg
