"""Runs happen on the machine that was chosen, but for those whose caller names another."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.emulating import Emulating
from mlguard.runner.run import Runner
from mlguard.worker.environment import Environment

OLD, GOLDENS = Environment(simd="none"), Environment(hash_seed=7)


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Answers with the environment that a run would have had."""
    monkeypatch.setattr(Runner, "run", lambda self, guard, **options: options["environment"])
    return Emulating.__new__(Emulating)


def test_the_chosen_machine_is_that_of_runs_without_one(runner: Any) -> None:
    assert runner.on(OLD).run("guard") == OLD
    assert runner.on(OLD).run("guard", environment=GOLDENS) == GOLDENS


def test_the_ordinary_environment_is_no_other_machine(runner: Any) -> None:
    assert runner.run("guard") is None
    assert runner.on(Environment()).run("guard") is None
