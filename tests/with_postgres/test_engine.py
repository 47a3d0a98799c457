"""PostgreSQL: the same tables and the same rows as the other engines, and nothing that stays on the server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import psycopg
import pytest
import time_machine

from mlguard.core.error import UsageError
from mlguard.programs import postgres
from mlguard.programs.error import ProgramError
from tests.programs.test_engine import TABLE, check_came_back, rows


def asked(text: str, parameters: Any = None, **tables: pd.DataFrame) -> pd.DataFrame:
    return rows(text, "postgres", parameters, **tables)


@pytest.fixture
def beside() -> Iterator[psycopg.Connection]:
    """Another user of the same database."""
    with psycopg.connect(autocommit=True) as connection:
        yield connection


def test_tables_come_back_as_they_went() -> None:
    table = TABLE.assign(
        day=[date(2026, 1, 31), None],
        moment=[pd.Timestamp("2026-01-31 10:00:00.123456"), pd.NaT],
        zoned=pd.to_datetime(["2026-01-31 10:00+02:00", None], utc=True),
        narrow=np.array([0.1, 2], dtype=np.float32),
        mixed=[1, 2.5],
    )
    back = asked("SELECT * FROM shop.visits", shop__visits=table)
    check_came_back(back, table)
    assert back["day"].tolist() == [date(2026, 1, 31), None]
    assert back["moment"].tolist() == table["moment"].tolist()
    assert back["zoned"].tolist() == table["zoned"].tolist()
    assert (str(back["narrow"].dtype), back["mixed"].tolist()) == ("float32", [1.0, 2.5])


def test_types_are_described_exactly() -> None:
    back = asked(
        "SELECT sum(1) AS huge, 0.1 + 0.2 AS exact, 0.1::real AS narrow, 2::numeric ^ 70 AS large, "
        "NULL::float8 AS gone, count(*)::smallint AS tiny, TIMESTAMPTZ '2026-01-31 10:00:00+02' AS zoned, "
        "ARRAY[1, 2] AS list"
    )
    kinds = {name: str(dtype) for name, dtype in back.dtypes.items() if name != "zoned"}
    assert kinds == {
        "huge": "int64", "exact": "float64", "narrow": "float32", "large": "object", "gone": "float64",
        "tiny": "int64", "list": "object",
    }  # fmt: skip
    assert (back["exact"].tolist(), back["list"].tolist()) == ([0.3], [[1, 2]])
    assert back["zoned"].tolist() == [pd.Timestamp("2026-01-31 08:00", tz="UTC")]


def test_the_sum_of_whole_numbers_is_one_as_elsewhere() -> None:
    query = "SELECT sum(a) AS s, avg(a) AS m, sum(d) AS d, sum(b) AS b FROM t"
    table = pd.DataFrame({"a": [1, 2, 3], "d": [Decimal("0.5"), Decimal("0.50"), None], "b": [2**62, 2**62, 0]})
    kinds = {"s": "int64", "m": "float64", "d": "float64", "b": "object"}
    for engine in "duckdb", "postgres":
        found = rows(query, engine, t=table)
        assert found.dtypes.astype(str).to_dict() == kinds
        assert found.iloc[0].tolist() == [6, 2.0, 1.0, 2**63]


def test_types_with_a_number_of_digits_are_the_same_types() -> None:
    found = asked(
        "SELECT NULL::numeric(9, 2) AS gone, TIMESTAMP '2026-01-31 10:00:00'::timestamp(0) AS moment, "
        "TIMESTAMPTZ '2026-01-31 10:00:00+02'::timestamptz(3) AS zoned"
    )
    assert found.dtypes.astype(str).tolist() == ["float64", "datetime64[us]", "datetime64[us, UTC]"]


@pytest.mark.parametrize("cell", ["date 'infinity'", "timestamp '-infinity'", "date '0044-03-15 BC'"])
def test_a_date_that_python_does_not_have_is_an_error_in_words(cell: str) -> None:
    with pytest.raises(ProgramError, match=r"^the answer of a query cannot be read: (date|timestamp) too "):
        asked(f"SELECT {cell} AS x")


def test_a_server_that_ended_the_connection_is_asked_anew(beside: psycopg.Connection) -> None:
    asked("SELECT 1 AS x")
    beside.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    assert asked("SELECT 1 AS x")["x"].tolist() == [1]


def test_no_call_leaves_anything_for_the_next_or_on_the_server(beside: psycopg.Connection) -> None:
    asked("SELECT * FROM shop.visits", shop__visits=TABLE)
    with pytest.raises(ProgramError, match="does not exist"):
        asked("SELECT * FROM shop.visits")
    assert beside.execute("SELECT count(*) FROM pg_namespace WHERE nspname IN ('shop', '(guard)')").fetchone() == (0,)


def test_a_database_with_tables_is_refused(beside: psycopg.Connection) -> None:
    beside.execute("CREATE TABLE customers (name text)")
    try:
        with pytest.raises(UsageError, match=r"database postgres holds tables of its own, such as public\.customers"):
            asked("SELECT 1 AS x")
    finally:
        beside.execute("DROP TABLE customers")
    assert asked("SELECT 1 AS x")["x"].tolist() == [1]


@pytest.mark.parametrize("written", ["$floor", ":floor", "@floor", "%(floor)s"])
def test_parameters_are_keys_of_the_configuration(written: str) -> None:
    query = f"SELECT whole, '100 % :floor' AS text FROM visits WHERE whole % 2 = 1 AND whole > {written}"
    found = asked(query, {"floor": 1, "other": 2}, visits=TABLE)
    assert found.to_dict("records") == [{"whole": 2**60 + 1, "text": "100 % :floor"}]


def test_no_parameter_stands_in_a_text_a_name_or_a_comment() -> None:
    query = (
        "SELECT $k AS k, E'it\\'s $k' AS a, $$it's %s $k$$ AS b, $q$a % $k$q$ AS c, 7 AS \"$k %\" -- it's $k\n"
        "/* it's 5 % :k */ WHERE 3 % $k = 1"
    )
    assert asked(query, {"k": 2}).to_dict("records") == [
        {"k": 2, "a": "it's $k", "b": "it's %s $k", "c": "a % $k", "$k %": 7}
    ]


def test_each_way_to_ask_for_the_time_tells_that_of_the_guards_clock() -> None:
    with time_machine.travel("2020-02-29T23:30:00+00:00", tick=False):
        told = asked(
            "SELECT now() AS a, current_timestamp AS b, clock_timestamp() AS c, current_date AS d, localtime AS e, "
            "localtimestamp AS f, 'now'::timestamp AS g, date 'today' AS h, age(timestamp '2020-02-28') AS i, "
            "CURRENT_DATE, 'it is now' AS text FROM people",
            people=pd.DataFrame({"now": [7]}),
        ).iloc[0]
    moment = pd.Timestamp("2020-02-29 23:30", tz="UTC")
    assert [told[name] for name in "abc"] == [moment] * 3
    assert (told["d"], told["h"], told["current_date"]) == (date(2020, 2, 29),) * 3
    assert (str(told["e"]), told["f"], told["g"]) == ("23:30:00", *[moment.tz_localize(None)] * 2)
    assert (told["i"].days, told["text"]) == (1, "it is now")


def test_what_went_wrong_is_told_in_its_own_words_with_the_line() -> None:
    with pytest.raises(
        ProgramError, match=r"^q\.sql, line 2: UndefinedColumn: column \"nope\" does not exist; the line"
    ):
        asked("SELECT 1 AS x,\n  nope FROM visits", visits=TABLE)
    with pytest.raises(ProgramError, match=r"^table a\.b\.visits: PostgreSQL reads no table of another database"):
        asked("SELECT 1 AS x", a__b__visits=TABLE)


def test_an_error_is_no_end_to_what_was_added() -> None:
    from mlguard.programs.engine import ask, opened
    from mlguard.programs.sqlglot import Query

    with opened("postgres") as engine:
        engine.add("visits", TABLE, lambda name: None)
        with pytest.raises(ProgramError):
            ask(engine, Query("q.sql", "SELECT nope FROM visits", "postgres"), {})
        ask(engine, Query("q.sql", "SELECT text FROM visits", "postgres"), {})
        assert engine.rows()["text"].tolist()[0] == "é"


def test_a_column_without_cells_has_the_type_of_one_that_is_like_it() -> None:
    empty = pd.DataFrame({"x": [None, None], "y": [None, None]})
    with postgres.Postgres() as engine:
        engine.add("t", empty, lambda name: pd.Series([1.5]) if name == "x" else None)
        engine.keep("SELECT sum(x) AS x, max(y) AS y FROM t", {})
        assert {name: str(dtype) for name, dtype in engine.rows().dtypes.items()} == {"x": "float64", "y": "object"}


def test_a_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    postgres._connected.cache_clear()
    monkeypatch.setenv("PGHOST", "/nowhere")
    try:
        with pytest.raises(UsageError, match=r"PostgreSQL cannot be reached: .*nowhere.*pass_env = \[\"PG\*\"\]"):
            asked("SELECT 1 AS x")
    finally:
        postgres._connected.cache_clear()


def test_decimals_are_numbers_as_far_as_these_hold_them() -> None:
    assert asked("SELECT 1.5::numeric AS a, 1e40::numeric + 1 AS b").iloc[0].tolist() == [1.5, Decimal(10**40 + 1)]
