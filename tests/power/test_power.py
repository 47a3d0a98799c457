"""Every planted shift is caught at the right stage, and every true refactor is quiet, with default settings.

Refactors of one guard are checked together, as commits hold several: `python -m benchmarks.power` checks each alone.
"""

from __future__ import annotations

from collections import Counter

import pytest

from mlguard.core.guard import Guard
from mlguard.core.outcome import Outcome
from mlguard.core.record import GATE
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Verdict
from mlguard.discovery import guard_classes, load_module
from mlguard.report.sentence import say
from tests.power.conftest import Checked
from tests.power.mixing import refactored
from tests.power.planting import ROOT
from tests.power.variant import Variant
from tests.power.variants import VARIANTS

SHIFTS = [v for v in VARIANTS if v.kind == "shift"]
REFACTORED = list(refactored())
ELSEWHERE = {(commit.guard, commit.moves_bits): commit for commit, _ in reversed(REFACTORED)}
"""What the build runs again as on another machine: of each guard, refactors that keep bits and some that may not."""
RED = {Outcome.SHIFTED, Outcome.VIOLATED}


def named(variant: Variant) -> str:
    return f"{variant.guard}-{variant.id}"


@pytest.mark.parametrize("variant", SHIFTS, ids=named)
def test_a_shift_is_caught_at_its_stage(variant: Variant, checked: Checked) -> None:
    verdict = checked.verdict(variant)
    assert (verdict.outcome in RED, verdict.first_moved) == (True, variant.stage), told(verdict)
    assert hides(verdict) or not variant.hidden, told(verdict)


def again(commit: Variant, keeps: tuple[Variant, ...]) -> object:
    chosen = ELSEWHERE[commit.guard, commit.moves_bits] is commit
    return pytest.param(commit, keeps, marks=[pytest.mark.elsewhere] if chosen else [], id=named(commit))


@pytest.mark.parametrize(("commit", "keeps"), [again(*held) for held in REFACTORED])
def test_refactors_are_quiet(commit: Variant, keeps: tuple[Variant, ...], checked: Checked) -> None:
    # Refactors that were written apart may not run together; then each has to run alone.
    together = checked.verdict(commit).outcome is not Outcome.ERROR
    for variant in (commit,) if together else keeps:
        verdict = checked.verdict(variant)
        assert verdict.outcome is Outcome.MATCH, told(verdict)
        # Another order of summation may round alike on one machine; what keeps the bits keeps them on every machine.
        assert variant.moves_bits or not checked.moves_bits(variant)


def test_the_tables_are_wide_enough() -> None:
    assert len(SHIFTS) >= 200
    keeps = [v for _, held in REFACTORED for v in held]
    assert len(keeps) >= 140
    assert Counter(keeps) == Counter(v for v in VARIANTS if v.kind == "keep")
    assert sum(v.hidden for v in SHIFTS) >= 75
    assert max(Counter(v.operator for v in SHIFTS).values()) <= 8
    assert sum(v.moves_bits for v in keeps) * 2 >= len(keeps)
    assert len({(v.guard, v.id) for v in VARIANTS}) == len(VARIANTS)


def test_no_own_guard_has_a_tolerance_or_waiver_of_its_own() -> None:
    modules = sorted((ROOT / "tests" / "guards").glob("test_*.py"))
    guards = [guard for module in modules for guard in guard_classes(load_module(module, [str(ROOT)]))]
    assert len(guards) >= 21
    assert {v.guard for v in VARIANTS} == {guard.__name__ for guard in guards}
    for guard in guards:
        for option in ("allow", "waive", "floor", "internals"):
            assert getattr(guard, option) == getattr(Guard, option), guard.__name__


def hides(verdict: Verdict) -> bool:
    """Whether nothing that the main run gave for its own rows moved; boundaries are made from probes."""
    given = [f for f in verdict.moves() if f.run == MAIN and f.role == GATE and f.observation != "boundary"]
    return not given


def told(verdict: Verdict) -> str:
    moves = [say(f) for f in verdict.moves()[:3]]
    return f"{verdict.outcome}, first {verdict.first_run} {verdict.first_moved}: {verdict.problem or moves}"
