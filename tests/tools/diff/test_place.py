"""What is followed to find the place of a move: as little as may show it, before everything."""

from __future__ import annotations

from mlguard.core.difference import Difference
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import CONTRACT, GATE, PROBE, Role
from mlguard.core.run_name import MAIN, RunName, Seed
from mlguard.core.verdict import Verdict
from mlguard.runner.order import Extent
from mlguard.tools.diff.place import Following


def moved(observation: str, role: Role, *, run: RunName = MAIN, rows: tuple[str, ...] = ()) -> Finding:
    return Finding(
        run, "predict", observation, role, Kind.MOVED, Outcome.SHIFTED, gates=True, difference=Difference(rows=rows)
    )


def followings(*findings: Finding) -> list[tuple[Extent, set[str]]]:
    verdict = Verdict("Line", Outcome.SHIFTED, findings=findings, first_run=findings[0].run)
    return [(following.extent, set(following.runs)) for following in Following.of(verdict)]


def test_a_stage_needs_the_main_run_alone() -> None:
    found = followings(moved("test.price", GATE), moved("probes.price", PROBE, rows=("minimum x #0",)))
    assert found == [(Extent.MAIN, {"main"})]


def test_another_run_is_tried_without_what_comes_between() -> None:
    found = followings(moved("test.price", GATE, run=Seed(1)))
    assert found == [(Extent.FOLLOWED, {"seed 1"}), (Extent.FULL, {"seed 1"})]


def test_of_probes_a_few_that_moved_are_followed_first() -> None:
    probes = moved("probes.price", PROBE, rows=("beside minimum x #1", "maximum x #0"))
    found = followings(probes, moved("single rows", CONTRACT))
    assert found == [(Extent.QUICK, {"main", "probes minimum x #1"}), (Extent.QUICK, {"main", "probes", "contracts"})]


def test_a_contract_is_followed_where_no_probe_moved() -> None:
    found = followings(moved("single rows", CONTRACT), moved("batches", CONTRACT))
    assert found[0] == (Extent.QUICK, {"main", "contracts single rows"})
