"""Every own guard matches its golden on another emulated machine, and the machines meet every value of every knob."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import pytest

from mlguard.checker.check import Checker
from mlguard.core.outcome import Outcome
from mlguard.report.sentence import say
from mlguard.runner.run import Runner
from mlguard.settings import load
from mlguard.worker.describe import effect
from mlguard.worker.environment import Environment
from mlguard.worker.kernels import kernels_here
from tests.power.planting import ROOT
from tests.power.variants import VARIANTS

KNOBS = (
    Environment(simd="none", libm="no-fma", threads=1, hash_seed=2),
    Environment(simd="avx2", libm="all", threads=2, hash_seed=1),
    Environment(simd="none", libm="all", threads=2, hash_seed=3),
    Environment(simd="all", libm="no-fma", threads=2, hash_seed=1),
    Environment(simd="avx2", libm="no-fma", threads=1, hash_seed=0),
)
GUARDS = sorted({variant.guard for variant in VARIANTS})


def machines() -> Iterator[tuple[str, Environment]]:
    """Each guard with a machine; kernels and the other knobs turn at different speeds, so that they meet."""
    kernels = cycle(kernels_here() or (None,))
    for guard, knobs in zip(GUARDS, cycle(KNOBS), strict=False):
        yield guard, Environment(knobs.threads, knobs.hash_seed, next(kernels), knobs.simd, knobs.libm)


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner(load(ROOT), many=False) as running:
        yield running


@pytest.mark.parametrize(("name", "machine"), [*machines()], ids=GUARDS)
def test_a_guard_is_quiet_on_another_machine(
    name: str, machine: Environment, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runner.run
    monkeypatch.setattr(runner, "run", lambda guard, **how: run(guard, **{"environment": machine, **how}))
    (guard,) = [guard for guard in runner.find().guards if guard.ref.name == name]
    seen = Checker(runner.settings, runner).check(guard)
    assert seen.verdict.outcome is Outcome.MATCH, (seen.verdict.causes, [say(f) for f in seen.verdict.moves()][:3])
    assert seen.done is not None
    # On one core there are no two threads; every other knob must have done something.
    without = effect(machine, dict(seen.done.record.provenance.environment))
    assert [sentence for sentence in without if not sentence.startswith("threads=")] == []
