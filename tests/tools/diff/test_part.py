"""What is run to try an edit out: as little as shows the move."""

from __future__ import annotations

from mlguard.core.difference import Difference
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import CONTRACT, GATE, PROBE, Role
from mlguard.core.run_name import MAIN, RunName, Seed
from mlguard.runner.order import Extent
from mlguard.tools.diff.part import ALONE, Part


def moved(observation: str, role: Role, *, run: RunName = MAIN, rows: tuple[str, ...] = ()) -> Finding:
    return Finding(
        run, "predict", observation, role, Kind.MOVED, Outcome.SHIFTED, gates=True, difference=Difference(rows=rows)
    )


def test_a_stage_needs_the_main_run_alone() -> None:
    assert Part.of([moved("test.price", GATE), moved("probes.price", PROBE, rows=("minimum x #0",))]) == ALONE


def test_another_run_is_made_without_those_between() -> None:
    part = Part.of([moved("test.price", GATE, run=Seed(1))])
    assert (part.extent, part.runs, part.followed) == (Extent.CHOSEN, {"seed 1"}, {"seed 1"})


def test_of_probes_a_few_that_moved_are_followed() -> None:
    probes = moved("probes.price", PROBE, rows=("beside minimum x #1", "maximum x #0"))
    part = Part.of([probes, moved("single rows", CONTRACT)])
    assert (part.extent, part.followed) == (Extent.QUICK, {"main", "probes minimum x #1"})


def test_a_contract_is_followed_where_no_probe_moved() -> None:
    part = Part.of([moved("single rows", CONTRACT), moved("batches", CONTRACT)])
    assert part.followed == {"main", "contracts single rows"}
