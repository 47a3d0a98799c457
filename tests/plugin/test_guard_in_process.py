"""`--guard-in-process`, which debuggers imply: said aloud, and nothing can be recorded."""

from __future__ import annotations

import pytest

from mlguard.plugin.project import Project
from mlguard.plugin.shared import Result
from tests.plugin.verdicts import matching


@pytest.fixture
def asked(monkeypatch):
    """What the runs were asked for."""
    seen = []

    def make(project, guard, *, many):
        seen.append(project.asked.in_process)
        return Result(matching(guard.ref.name))

    monkeypatch.setattr(Project, "_make", make)
    return seen


@pytest.mark.parametrize("option", ["--guard-in-process", "--pdb"])
def test_it_is_asked_for_and_told(small, asked, option):
    tried = small.run(option)
    assert tried.code == 0
    assert set(asked) == {True}
    assert "in process: threads, hash seed and BLAS are whatever this process has" in tried.text


def test_without_it_workers_run_and_nothing_is_told(small, asked):
    tried = small.run()
    assert set(asked) == {False}
    assert "in process" not in tried.text


@pytest.mark.parametrize("option", ["--guard-in-process", "--pdb", "--trace"])
def test_it_records_nothing(small, asked, option):
    tried = small.run(option, "--regen-golden", "--golden-reason", "why")
    assert tried.code == 4
    assert "the environment is not fixed, so nothing can be recorded" in tried.text
    assert asked == []
