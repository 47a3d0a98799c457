"""A guard of queries: what they are given, in which order their rows come, and where a bug in one is found."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlguard import Dataset, SqlGuard
from mlguard.checker.check import Checker
from mlguard.core.guard import problems
from mlguard.core.notes import listening
from mlguard.core.outcome import Outcome
from mlguard.core.record import CONTRACT, INTERNAL
from mlguard.core.run_name import MAIN
from mlguard.programs.error import ProgramError
from mlguard.runner.order import Extent
from tests.project import FILES, Project

GUARD = "tests/guards/test_visits.py"
PREDICT = "sql/predict.sql"
SOURCES = {
    "datasets/generators/shop.py": """\
import numpy as np
import pandas as pd


def make(rng, rows=24):
    visits = pd.DataFrame({"visit": np.arange(rows), "customer": rng.choice(["ann", "bob", "new"], rows)})
    visits["minutes"] = rng.randint(8, 40, rows) / 4
    visits.loc[::6, "minutes"] = 2.5
    visits["spent"] = 2 * visits["minutes"] + rng.randint(0, 9, rows)
    customers = pd.DataFrame({"customer": ["ann", "bob"], "country": ["DE", "FR"]})
    return {"train": visits[:16], "test": visits[16:].reset_index(drop=True), "customers": customers}
""",
    "sql/train.sql": "SELECT customer, avg(spent / minutes) AS rate FROM train GROUP BY customer",
    PREDICT: """\
WITH known AS (
    SELECT rows.visit, rows.visit AS arrived, rows.customer, country, minutes
    FROM rows LEFT JOIN customers USING (customer)
),
long AS (
    SELECT *, row_number() OVER (PARTITION BY customer ORDER BY arrived) AS number
    FROM known
    WHERE coalesce(minutes, 3) >= 2.5
)
SELECT visit, country, number, coalesce(minutes, 3) * rate AS spent
FROM long JOIN model USING (customer)
""",
    "sql/evaluate.sql": """\
WITH errors AS (SELECT abs(test.spent - answers.spent) AS off FROM test JOIN answers USING (visit))
SELECT avg(off) AS mae, count(*) AS rows FROM errors
""",
    GUARD: """\
from mlguard import SqlGuard


class Visits(SqlGuard):
    dataset = "shop"
    target = "spent"
    key = "visit"
    seeds = (0, 1)
    single_rows = 2
    train = "sql/train.sql"
    predict = "sql/predict.sql"
    evaluate = "sql/evaluate.sql"
    made = {"data/days.csv": "sql/days.sql"}
    sources = {"visits": "data/visits.csv"}
""",
    "sql/days.sql": "SELECT day, count(*) AS visits FROM visits GROUP BY day",
    "data/visits.csv": "day\n1\n2\n2\n",
    "data/days.csv": "day,visits\n1,1\n2,2\n",
}


@pytest.fixture(scope="module")
def shop(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The queries with their golden."""
    project = Project(tmp_path_factory.mktemp("shop"), {"pyproject.toml": FILES["pyproject.toml"], **SOURCES})
    assert project.regen("Visits", GUARD).refused is None
    return project


def test_queries_are_asked_everything_and_each_stage_is_looked_at(shop: Project) -> None:
    golden = shop.golden("Visits")
    held = {o.name: str(o.value.data[0]) for o in golden if o.role == CONTRACT and o.stage == "contracts"}
    asked = ("predict twice", "row order", "column order", "target unread", "no files outside the folder")
    assert {name: held[name] for name in asked} == dict.fromkeys(asked, "same")
    assert {"main", "seed 1", "refit"} <= {str(o.run) for o in golden}
    assert any(o.name == "probes.spent" for o in golden)
    # There the files of queries can be read, as any code, and the tables of the dataset cannot.
    assert "Table with name customers does not exist" in held["saved bundle"]
    inside = {(o.stage, o.name) for o in golden if o.role == INTERNAL}
    assert {("predict", "known.minutes"), ("predict", "long.number"), ("evaluate", "errors.off")} <= inside
    assert {"sql/train.sql", PREDICT, "sql/evaluate.sql"} <= set(golden.provenance.sources)


REWRITES = [
    """\
SELECT m.visit, country, number, rate * coalesce(minutes, 3) AS spent
FROM model JOIN (
    SELECT visit, customer, minutes, row_number() OVER (PARTITION BY customer ORDER BY visit) AS number
    FROM rows
    WHERE minutes IS NULL OR minutes >= 2.5
) AS m USING (customer) LEFT JOIN customers USING (customer)
ORDER BY spent DESC
""",
    """\
WITH lasting AS (
    SELECT minutes, customer, visit FROM rows WHERE NOT coalesce(minutes, 3) < 2.5
), countries AS (SELECT * FROM customers), numbered AS (
    SELECT visit, minutes, customer, 1 + count(*) OVER earlier AS number
    FROM lasting
    WINDOW earlier AS (PARTITION BY customer ORDER BY visit ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT numbered.visit, countries.country, number, coalesce(minutes, 3) * model.rate AS spent
FROM numbered
INNER JOIN model ON model.customer = numbered.customer
LEFT JOIN countries ON numbered.customer = countries.customer
""",
]


@pytest.mark.parametrize("rewrite", REWRITES)
def test_a_query_that_says_the_same_in_another_way_is_quiet(shop: Project, rewrite: str) -> None:
    with shop.editing(PREDICT, SOURCES[PREDICT], rewrite):
        assert shop.check("Visits", GUARD, quick=True).verdict.outcome is Outcome.MATCH


@pytest.mark.parametrize(
    ("file", "old", "new", "stage", "inside"),
    [
        (PREDICT, "LEFT JOIN customers", "JOIN customers", "predict", "known.visit"),
        (PREDICT, ">= 2.5", "> 2.5", "predict", "long.visit"),
        ("sql/evaluate.sql", "abs(test.spent - answers.spent)", "test.spent - answers.spent", "evaluate", "errors.off"),
    ],
)
def test_a_bug_is_found_at_its_stage_and_its_expression(
    shop: Project, file: str, old: str, new: str, stage: str, inside: str
) -> None:
    with shop.editing(file, old, new), shop.runner() as runner:
        verdict = Checker(runner.settings, runner, extent=Extent.MAIN).check(shop.declared("Visits", GUARD)).verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, stage)
    moved = [f.observation for f in verdict.findings if f.role == INTERNAL and f.outcome is Outcome.SHIFTED]
    assert moved[0].partition("#")[0] == inside


def test_a_null_that_no_row_has_is_found_by_a_probe(shop: Project) -> None:
    with shop.editing(PREDICT, "coalesce(minutes, 3) * rate", "minutes * rate"):
        verdict = shop.check("Visits", GUARD, quick=True).verdict
    moved = {f.observation for f in verdict.moves()}
    assert (verdict.outcome, moved) == (Outcome.SHIFTED, {"probes.spent"})


def test_what_no_answer_shows_is_found_by_contracts(shop: Project) -> None:
    with (
        shop.editing(PREDICT, "rows.visit AS arrived", "rows.rowid AS arrived"),
        shop.editing("sql/days.sql", "GROUP BY", "WHERE day > 1 GROUP BY"),
    ):
        verdict = shop.check("Visits", GUARD, quick=True).verdict
    assert verdict.outcome is Outcome.VIOLATED
    broken = {f.observation for f in verdict.moves() if f.run == MAIN}
    assert {"row order", "data files as their queries make them"} <= broken


ROWS = pd.DataFrame({"id": [1, 2, 3], "x": [0.5, 1.5, 2.5], "shop": ["a", "b", None]})


def declared(**entries: Any) -> type[SqlGuard]:
    return type("Shop", (SqlGuard,), {"dataset": "tiny", "predict": "predict.sql", "__module__": "shop", **entries})


def guard(root: Path, query: str = "", data: dict[str, Any] | None = None, **entries: Any) -> Any:
    """A guard whose query of answers stands below the root."""
    (root / "predict.sql").write_text(query)
    made = declared(**entries)()
    made._root, made.folder, made.data = root, root, Dataset(data or {"rows": ROWS})
    return made


def answered(root: Path, query: str, rows: pd.DataFrame = ROWS, **entries: Any) -> Any:
    made = guard(root, query, **entries)
    return made.predict(made.train(rows), rows)


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_answers_come_by_their_key_and_as_a_set_without_one(tmp_path: Path, engine: str) -> None:
    query = "SELECT shop, x * 2 AS x, id FROM rows ORDER BY id DESC"
    keyed = answered(tmp_path, query, key="id", engine=engine)
    assert list(keyed) == ["shop", "x", "id"]
    assert (keyed["id"].tolist(), keyed["x"].tolist()) == ([1, 2, 3], [1.0, 3.0, 5.0])
    assert keyed["shop"].isna().tolist() == [False, False, True]
    one, other = (
        answered(tmp_path, f"SELECT 1 / x AS y, shop FROM rows UNION ALL SELECT 7, 'a'{order}", engine=engine)
        for order in ("", " ORDER BY y")
    )
    pd.testing.assert_frame_equal(one, other)
    assert one["(row)"].tolist() == [0, 1, 2, 3]
    # What round-off can touch comes last, whatever stands first.
    assert one["shop"].dropna().tolist() == ["a", "a", "b"]
    assert one[one["shop"] == "a"]["y"].tolist() == [2.0, 7.0]


def test_the_number_of_equal_answers_counts(tmp_path: Path) -> None:
    assert len(answered(tmp_path, "SELECT 'a' AS shop FROM rows")) == 3
    assert len(answered(tmp_path, "SELECT DISTINCT 'a' AS shop FROM rows")) == 1


def test_a_declared_order_is_required_and_ties_are_none(tmp_path: Path) -> None:
    tied = ROWS.assign(x=[1.0, 2.0, 1.0])
    wanted = answered(tmp_path, "SELECT * FROM rows ORDER BY x DESC, id DESC", tied, key="id", order="x DESC")
    assert wanted["id"].tolist() == [2, 1, 3]
    with pytest.raises(ProgramError, match=r"^predict\.sql: row 2 does not stand where `order`, 'x DESC', has it$"):
        answered(tmp_path, "SELECT * FROM rows ORDER BY id", tied, key="id", order="x DESC")
    with pytest.raises(ProgramError, match=r"^predict\.sql does not end with ORDER BY, and `order` is 'id'$"):
        answered(tmp_path, "SELECT * FROM rows", key="id", order="id")
    with pytest.raises(ProgramError, match=r"^`order`: Binder Error: Referenced column \"y\" not found"):
        answered(tmp_path, "SELECT * FROM rows ORDER BY id", key="id", order="y")


def test_a_query_reads_the_tables_of_the_dataset_under_the_names_that_it_knows(tmp_path: Path) -> None:
    data = {"rows": ROWS, "shops": pd.DataFrame({"shop": ["a", "b"], "city": ["Ulm", "Köln"]})}
    query = "SELECT id, city FROM `my-project.visits.daily` JOIN Visits.Shops USING (shop) WHERE x > @floor"
    inputs = {"rows": "my-project.visits.daily", "shops": "visits.shops"}
    made = guard(tmp_path, query, data, key="id", dialect="bigquery", inputs=inputs)
    made.config = {"floor": 1}
    assert made.predict(None, ROWS).to_dict("list") == {"id": [2], "city": ["Köln"]}
    made.config = {}
    with pytest.raises(ProgramError, match=r"^predict\.sql: the configuration has no `floor` for its parameters$"):
        made.predict(None, ROWS)


def test_the_model_is_what_training_gave(tmp_path: Path) -> None:
    (tmp_path / "train.sql").write_text("SELECT shop, max(x) AS most FROM train WHERE shop IS NOT NULL GROUP BY shop")
    made = guard(tmp_path, "SELECT id, most FROM rows JOIN model USING (shop)", key="id", train="train.sql")
    model = made.train(ROWS)
    assert model.to_dict("list") == {"shop": ["a", "b"], "most": [0.5, 1.5]}
    assert made.predict(model, ROWS)["most"].tolist() == [0.5, 1.5]


def test_the_number_of_an_answer_is_none_of_its_columns(tmp_path: Path) -> None:
    (tmp_path / "evaluate.sql").write_text("SELECT count(DISTINCT answers) AS kinds FROM answers")
    made = guard(tmp_path, "SELECT 'a' AS shop FROM rows", evaluate="evaluate.sql")
    assert made.evaluate(ROWS, made.predict(ROWS, ROWS)) == {"kinds": 1}


def test_a_model_that_is_no_table_is_none_to_a_query(tmp_path: Path) -> None:
    made = guard(tmp_path, "SELECT id, m.* FROM rows, model AS m", key="id", train=lambda self, train: {"rate": 1.0})
    with pytest.raises(ProgramError, match="Table with name model does not exist"):
        made.predict(made.train(ROWS), ROWS)


def test_a_method_of_the_guard_calls_a_query(tmp_path: Path) -> None:
    (tmp_path / "features.sql").write_text("SELECT x * x AS square, id FROM rows")

    def predict(self: Any, model: Any, rows: Any) -> Any:
        features = self.features(model, rows)
        return features[["id"]].assign(answer=features["square"] + model)

    entries = {"features": "features.sql", "predict": predict, "train": lambda self, train: 1}
    made = guard(tmp_path, key="id", **entries)
    assert problems(type(made)) == []
    assert made.predict(made.train(ROWS), ROWS[::-1]).to_dict("list") == {"id": [1, 2, 3], "answer": [1.25, 3.25, 7.25]}
    (told,) = problems(declared(**entries))
    assert told.endswith(
        "`features` is a query, whose rows are in no order; set `key` to the columns that identify one"
    )


@pytest.mark.parametrize(
    ("query", "metrics"),
    [
        ("SELECT avg(x) AS mean, count(*) AS n, NULL::DOUBLE AS gone FROM answers", {"mean": 1.5, "n": 3}),
        ("SELECT 'mean', avg(x) FROM answers UNION ALL SELECT 'most', max(x) FROM answers", {"mean": 1.5, "most": 2.5}),
    ],
)
def test_metrics_are_a_row_of_numbers_or_rows_of_names_and_numbers(
    tmp_path: Path, query: str, metrics: dict[str, float]
) -> None:
    (tmp_path / "evaluate.sql").write_text(query)
    found = guard(tmp_path, evaluate="evaluate.sql").evaluate(ROWS, ROWS)
    assert {name: number for name, number in found.items() if number == number} == metrics


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_answers_of_a_method_stand_beside_their_rows(tmp_path: Path, engine: str) -> None:
    query = "SELECT sum(x * value) AS sum FROM test JOIN answers ON test.rowid = answers.rowid"
    (tmp_path / "evaluate.sql").write_text(query)
    made = guard(tmp_path, predict=lambda self, model, rows: model, evaluate="evaluate.sql", engine=engine)
    assert made.evaluate(ROWS[::-1], np.array([1.0, 10.0, 100.0])) == {"sum": 67.5}


@pytest.mark.parametrize(
    ("query", "gave"),
    [("SELECT id, x FROM answers", "3 rows of id, x"), ("SELECT max(shop) AS most FROM answers", "1 row of most")],
)
def test_rows_that_are_no_metrics_are_refused(tmp_path: Path, query: str, gave: str) -> None:
    (tmp_path / "evaluate.sql").write_text(query)
    told = rf"^evaluate\.sql gave {gave}, where one row of numbers is expected, or rows of a name and a number$"
    with pytest.raises(ProgramError, match=told):
        guard(tmp_path, evaluate="evaluate.sql").evaluate(ROWS, ROWS)


def test_a_query_that_its_rows_cannot_move_is_refused(tmp_path: Path) -> None:
    told = r"^predict\.sql does not read `rows`, so that it would not depend on what `predict` is given; `inputs` says"
    with pytest.raises(ProgramError, match=told):
        answered(tmp_path, "WITH a AS (SELECT 1 AS rows) SELECT * FROM visits, a")


def test_a_column_without_a_cell_keeps_its_type(tmp_path: Path) -> None:
    days = ROWS.assign(day=[date(2026, 1, 31)] * 3)
    query = "SELECT id, day + INTERVAL 1 DAY AS day, upper(shop) || '!' AS shop FROM rows"
    made = guard(tmp_path, query, {"rows": days}, key="id")
    asked = days[:1].assign(day=None, shop=None)
    assert made.predict(None, asked).isna().sum().to_dict() == {"id": 0, "day": 1, "shop": 1}


def test_stages_are_drawn_only_where_somebody_looks(tmp_path: Path) -> None:
    class Ear:
        seen: dict[str, Any]

        def note(self, name: str, value: object, *, stage: str | None = None) -> None:
            raise AssertionError(name)

        def look_inside(self, values: Any) -> None:
            self.seen = dict(values)

    query = "WITH a AS (SELECT * FROM rows WHERE x > 1), b(n) AS (SELECT count(*) FROM a) SELECT n, id FROM a, b"
    made, ear = guard(tmp_path, query, key="id"), Ear()
    with listening(ear):
        made.predict(None, ROWS)
    assert ear.seen["a"]["id"].tolist() == [2, 3]
    assert ear.seen["b"].to_dict("list") == {"n": [2]}


def test_a_data_file_whose_query_was_edited_breaks_a_contract(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text("day,spent\n2026-01-02,0.1\n2026-01-01,0.2\n2026-01-02,\n")
    (tmp_path / "days.sql").write_text("SELECT day, sum(spent) AS spent, count(*) AS n FROM visits GROUP BY day")
    (tmp_path / "days.csv").write_text("day,spent,n\n2026-01-01,0.2000000000001,1\n2026-01-02,0.1,2\n")
    made = guard(tmp_path, made={"days.csv": "days.sql"}, sources={"visits": "visits.csv"})
    assert problems(type(made)) == []
    assert made._contracts() == {"data files as their queries make them": []}

    def told(query: str, file: str = "days.csv") -> list[str]:
        (tmp_path / "days.sql").write_text(query)
        (found,) = guard(tmp_path, made={file: "days.sql"}, sources={"visits": "visits.csv"})._contracts().values()
        return found

    grouped = "FROM visits GROUP BY day"
    assert told(f"SELECT day, avg(spent) * 1.1 AS spent, count(*) AS n {grouped}") == [
        "days.csv does not hold what days.sql gives in spent"
    ]
    assert told(f"SELECT day, sum(spent) AS spent, count(spent) AS n {grouped}") == [
        "days.csv does not hold what days.sql gives in n"
    ]
    assert told(f"SELECT day, sum(spent) AS spent {grouped}") == [
        "days.csv has the columns day, spent, n, and days.sql gives day, spent"
    ]
    assert told(f"SELECT day, sum(spent) AS spent, count(*) AS n {grouped} LIMIT 1") == [
        "days.csv has 2 rows, and days.sql gives 1"
    ]
    (tmp_path / "gaps.csv").write_text("day,spent\n2026-01-01,\n2026-01-02,0.2\n")
    first = "CASE WHEN day = '2026-01-01' THEN 0.2 END"
    assert told(f"SELECT day, {first} AS spent {grouped}", "gaps.csv") == [
        "gaps.csv does not hold what days.sql gives in spent"
    ]
    assert told(f"SELECT dy {grouped}")[0].startswith("days.csv: days.sql, line 1: ")
    assert told(f"SELECT day {grouped}", "no.csv") == ["no.csv: there is no such file below the project's root"]


WRONG = [
    ({"predict": "predict.py"}, "`predict` must be the file of a query, whose name ends in .sql, not 'predict.py'"),
    ({"predict": "../predict.sql"}, "`predict`: ../predict.sql must lie below the project's root"),
    ({"engine": "oracle"}, "`engine` must be one of 'duckdb', 'sqlite', 'postgres', not 'oracle'"),
    ({"inputs": ["rows"]}, "`inputs` must map names to names, not ['rows']"),
    ({"made": {"a.csv": 1}}, "`made` must map names to names, not {'a.csv': 1}"),
    ({"order": ("x",)}, "`order` must be a text, not ('x',)"),
    (
        {"predict": lambda self, model, rows: rows},
        'one of `train`, `features`, `predict`, `evaluate` must name the file of a query, such as "sql/answers.sql"',
    ),
]


@pytest.mark.parametrize(("entries", "told"), WRONG)
def test_a_wrong_declaration_is_told_before_anything_runs(entries: dict[str, Any], told: str) -> None:
    assert problems(declared()) == []
    assert problems(declared(**entries)) == [f"guard Shop: {told}"]
