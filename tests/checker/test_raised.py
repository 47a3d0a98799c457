"""Guarded code that raises on changed data: the golden's own tables show whether the data made it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlguard.checker import raised
from mlguard.core.cause import CauseKind
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.report.terminal import draw
from mlguard.runner.run import Runner
from tests.project import CODE, FILES, GENERATOR, GUARD, Project

STEEP = ("2 * x + 1", "3 * x + 1")
LIMIT = ('    return {"slope"', '    if slope > 2.5:\n        raise ValueError("too steep")\n    return {"slope"')
BUG = ('model["slope"] *', 'model["slop"] *')
EVERY_FIT = ("def fit(rows, ridge=0.0):\n", 'def fit(rows, ridge=0.0):\n    raise ValueError("never")\n')
MOVE = ('model["shift"] +', 'model["shift"] + 0.1 +')
"""Edits: data that the check of the slope refuses, this check, and what is wrong with the code alone."""


OBSERVING = """\
from mlguard import Guard


class Line(Guard):
    dataset = "tiny"
    seeds = (0,)

    def observe(self, data, notes):
        notes.note("early", float(data["rows"]["x"].sum()))
        notes.note("late", 1.0)
"""


@pytest.fixture(scope="module")
def made(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose code holds what it learned against a limit."""
    project = Project(tmp_path_factory.mktemp("raised"))
    project.edit(CODE, *LIMIT)
    assert project.regen().proposal is not None
    return project


@pytest.fixture
def line(made: Project, tmp_path: Path) -> Project:
    return made.copied(tmp_path / "copy")


def kinds(verdict: Verdict) -> list[CauseKind]:
    assert verdict.outcome is Outcome.ERROR
    return [cause.kind for cause in verdict.causes]


def test_data_that_made_it_raise_are_named_with_their_columns(line: Project):
    line.edit(GENERATOR, *STEEP)
    verdict = line.check().verdict
    assert kinds(verdict) == [CauseKind.DATASET_CHANGED, CauseKind.TABLES_RUN]
    assert (verdict.stage, verdict.slug) == ("train", "guarded-code-raised")
    text = draw(verdict)
    assert "`train` raised ValueError: too steep" in text
    assert "cause: the dataset changed: rows (y)\n" in text
    assert text.endswith("cause: on the golden's own tables the code raises nothing, and nothing moves")


def test_code_that_was_edited_as_well_is_told(line: Project):
    line.edit(GENERATOR, *STEEP)
    line.edit(CODE, *MOVE)
    verdict = line.check(quick=True).verdict
    assert kinds(verdict) == [CauseKind.DATASET_CHANGED, CauseKind.TABLES_RUN]
    text = draw(verdict)
    assert "the code raises nothing, and values move, first in predict: the code changed too; edited since" in text


def test_an_edit_that_moves_nothing_on_the_golden_tables_is_named_beside_the_data(line: Project):
    line.edit(GENERATOR, *STEEP)
    line.edit(CODE, "slope > 2.5", "slope > 2.4")
    verdict = line.check(quick=True).verdict
    assert kinds(verdict) == [CauseKind.DATASET_CHANGED, CauseKind.TABLES_RUN]
    assert verdict.causes[-1].names == (CODE,)
    assert f"and nothing moves; edited since the golden, and may be what raises now: {CODE}" in draw(verdict)


def test_code_that_raises_on_the_golden_tables_too_does_so_whatever_the_data_are(line: Project):
    line.edit(GENERATOR, *STEEP)
    line.edit(CODE, *EVERY_FIT)
    verdict = line.check().verdict
    assert kinds(verdict) == [CauseKind.TABLES_FAIL]
    assert "cause: on the golden's own tables the code fails: guard Line: `train` raised ValueError: never" in draw(
        verdict
    )


def test_on_the_golden_data_nothing_more_is_run(line: Project, monkeypatch: pytest.MonkeyPatch):
    ran, run = [], Runner.run
    monkeypatch.setattr(Runner, "run", lambda self, *asked, **how: ran.append(how) or run(self, *asked, **how))
    line.edit(CODE, *BUG)
    assert (kinds(line.check().verdict), len(ran)) == ([], 1)


def test_what_a_guard_notes_of_its_data_before_it_raises_is_not_taken_for_them(at_once: None, tmp_path: Path):
    """Notes of a guard that observes by itself belong to the first stage."""
    project = Project(tmp_path, {**FILES, GUARD: OBSERVING})
    assert project.regen().proposal is not None
    with project.editing(GUARD, 'notes.note("late"', 'raise ValueError("no")\n        notes.note("late"'):
        assert kinds(project.check().verdict) == []
        project.edit(GENERATOR, *STEEP)
        assert kinds(project.check().verdict) == [CauseKind.TABLES_FAIL]


def test_nothing_is_said_where_tables_are_gone_or_there_is_no_golden(line: Project):
    line.edit(GENERATOR, *STEEP)
    shutil.rmtree(line.root / "golden/_datasets")
    assert kinds(line.check().verdict) == []
    shutil.rmtree(line.root / "golden")
    assert kinds(line.check().verdict) == []


def test_what_was_raised_is_told_whatever_becomes_of_the_question(line: Project, monkeypatch: pytest.MonkeyPatch):
    line.edit(GENERATOR, *STEEP)
    monkeypatch.setattr(raised, "compare", lambda *_, **__: 1 / 0)
    verdict = line.check().verdict
    assert (kinds(verdict), "too steep" in str(verdict.problem)) == ([], True)
