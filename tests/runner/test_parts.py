"""A run that ends at its first move: what is run, what is not, and what is said of it."""

from __future__ import annotations

import pytest

from mlguard.checker.first_move import FirstMove
from mlguard.core.outcome import Outcome
from mlguard.core.rules import Rules
from mlguard.runner import child
from mlguard.runner.order import Done, Extent
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.project import CODE, Project

TRAINING = "def fit(rows, ridge=0.0):\n"
ANSWERING = "    return (model"
LATER = "def fit(rows, ridge=0.0, trained=[]):\n    trained.append(0)\n    ridge = float(len(trained) > 1)\n"
"""Code that keeps state between trainings: only the second one moves."""

OBSERVING = """\
import line
from mlguard import Guard


class Observing(Guard):
    dataset = "tiny"
    seeds = (0, 1)

    def observe(self, data, notes):
        notes.note("slope", line.fit(data["rows"])["slope"])
"""

AGAIN = {"seed 1", "later", "without levels", "refit"}
"""Every run of the guard that trains again."""


def ended(line: Project, **how: object) -> Done:
    """A run that ends at the first move."""
    return line.run(until=FirstMove(line.golden(), Rules()), **how)


@pytest.mark.parametrize(
    ("old", "new", "run", "left_out", "said"),
    [
        pytest.param(
            TRAINING,
            "def fit(rows, ridge=1.0):\n",
            {"main"},
            {"main/contracts", "main/probes", *AGAIN},
            "contracts, probes, seed 1, later and 2 more",
            id="the main run moves",
        ),
        pytest.param(
            ANSWERING,
            "    rows = rows.assign(x=rows['x'].clip(0, 6))\n" + ANSWERING,
            {"main"},
            AGAIN,
            "seed 1, later, without levels, refit",
            id="only a probe moves",
        ),
        pytest.param(
            TRAINING, LATER, {"main", "seed 1"}, AGAIN - {"seed 1"}, "later, without levels, refit", id="another seed"
        ),
    ],
)
def test_nothing_is_run_after_the_first_move(
    line: Project, old: str, new: str, run: set[str], left_out: set[str], said: str
):
    with line.editing(CODE, old, new):
        done = ended(line)
    assert {o.run for o in done.record} == run
    assert done.record.left_out == left_out
    assert done.ended_early
    assert done.record.remarks[-1] == f"ended at the first move; not run: {said}"
    loaded = any(o.name == "saved bundle" for o in done.record)
    assert loaded is ("main/contracts" not in left_out)


def test_a_run_that_ends_early_looks_inside_the_model_all_the_same(line: Project, monkeypatch: pytest.MonkeyPatch):
    looked: list[str] = []
    monkeypatch.setattr(child, "_look_inside", lambda main, path: looked.append(main.name))
    with (
        line.editing(CODE, TRAINING, "def fit(rows, ridge=1.0):\n"),
        Runner(load(line.root), in_process=True) as runner,
    ):
        done = runner.run(line.declared(), until=FirstMove(line.golden(), Rules()))
    assert (done.ended_early, looked) == (True, ["main"])


@pytest.mark.parametrize("extent", [Extent.FULL, Extent.QUICK, Extent.MAIN])
def test_where_nothing_moves_the_run_is_whole(line: Project, extent: Extent):
    done, whole = ended(line, extent=extent), line.run(extent=extent)
    assert not done.ended_early
    assert done.record.left_out == whole.record.left_out
    assert [o.key for o in done.record] == [o.key for o in whole.record]
    assert done.record.remarks == whole.record.remarks


def test_a_guard_that_observes_by_itself_ends_early_too(line: Project):
    observing = "tests/guards/test_observing.py"
    with line.also(observing, OBSERVING):
        assert line.regen("Observing", observing).proposal is not None
        with line.editing(CODE, TRAINING, "def fit(rows, ridge=1.0):\n"):
            seen = line.check("Observing", observing, fail_fast=True)
    assert seen.verdict.outcome is Outcome.SHIFTED
    assert seen.done is not None
    assert seen.done.record.left_out == {"main/contracts", "main/probes", "seed 1", "refit"}
