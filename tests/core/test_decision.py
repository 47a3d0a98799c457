"""A decision is found where it shows on every row, and says which labels round-off alone turned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from mlguard.core.decision import UNDECIDED, Decision, Sides, decisions_of, tied_labels
from mlguard.core.value import Value, numbers, texts

BELOW = float(np.nextafter(0.5, 0.0))


def columns(**cells: Sequence[Any]) -> dict[str, Value]:
    """Answers by column; `__` in a name stands for a dot."""
    return {
        name.replace("__", "."): texts(list(own)) if isinstance(own[0], str) else numbers(np.array(own))
        for name, own in cells.items()
    }


def found(label: str, answers: Mapping[str, Value], new: Mapping[str, Value] | None = None, **thresholds: float):
    """The competitors of each decision by which the label follows from its scores."""
    sides = Sides(("r0", "r1", "r2"), answers, new or answers, {})
    return {decision.competitors for decision in decisions_of(label, sides, [answers], thresholds)}


def test_the_largest_column_of_a_matrix_decides() -> None:
    answers = columns(label=["b", "a", "b"], p__0=[0.2, 0.9, 0.3], p__1=[0.8, 0.1, 0.7])
    assert ("p.0", "p.1") in found("label", answers)


def test_columns_named_after_the_labels_decide_whatever_their_order() -> None:
    answers = columns(label=["b", "a", "b"], of_b=[3.0, 1.0, 2.0], of_a=[0.0, 2.0, 1.0])
    assert ("of_b", "of_a") in found("label", answers)
    wrong = columns(label=["b", "b", "b"], of_b=[3.0, 1.0, 2.0], of_a=[0.0, 2.0, 1.0])
    assert ("of_b", "of_a") not in found("label", wrong)


def test_truth_may_be_spelled_as_a_number_in_a_name() -> None:
    answers = columns(label=[True, False, True], p_1=[0.8, 0.3, 0.6], p_0=[0.2, 0.7, 0.4])
    assert ("p_1", "p_0") in found("label", answers)


def test_a_threshold_decides_only_where_it_was_declared_or_is_usual() -> None:
    answers = columns(label=[0, 1, 1], score=[0.1, 0.3, 0.8])
    assert found("label", answers) == set()
    assert found("label", answers, score=0.3) == {(0.3, "score")}
    assert found("label", answers, other=0.3) == set()


def test_a_decision_must_hold_for_the_new_answers_too() -> None:
    golden, against = columns(label=[0, 1, 1], score=[0.1, 0.6, 0.8]), columns(label=[0, 1, 0], score=[0.1, 0.6, 0.8])
    assert found("label", golden) == {(0.5, "score")}
    assert found("label", golden, against) == set()


@pytest.mark.parametrize(("last", "winner"), [(True, 1), (False, 0)])
def test_of_equal_scores_the_last_or_the_first_wins(last: bool, winner: int) -> None:
    assert Decision((0.5, "p"), last).winners(columns(p=[0.5])).tolist() == [winner]


def test_no_label_wins_where_a_score_is_no_number() -> None:
    decision, answers = Decision((0.5, "p"), True), columns(p=[np.nan, 0.9])
    assert decision.winners(answers).tolist() == [UNDECIDED, 1]
    assert not decision.as_good(answers, {"p": np.ones(2)})[0].any()


@pytest.mark.parametrize(
    ("before", "after", "limit", "tied"),
    [(0.5, BELOW, 1e-12, True), (0.5, BELOW, 0.0, False), (0.7, BELOW, 1e-12, False), (0.5, 0.3, 1e-12, False)],
)
def test_a_label_is_tied_where_both_sides_lie_within_the_limit(
    before: float, after: float, limit: float, tied: bool
) -> None:
    golden, new = columns(label=[1, 1], p=[before, 0.9]), columns(label=[0, 1], p=[after, 0.9])
    sides = Sides(("r0", "r1"), golden, new, {"p": np.full(2, limit)})
    assert tied_labels("label", sides, [Decision((0.5, "p"), True)]).tolist() == [tied, False]
