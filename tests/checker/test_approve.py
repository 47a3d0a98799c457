"""What an accept writes: digits that held stay, what moved is summarised, signed shifts first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlguard.checker.approve import propose
from mlguard.core.compare import compare
from mlguard.core.record import Approval, Observation, Provenance, Record
from mlguard.core.tolerance import Tolerances
from mlguard.observe.leaf import to_value

NOW = Approval("2026-01-02T03:04:05Z", None, "why")
EARLIER = Approval("2025-01-02T03:04:05Z", "0123456789ab", "first")
SCORES = np.array([0.1, 0.5, 0.9])


def record(auc: float, scores: np.ndarray = SCORES, **facts) -> Record:
    rows = ("a", "b", "c")
    return Record(
        "Churn",
        (
            Observation("predict", "test.score", to_value(scores, rows=rows), column="score", file="predictions"),
            Observation("evaluate", "auc", to_value(auc)),
        ),
        **facts,
    )


def proposed(golden: Record | None, new: Record, tolerances: Tolerances | None = None):
    findings = () if golden is None else compare(golden, new).findings
    return propose(golden, new, tolerances or Tolerances(), findings, NOW)


def test_a_first_golden_says_how_much_it_holds_and_its_metrics():
    made = proposed(None, record(0.9369))
    assert made.changed
    assert made.summary == ("first golden: 2 observations", "auc 0.9369")
    assert made.record.approvals == (replace(NOW, summary=made.summary),)


def test_values_within_the_tolerance_keep_the_digits_of_the_golden():
    golden = record(0.9369, approvals=(EARLIER,))
    made = proposed(golden, record(0.9342, SCORES + 1e-15))
    scores, auc = made.record
    assert scores.value.data.tolist() == SCORES.tolist()
    assert auc.value.element(0) == 0.9342
    assert made.summary == ("auc 0.9369 -> 0.9342 (-0.0027)",)
    assert made.record.approvals == (replace(NOW, summary=made.summary), EARLIER)


def test_answers_are_summarised_with_sign_and_worst_row_after_the_metrics():
    golden = record(0.9369)
    made = proposed(golden, record(0.9342, SCORES - np.array([0.0, 0.1, 0.3])))
    assert made.summary == (
        "auc 0.9369 -> 0.9342 (-0.0027)",
        "test.score: 2 of 3 moved, -0.133 on average, worst c: 0.9 -> 0.6 (-0.3)",
    )


@pytest.mark.parametrize("nudge", [0.0, 1e-15])
def test_where_nothing_moved_nothing_changes(nudge: float):
    golden = record(0.9369, approvals=(EARLIER,))
    made = proposed(golden, record(0.9369 + nudge, SCORES + nudge))
    assert not made.changed
    assert made.record.approvals == (EARLIER,)


def test_other_sources_alone_are_recorded_and_leave_the_values():
    golden = record(0.9369, provenance=Provenance(sources={"a.py": "sha256:1"}))
    made = proposed(golden, record(0.9369, provenance=Provenance(sources={"a.py": "sha256:2"})))
    assert made.changed
    assert made.record.provenance.sources == {"a.py": "sha256:2"}


def test_a_changed_tolerance_is_part_of_the_approval():
    made = proposed(record(0.9), record(0.9), Tolerances(floor="noise", noise={"column score": 1e-12}))
    assert made.changed
    assert made.summary == (
        "tolerance floor solver of float64 -> noise of float64",
        "noise of column score: not measured -> 1e-12",
    )


def test_a_lost_observation_and_a_new_one_are_named():
    golden, new = record(0.9), record(0.9)
    made = proposed(
        golden, new.with_observations((*new.observations[:1], Observation("evaluate", "f1", to_value(0.5))))
    )
    assert made.summary == (
        "evaluate auc is in the golden and was not observed",
        "evaluate f1 = 0.5 is not in the golden",
    )
    assert [o.name for o in made.record] == ["test.score", "f1"]
