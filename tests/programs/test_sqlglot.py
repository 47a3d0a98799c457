from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mlguard.core.error import UsageError
from mlguard.programs.error import EngineError, ProgramError
from mlguard.programs.sqlglot import Query


def query(text: str, dialect: str = "duckdb") -> Query:
    return Query("sql/q.sql", text, dialect)


def test_a_query_reads_tables_and_not_its_own_expressions() -> None:
    text = 'WITH a AS (SELECT * FROM Shop.Visits) SELECT * FROM a JOIN (SELECT * FROM "days") AS d ON a.x = d.x, b'
    assert query(text).reads == {"shop.visits", "days", "b"}
    assert query("SELECT * FROM `my-project.shop.visits`", "bigquery").reads == {"my-project.shop.visits"}


def test_its_own_engine_is_given_the_text_as_it_stands() -> None:
    text = "-- why\nSELECT  a   FROM rows;\n"
    assert query(text).written_for("duckdb") == text.rstrip().rstrip(";")
    assert query("SELECT IFNULL(a, 0) FROM `rows`", "mysql").written_for("duckdb") == (
        'SELECT COALESCE(a, 0) FROM "rows"'
    )


def test_each_expression_is_a_query_of_its_own() -> None:
    text = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3), m AS (SELECT i FROM n) SELECT 1"
    )
    stages = dict(query(text).stages())
    assert list(stages) == ["n", "m"]
    assert stages["m"].text.endswith("SELECT * FROM m")
    assert stages["n"].text.startswith("WITH RECURSIVE n(i) AS")
    assert list(query("SELECT 1").stages()) == []


def test_parameters_are_known_by_name_in_every_dialect() -> None:
    assert query("SELECT $since, $since, $top").parameters == ("since", "top")
    assert query("SELECT @since", "bigquery").parameters == ("since",)
    assert query("SELECT %(since)s", "postgres").parameters == ("since",)


@pytest.mark.parametrize(
    ("text", "dialect", "told"),
    [
        ("SELECT a\nFROM rows\nWHERE WHERE", "postgres", r"^sql/q\.sql, line 3: .*, at `WHERE`; the line is: WHERE WH"),
        ("SELECT 'a", "postgres", r"^sql/q\.sql: "),
        ("SELECT 1", "postgre", r"^`dialect`: Unknown dialect 'postgre'"),
        ("SELECT 1; SELECT 2", "duckdb", r"^sql/q\.sql: one query is expected, .* and here is SELECT and SELECT$"),
        ("DROP TABLE rows", "duckdb", r"and here is DROP$"),
        ("-- nothing", "duckdb", r"and here is no statement$"),
    ],
)
def test_what_is_no_query_is_refused_with_its_place(text: str, dialect: str, told: str) -> None:
    with pytest.raises(ProgramError, match=told) as raised:
        _ = query(text, dialect).reads
    assert "\x1b" not in str(raised.value)


def test_what_an_engine_does_not_have_is_named_with_its_place() -> None:
    text = "SELECT\n  a,\n  FORMAT(b, 'N2') AS shown\nFROM rows"
    told = r"^sql/q\.sql, line 3: `FORMAT\(b, 'N2'\)` cannot be written for duckdb: .*; the line is: FORMAT\(b"
    with pytest.raises(ProgramError, match=told):
        query(text, "tsql").written_for("duckdb")


def test_an_engines_words_come_with_the_line_of_the_file() -> None:
    text = "SELECT a,\n  b\nFROM rows"
    own, told = query(text), "Binder Error: no column b"
    assert str(own.refused(EngineError(told, text.index("b")), text, "duckdb")) == (
        f"sql/q.sql, line 2: {told}; the line is: b"
    )
    other = query("SELECT IFNULL(a, 0),\n  a + b\nFROM rows", "mysql")
    written = other.written_for("duckdb")
    said = str(other.refused(EngineError(told, written.rindex("a +")), written, "duckdb"))
    assert said == f"sql/q.sql, line 2: {told}; the line is: a + b"
    # A word that only the translation has is nowhere in the file.
    unknown = other.refused(EngineError(told, written.index("COALESCE")), written, "duckdb")
    assert str(unknown) == f"sql/q.sql: {told}"
    assert str(own.refused(EngineError(told), text, "duckdb")) == f"sql/q.sql: {told}"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.sql").write_bytes("SELECT 'é'".encode("latin-1"))
    with pytest.raises(ProgramError, match=r"^latin\.sql: not written in UTF-8$"):
        Query.read(tmp_path, "latin.sql", "duckdb")
    with pytest.raises(ProgramError, match=r"^no\.sql: there is no such file below the project's root$"):
        Query.read(tmp_path, "no.sql", "duckdb")


def test_without_sqlglot_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    told = "queries are read by sqlglot, which is not installed; pip install 'pytest-mlguard[sql]' [sql-missing]"
    with pytest.raises(UsageError) as raised:
        _ = query("SELECT 42 AS answer").reads
    assert str(raised.value) == told
