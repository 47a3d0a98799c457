"""A metric beside ties is computed again before it is excused; in the certificate, ties are no jumps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from mlguard.checker.noise import Noise
from mlguard.checker.ties import excuse_metrics
from mlguard.core.compare import compare
from mlguard.core.error import RunError
from mlguard.core.finding import Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import Observation, Record
from mlguard.core.requirement import parse_requirements
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN, RunName, Seed
from mlguard.core.tolerance import pool
from mlguard.core.value import number
from mlguard.observe.restored import Restored
from mlguard.runner.order import Change, Done
from tests.core.test_tie import LABELS, PUSHED, SCORES, TURNED, answers, probed


class Again:
    """Stands for a Runner: what `evaluate` returns for the golden's answers in the tied rows."""

    def __init__(self, accuracy: float | None) -> None:
        """`accuracy`: None where the run fails."""
        self.accuracy = accuracy
        self.changes: list[Change] = []

    def run(self, guard: object, *, change: Change, **_: Any) -> Done:
        self.changes.append(change)
        if self.accuracy is None:
            raise RunError("it raised", slug="guarded-code-raised")
        return Done(Record("G", (Observation("evaluate", "accuracy", number(self.accuracy)),)), "")


def seen(labels: Sequence[int], scores: Sequence[float], accuracy: float, run: RunName = MAIN) -> Record:
    metric = Observation("evaluate", "accuracy", number(accuracy), run=run)
    return Record("G", (*answers(run=run, label=labels, p=scores), metric))


def excused(golden: Record, new: Record, again: Again, **rules: Any) -> Outcome:
    return excuse_metrics(again, None, golden, compare(golden, new, Rules(**rules))).outcome  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("accuracy", "outcome"), [(0.75, Outcome.MATCH), (0.5, Outcome.SHIFTED), (None, Outcome.SHIFTED)]
)
@pytest.mark.parametrize(("run", "seeds"), [(MAIN, None), (Seed(4), (4,))])
def test_a_metric_is_excused_if_it_comes_back(
    accuracy: float | None, outcome: Outcome, run: RunName, seeds: tuple[int, ...] | None
) -> None:
    again = Again(accuracy)
    assert excused(seen(LABELS, SCORES, 0.75, run), seen(TURNED, PUSHED, 1.0, run), again) is outcome
    assert again.changes == [Change(answers=Restored({"label": {"r1": 1}}), seeds=seeds)]


def test_a_metric_that_moved_as_well_as_ties_is_told_as_tied() -> None:
    golden, new = seen(LABELS, SCORES, 0.75), seen(TURNED, PUSHED, 1.0)
    findings = excuse_metrics(Again(0.75), None, golden, compare(golden, new)).findings  # type: ignore[arg-type]
    assert [f.observation for f in findings if f.kind is Kind.TIED] == ["test.label", "accuracy"]


@pytest.mark.parametrize(
    ("new", "rules"),
    [
        pytest.param(seen(LABELS, SCORES, 1.0), {}, id="no tie"),
        pytest.param(seen(TURNED, SCORES, 1.0), {}, id="labels moved"),
        pytest.param(seen(TURNED, PUSHED, 0.75), {}, id="the metric did not move"),
        pytest.param(seen(TURNED, PUSHED, 1.0), {"requirements": parse_requirements({"accuracy": "< 1"})}, id="a gate"),
    ],
)
def test_nothing_is_run_where_it_would_change_nothing(new: Record, rules: dict[str, Any]) -> None:
    again = Again(0.75)
    golden = seen(LABELS, SCORES, 0.75)
    assert excused(golden, new, again, **rules) is compare(golden, new, Rules(**rules)).outcome
    assert again.changes == []


def noise(golden: Record, other: Record) -> Noise:
    found = Noise(Rules())
    found.add(golden, other, "another machine")
    return found


@pytest.mark.parametrize("run", [MAIN, Seed(1)])
def test_labels_that_another_machine_turns_are_ties_and_widen_no_metric(run: RunName) -> None:
    golden = seen(LABELS, SCORES, 0.75, run)
    found = noise(golden, seen(TURNED, PUSHED, 0.7501, run))
    assert (found.jumps, found.runs) == ([], set())
    assert pool(golden.observations[-1]) not in found.sizes
    assert found.sizes, "the scores themselves are measured"
    found = noise(golden, seen(TURNED, SCORES, 0.7501, run))
    assert found.jumps or found.runs, "a label that does not follow its score jumps"


def test_probe_rows_that_are_tied_are_not_left_out() -> None:
    golden = Record("G", tuple(probed(LABELS, SCORES)))
    assert noise(golden, Record("G", tuple(probed(TURNED, PUSHED)))).rows == {golden.observations[0].key: set()}
    turned = noise(golden, Record("G", tuple(probed(TURNED, SCORES)))).rows
    assert turned == {golden.observations[0].key: {"minimum age #1"}}
