"""Ties excuse labels whose scores were tied, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from mlguard.core.compare import Comparison, compare
from mlguard.core.finding import Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.value import number, numbers
from mlguard.report.quiet import quiet

ROWS = ("a", "b", "c", "d")


def record(labels: list[int], accuracy: float = 0.75, **scores: list[float]) -> Record:
    columns = {"label": np.array(labels), **{name: np.array(values) for name, values in scores.items()}}
    predicted = [Observation("predict", f"test.{n}", numbers(v, rows=ROWS), column=n) for n, v in columns.items()]
    return Record("G", (*predicted, Observation("evaluate", "accuracy", number(accuracy))))


def said(golden: Record, new: Record, **rules: object) -> Comparison:
    return compare(golden, new, Rules(**rules))  # type: ignore[arg-type]


def test_a_label_between_two_equal_scores_is_a_tie_and_so_is_its_metric() -> None:
    scores = {"p0": [0.9, 0.4, 0.2, 0.1], "p1": [0.1, 0.4, 0.8, 0.9]}
    comparison = said(record([0, 0, 1, 1], **scores), record([0, 1, 1, 1], accuracy=1.0, **scores))
    assert comparison.outcome is Outcome.MATCH
    ties = [finding.observation for finding in comparison.findings if finding.kind is Kind.TIED]
    assert ties == ["test.label", "accuracy"]
    assert any("tied within the tolerance" in remark for remark in quiet(comparison.findings))


@pytest.mark.parametrize(
    ("score", "rules", "outcome"),
    [
        (0.5, {}, Outcome.MATCH),
        (0.3, {}, Outcome.SHIFTED),
        (0.3, {"thresholds": (0.3,)}, Outcome.MATCH),
        (0.3 + 1e-6, {"thresholds": (0.3,)}, Outcome.SHIFTED),
    ],
)
def test_a_label_next_to_a_threshold(score: float, rules: dict[str, object], outcome: Outcome) -> None:
    pushed = [0.1, float(np.nextafter(score, 0.0)), 0.8, 0.9]
    golden, new = record([0, 1, 1, 1], score=[0.1, score, 0.8, 0.9]), record([0, 0, 1, 1], score=pushed)
    assert said(golden, new, **rules).outcome is outcome


def test_a_label_that_turns_at_the_very_same_score_is_no_tie() -> None:
    scores = {"score": [0.1, 0.5, 0.8, 0.9]}
    assert said(record([0, 1, 1, 1], **scores), record([0, 0, 1, 1], **scores)).outcome is Outcome.SHIFTED


def test_labels_of_rows_with_equal_scores_may_change_places() -> None:
    scores = {"score": [3.0, 2.0, 2.0, 1.0]}
    assert said(record([7, 8, 9, 5], **scores), record([7, 9, 8, 5], **scores)).outcome is Outcome.MATCH
    assert said(record([7, 8, 9, 5], **scores), record([8, 7, 9, 5], **scores)).outcome is Outcome.SHIFTED


def test_a_tie_excuses_no_metric_where_something_else_moved() -> None:
    golden = record([0, 0, 1, 1], p0=[0.9, 0.4, 0.2, 0.1], p1=[0.1, 0.4, 0.8, 0.9])
    new = record([0, 1, 1, 1], accuracy=1.0, p0=[0.8, 0.4, 0.2, 0.1], p1=[0.1, 0.4, 0.8, 0.9])
    moved = {finding.observation for finding in said(golden, new).moves()}
    assert moved == {"test.p0", "accuracy"}


def test_a_metric_alone_is_never_a_tie() -> None:
    scores = {"p0": [0.9, 0.4, 0.2, 0.1], "p1": [0.1, 0.4, 0.8, 0.9]}
    assert said(record([0, 0, 1, 1], **scores), record([0, 0, 1, 1], accuracy=1.0, **scores)).outcome is Outcome.SHIFTED
