"""The simulation of many guards on many machines, where its answer is known."""

from __future__ import annotations

import pytest

from benchmarks.scale import Cluster, Cost, Parts, simulate


def parts(node: float = 2.0, command: float = 0.0, cold: float = 0.0, task: float = 0.0) -> Parts:
    """One kind of guard, whose answers are small."""
    return Parts((Cost("Line", node, command, 0),), cold, task)


@pytest.mark.parametrize(("machines", "slots", "seconds"), [(1, 1, 200), (1, 4, 50), (5, 2, 20), (1000, 1, 2)])
def test_guards_share_the_slots(machines: int, slots: int, seconds: float) -> None:
    found = simulate(parts(), 100, Cluster(machines, slots))
    assert found.seconds == pytest.approx(seconds)
    assert found.hours == pytest.approx(machines * seconds / 3600)
    assert found.slots == pytest.approx(200 / (seconds * machines * slots))


def test_a_task_and_a_first_one_cost_something_besides() -> None:
    assert simulate(parts(cold=3.0, task=0.5), 4, Cluster(1, 2)).seconds == pytest.approx(2 * 2.5 + 3)


def test_answers_wait_for_the_command() -> None:
    found = simulate(parts(node=2.0, command=1.0), 100, Cluster(100, 1))
    assert found.seconds == pytest.approx(102)
    assert found.command == pytest.approx(100 / 102)
    assert found.bound == "the command"


def test_several_commands_share_guards_and_slots() -> None:
    found = simulate(parts(node=2.0, command=1.0), 100, Cluster(100, 1, commands=10))
    assert found.seconds == pytest.approx(12)


def test_a_lost_machine_costs_its_run_once_more() -> None:
    calm, losing = (simulate(parts(), 500, Cluster(4, 2, lost=lost)) for lost in (0.0, 36.0))
    assert (calm.repeated, losing.repeated > 0) == (0, True)
    assert losing.seconds > calm.seconds
    assert losing == simulate(parts(), 500, Cluster(4, 2, lost=36.0))


def test_what_bounds_it_is_said() -> None:
    assert simulate(parts(), 100, Cluster(1, 4)).bound == "machines"
    assert simulate(parts(), 2, Cluster(100, 1)).bound == "the longest guards"
