"""Jobs happen on the machine that was chosen, but for those whose caller names another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.emulating import Emulating
from benchmarks.trial import ROOT
from mlguard.settings import load
from mlguard.worker.describe import effect
from mlguard.worker.environment import Environment
from mlguard.worker.job import Job

COMPUTE = Job("benchmarks.machines:compute", None, ROOT, (str(ROOT),), 60)
OLD, GOLDENS = Environment(hash_seed=5, simd="none"), Environment(hash_seed=7)


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Emulating]:
    (tmp_path / "tests" / "guards").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.mlguard]\n")
    with Emulating(load(tmp_path)) as found:
        yield found


@pytest.mark.parametrize("threads", [1, 2])
def test_the_chosen_machine_is_that_of_jobs_without_one(runner: Emulating, threads: int) -> None:
    machine = replace(OLD, threads=threads)
    with runner.on(machine) as there:
        chosen, named = there.workers.run(COMPUTE), there.workers.run(replace(COMPUTE, environment=GOLDENS))
    here: Any = runner.workers.run(COMPUTE).value
    seen: tuple[Any, Any] = chosen.value, named.value
    assert effect(machine, seen[0]) == []
    assert effect(GOLDENS, seen[1]) == []
    assert effect(Environment(), here) == []
    assert chosen.forked is (threads == 1)


def test_this_machine_is_the_runner_itself(runner: Emulating) -> None:
    with runner.on(Environment()) as there:
        assert there is runner
    assert runner.workers.run(COMPUTE).failure is None
