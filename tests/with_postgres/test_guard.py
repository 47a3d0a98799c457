"""A guard whose queries run on PostgreSQL: one golden for two engines, and a bug in a query is found at its stage."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mlguard.core.outcome import Outcome
from tests.adapters.test_sql import GUARD, PREDICT, SOURCES, answered
from tests.project import FILES, Project

ENGINE = ("    key = ", '    engine = "postgres"\n    key = ')


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose golden DuckDB gave, and whose guard now names PostgreSQL."""
    settings = {"pyproject.toml": '[tool.mlguard]\npass_env = ["PG*"]\n'}
    made = Project(tmp_path_factory.mktemp("visits"), {**FILES, **settings, **SOURCES})
    made.regen("Visits", GUARD)
    made.edit(GUARD, *ENGINE)
    return made


def test_the_golden_of_duckdb_holds_on_postgresql(project: Project):
    assert project.check("Visits", GUARD).verdict.outcome is Outcome.MATCH


def test_the_same_query_in_its_own_dialect_holds(project: Project):
    with project.editing(GUARD, "    key = ", '    dialect = "postgres"\n    key = '):
        assert project.check("Visits", GUARD).verdict.outcome is Outcome.MATCH


def test_a_bug_in_a_query_is_found_where_it_first_moves(project: Project):
    with project.editing(PREDICT, ">= 2.5", "> 2.5"):
        verdict = project.check("Visits", GUARD).verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, "predict")


def test_rows_come_in_a_declared_order_and_as_a_set_without_one(tmp_path: Path):
    rows = pd.DataFrame({"id": [3, 1, 2], "x": [1.0, 2.0, 1.0]})
    given = {"engine": "postgres", "dialect": "postgres"}
    found = answered(tmp_path, "SELECT * FROM rows ORDER BY x DESC", rows, key="id", order="x DESC", **given)
    assert found["x"].tolist() == [2.0, 1.0, 1.0]
    with pytest.raises(Exception, match="does not stand where `order`"):
        answered(tmp_path, "SELECT * FROM rows ORDER BY x", rows, key="id", order="x DESC", **given)
    one = answered(tmp_path, "SELECT x FROM rows", rows, **given)
    other = answered(tmp_path, "SELECT x FROM rows ORDER BY x DESC", rows, **given)
    pd.testing.assert_frame_equal(one, other)
