"""The guards that docs/notebooks.md shows run on a notebook as people write them, and stand under one golden."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mlguard.core.outcome import Outcome
from tests.adapters.test_notebook import book
from tests.project import Project

PAGE = (Path(__file__).parents[2] / "docs/notebooks.md").read_text(encoding="utf-8")
GUARDS = dict(re.findall(r"^<!-- file: (\S+) -->\n```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
FIRST, *OTHERS = GUARDS
SHOWN = re.search(r"^```\n(  File .*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
CELLS = {
    "": "%precision 3\nimport pandas as pd",
    "parameters": 'data = "rents.db"\ntrain = pd.read_sql("select * from train", data)\ntest = None',
    "fit": 'rate = 0\nrate = train["rent"].sum() / train["area"].sum()',
    "prepare": 'seen = test[["area"]].clip(lower=20)\nseen.describe()',
    "answer": 'predictions = pd.DataFrame({"rent": seen["area"] * rate})',
    "score": 'scores = {"off": float((test["rent"] - predictions["rent"]).abs().mean())}\nscores',
}
PROJECT = {
    "pyproject.toml": "[tool.mlguard]\n",
    "datasets/generators/rents.py": """\
import pandas as pd


def make(rng, rows=16):
    area = rng.randint(20, 90, rows)
    return pd.DataFrame({"area": area, "rent": 5 * area + rng.randint(0, 50, rows)})
""",
    "rents.py": """\
import pandas as pd


def prepare(rows):
    return rows[["area"]].clip(lower=20)


def fit(seen, rents):
    return rents.sum() / seen["area"].sum()


def answer(rate, seen):
    return (seen["area"] * rate).to_frame("rent")


def score(rents, answers):
    return {"off": float((rents - answers).abs().mean())}
""",
}


@pytest.fixture(scope="module")
def rents(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The notebook with its golden."""
    project = Project(tmp_path_factory.mktemp("rents"), {**PROJECT, "notebooks/rents.ipynb": book(CELLS), **GUARDS})
    assert project.regen("Rents", FIRST).refused is None
    return project


@pytest.mark.parametrize("file", OTHERS)
def test_functions_in_place_of_cells_check_by_the_golden_of_the_notebook(rents: Project, file: str) -> None:
    verdict = rents.check("Rents", file).verdict
    assert verdict.outcome is Outcome.MATCH, verdict.moves()


def test_what_a_cell_raises_is_shown_as_the_page_has_it(rents: Project) -> None:
    assert SHOWN
    with rents.editing("notebooks/rents.ipynb", 'train[\\"area\\"]', 'train[\\"aera\\"]'):
        verdict = rents.check("Rents", FIRST, quick=True).verdict
    assert (verdict.outcome, verdict.problem) == (Outcome.ERROR, "guard Rents: `train` raised KeyError: 'aera'")
    lines = [line for line in (verdict.traceback or "").splitlines() if line.strip(" ~^")]
    assert lines == SHOWN[1].splitlines()
