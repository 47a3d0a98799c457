"""DuckDB and SQLite: the same tables and the same rows, and nothing that outlives a call or comes from outside."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import time_machine

from mlguard.core.error import UsageError
from mlguard.programs import duckdb
from mlguard.programs.engine import RESULT, add, ask, opened, read
from mlguard.programs.error import ProgramError
from mlguard.programs.sqlglot import Query

BUILT_IN = ("duckdb", "sqlite")
"""The engines that need no server; `tests/with_postgres` asks the other one."""


def rows(text: str, engine: str = "duckdb", parameters: Any = None, **tables: pd.DataFrame) -> pd.DataFrame:
    with opened(engine) as opening:
        for name, table in tables.items():
            opening.add(name.replace("__", "."), table, lambda name: None)
        query = Query("q.sql", text, engine)
        read(opening, query)
        ask(opening, query, parameters or {})
        return opening.rows()


TABLE = pd.DataFrame(
    {
        "whole": [1, 2**60 + 1],
        "gaps": pd.array([None, 2**60 + 1], dtype="Int64"),
        "number": [0.1, np.nan],
        "text": ["é", None],
        "truth": [True, False],
        "kind": pd.Categorical(["a", "b"]),
        "code": pd.Categorical([7, None]),
        "exact": [Decimal("0.25"), None],
    }
)


@pytest.mark.parametrize("engine", BUILT_IN)
def test_tables_come_back_as_they_went(engine: str) -> None:
    check_came_back(rows("SELECT * FROM shop.visits", engine, shop__visits=TABLE), TABLE)


def check_came_back(back: pd.DataFrame, table: pd.DataFrame) -> None:
    """That what a query gave of TABLE, or of a table with more columns, is what it was."""
    assert list(back) == list(table)
    assert back["whole"].tolist() == [1, 2**60 + 1]
    assert back["gaps"].tolist() == [pd.NA, 2**60 + 1]
    assert back["number"].isna().tolist() == [False, True]
    assert back["text"].fillna("-").tolist() == ["é", "-"]
    assert back["truth"].tolist() == [True, False]
    assert back["kind"].tolist() == ["a", "b"]
    assert back["code"].tolist() == [7, pd.NA]
    assert back["exact"].fillna(-1).tolist() == [0.25, -1]


@pytest.mark.parametrize("engine", BUILT_IN)
def test_no_call_leaves_anything_for_the_next(engine: str) -> None:
    rows("SELECT *, current_date AS day FROM shop.visits", engine, shop__visits=TABLE)
    for query in ("SELECT * FROM shop.visits", f"SELECT * FROM {RESULT}"):
        with pytest.raises(ProgramError, match=r"no such table|does not exist"):
            rows(query, engine)


@pytest.mark.parametrize(("engine", "floor"), [("duckdb", "$floor"), ("sqlite", ":floor")])
def test_parameters_are_keys_of_the_configuration(engine: str, floor: str) -> None:
    query = f"SELECT whole FROM visits WHERE whole > {floor}"
    assert rows(query, engine, {"floor": 1, "other": 2}, visits=TABLE)["whole"].tolist() == [2**60 + 1]


def test_duckdb_types_are_described_exactly() -> None:
    back = rows(
        "SELECT sum(1) AS huge, 0.1 + 0.2 AS exact, 0.1::FLOAT AS narrow, DATE '2026-01-31' AS day, [1, 2] AS list, "
        "TIMESTAMP_NS '2026-01-31 10:00:00.123456789' AS moment, TIMESTAMPTZ '2026-01-31 10:00:00+02' AS zoned, "
        "(2::HUGEINT ** 70)::HUGEINT AS large, NULL::DOUBLE AS gone, count(*)::UTINYINT AS tiny"
    )
    assert {name: str(dtype) for name, dtype in back.dtypes.items() if name not in ("moment", "zoned")} == {
        "huge": "int64", "exact": "float64", "narrow": "float32", "day": "object", "list": "object",
        "large": "object", "gone": "float64", "tiny": "int64",
    }  # fmt: skip
    assert back["exact"].tolist() == [0.3]
    assert (back["day"].tolist(), back["list"].tolist(), back["large"].tolist()) == (
        [date(2026, 1, 31)],
        [[1, 2]],
        [2**70],
    )
    assert back["moment"].tolist() == [pd.Timestamp("2026-01-31 10:00:00.123456789")]
    assert back["zoned"].tolist() == [pd.Timestamp("2026-01-31 08:00", tz="UTC")]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM name",
    ],
)
def test_a_query_sees_no_file_and_no_variable(tmp_path: Path, query: str) -> None:
    (tmp_path / "x.csv").write_text("x\n1\n")
    with pytest.raises(ProgramError, match=r"Permission Error|does not exist"):
        rows(query.format(file=tmp_path / "x.csv"))


def test_a_query_has_one_thread_and_no_zone_of_the_machine() -> None:
    told = rows("SELECT current_setting('TimeZone') AS zone, current_setting('threads') AS threads")
    assert told.to_dict("records") == [{"zone": "UTC", "threads": 1}]


def test_each_way_to_ask_for_the_time_tells_that_of_the_guards_clock() -> None:
    with time_machine.travel("2026-01-02T03:04:05Z", tick=False):
        told = rows(
            "SELECT age(TIMESTAMP '2026-01-01') AS age, age(TIMESTAMP '2026-01-03', TIMESTAMP '2026-01-01') AS both, "
            "current_time AS zoned, localtime AS plain, age + 1 AS older FROM people",
            people=pd.DataFrame({"age": [7]}),
        ).iloc[0]
        same = rows(
            "SELECT date('now'), date(), CURRENT_TIMESTAMP, strftime('%Y', 'now'), strftime('%Y'), "
            "date('now', '+1 day'), datetime('2020-01-01', '+1 hour'), date(d) FROM people",
            "sqlite",
            people=pd.DataFrame({"d": ["1999-01-01"]}),
        )
        same = same.iloc[0].tolist()
    assert [told["age"].days, told["both"].days, told["older"]] == [1, 2, 8]
    assert [str(told["zoned"]), str(told["plain"])] == ["03:04:05+00:00", "03:04:05"]
    assert same[:3] == ["2026-01-02", "2026-01-02", "2026-01-02 03:04:05"]
    assert same[3:] == ["2026", "2026", "2026-01-03", "2020-01-01 01:00:00", "1999-01-01"]


def test_a_query_tells_the_time_of_the_guards_clock() -> None:
    with time_machine.travel("2020-02-29T23:30:00+00:00", tick=False):
        told = rows("SELECT current_date AS day, today() AS today, now() AS now, current_timestamp AS stamp")
    assert told["day"].tolist() == told["today"].tolist() == [date(2020, 2, 29)]
    assert rows("SELECT 'known' AS now")["now"].tolist() == ["known"]
    assert told["now"].tolist() == told["stamp"].tolist() == [pd.Timestamp("2020-02-29 23:30", tz="UTC")]


def test_what_went_wrong_while_it_ran_is_an_engines_own_words() -> None:
    with pytest.raises(ProgramError, match=r"^q\.sql, line 2: Conversion Error: Could not convert string 'é' to INT32"):
        rows("SELECT\n  text::INT FROM visits", visits=TABLE)
    with pytest.raises(ProgramError, match=r"^q\.sql: OperationalError: no such column: nope$"):
        rows("SELECT nope FROM visits", "sqlite", visits=TABLE)


@pytest.mark.parametrize(
    ("engine", "table", "told"),
    [
        ("sqlite", {"x": [2**70]}, "Python int too large"),
        ("sqlite", {"x": [1], "X": [1]}, "duplicate column name"),
        ("duckdb", {"x": pd.period_range("2026-01", periods=1, freq="M")}, r"Data type 'period\[M\]' not recognized"),
    ],
)
def test_a_table_that_an_engine_has_no_room_for_is_named(engine: str, table: Any, told: str) -> None:
    with pytest.raises(ProgramError, match=rf"^table visits: .*{told}"):
        rows("SELECT * FROM visits", engine, visits=pd.DataFrame(table))


@pytest.mark.parametrize("engine", BUILT_IN)
@pytest.mark.parametrize("end", [" ; ", ";\n-- the end\n", " -- it; really", "; /* the end */"])
def test_a_text_may_end_in_any_way(engine: str, end: str) -> None:
    assert len(rows(f"SELECT whole FROM visits{end}", engine, visits=TABLE)) == 2


def test_a_text_that_nobody_can_read_is_refused_in_the_words_of_its_own_engine() -> None:
    with pytest.raises(ProgramError, match=r"^q\.sql, line 2: Parser Error: syntax error at or near \"SELEC\""):
        rows("-- typed\nSELEC a, b FROM visits")
    with (
        opened("duckdb") as engine,
        pytest.raises(ProgramError, match=r"^q\.sql, line 2: .*, at `,`; the line is: SEL"),
    ):
        read(engine, Query("q.sql", "-- typed\nSELEC a, b FROM visits", "postgres"))


def test_without_duckdb_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    duckdb._database.cache_clear()
    told = "queries are run by DuckDB, which is not installed; pip install 'pytest-mlguard[sql]' [sql-missing]"
    with pytest.raises(UsageError) as raised, opened("duckdb"):
        pass
    assert str(raised.value) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "here is no statement"),
        ("-- nothing", "here is no statement"),
        ("INSERT INTO rows SELECT 1", "here is INSERT"),
        ("WITH a AS (DELETE FROM rows RETURNING *) SELECT * FROM a", "writes nothing, and in this one is DELETE"),
    ],
)
def test_what_is_no_query_is_said_in_our_words_where_it_can_be_read(text: str, told: str) -> None:
    with pytest.raises(ProgramError, match=told):
        rows(text)


@pytest.mark.parametrize("names", [["A", "a"], ["a", "b", "a"]])
def test_columns_that_a_query_cannot_tell_apart_are_refused(names: list[str]) -> None:
    table = pd.DataFrame([range(len(names))], columns=names)
    with opened("duckdb") as engine, pytest.raises(ProgramError, match=r"^table t: `[Aa]` and `a` are one column to a"):
        add(engine, Query("q.sql", "SELECT * FROM t", "duckdb"), {"t": table}, ())
