"""The guards that docs/sql.md shows: one golden for the evaluation in pandas, on DuckDB and on SQLite."""

from __future__ import annotations

from pathlib import Path

from mlguard.core.outcome import Outcome
from tests.adapters.pages import files_shown, page
from tests.project import Project

PAGE = page("sql.md")
FILES = files_shown(PAGE)
GUARD = "tests/guards/test_rents.py"
PROJECT = {
    "pyproject.toml": "[tool.mlguard]\n",
    "datasets/generators/flats.py": """\
import numpy as np
import pandas as pd


def make(rng, rows=24):
    area = rng.randint(20, 90, rows)
    return pd.DataFrame({"flat": np.arange(rows), "area": area, "rent": 5.1 * area + rng.randint(0, 50, rows)})
""",
    "rents.py": """\
def fit(train):
    return {"rate": float(train["rent"].sum() / train["area"].sum())}


def predict(model, rows):
    return rows[["flat"]].assign(rent=rows["area"] * model["rate"])
""",
}


def test_an_evaluation_moves_from_pandas_to_two_engines_under_one_golden(at_once: None, tmp_path: Path) -> None:
    (guard, before), (query, sql), (_, after) = FILES
    assert guard == GUARD
    project = Project(tmp_path, {**PROJECT, guard: before, query: sql})
    assert project.regen("Rents", GUARD, seeds=(0,)).refused is None
    golden = {o.name: o.value.data[0] for o in project.golden("Rents") if o.stage == "evaluate" and o.run == "main"}
    for engine in ("duckdb", "sqlite"):
        project.write(GUARD, after.replace('"duckdb"', f'"{engine}"'))
        seen = project.check("Rents", GUARD, quick=True)
        assert seen.verdict.outcome is Outcome.MATCH
        assert seen.done
        found = {o.name: o.value.data[0] for o in seen.done.record if o.stage == "evaluate" and o.run == "main"}
        assert all(abs(found[name] - golden[name]) <= 1e-9 for name in ("mae", "large"))
