"""Ties excuse answers that round-off alone turned, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.compare import Comparison, compare
from mlguard.core.finding import Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import PROBE, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN, RunName, Seed
from mlguard.core.value import Value, number, numbers, texts
from mlguard.report.quiet import quiet

BELOW = float(np.nextafter(0.5, 0.0))
"""What round-off makes of one half."""

SCORES = [0.1, 0.5, 0.8, 0.9]
PUSHED = [0.1, BELOW, 0.8, 0.9]
LABELS, TURNED = [0, 1, 1, 1], [0, 0, 1, 1]


def column(cells: Sequence[Any], rows: Sequence[str]) -> Value:
    array = np.array(cells)
    return texts(list(cells), rows=rows) if array.dtype.kind == "U" else numbers(array, rows=rows)


def answers(part: str = "test", *, run: RunName = MAIN, rows: Sequence[str] = (), **cells: Sequence[Any]) -> list[Any]:
    """One Observation per column; `__` in a name stands for a dot."""
    count = len(next(iter(cells.values())))
    names = rows or [f"r{i}" for i in range(count)]
    return [
        Observation("predict", f"{part}.{name}", column(own, names), column=name, run=run)
        for name, own in ((name.replace("__", "."), own) for name, own in cells.items())
    ]


def compared(golden: Sequence[Observation], new: Sequence[Observation], **rules: Any) -> Comparison:
    return compare(Record("G", tuple(golden)), Record("G", tuple(new)), Rules(**rules))


def outcome(golden: dict[str, Any], new: dict[str, Any], **rules: Any) -> Outcome:
    return compared(answers(**golden), answers(**new), **rules).outcome


def test_a_label_that_round_off_turned_is_told_as_a_tie() -> None:
    comparison = compared(answers(label=LABELS, p=SCORES), answers(label=TURNED, p=PUSHED))
    assert comparison.outcome is Outcome.MATCH
    assert [f.observation for f in comparison.findings if f.kind is Kind.TIED] == ["test.label"]
    assert any("tied within the tolerance" in remark for remark in quiet(comparison.findings))


def test_a_label_that_turns_at_the_very_same_score_is_no_tie() -> None:
    assert outcome({"label": LABELS, "p": SCORES}, {"label": TURNED, "p": SCORES}) is Outcome.SHIFTED
    elsewhere = [0.1 + 1e-17, 0.5, float(np.nextafter(0.8, 1)), 0.9]
    assert outcome({"label": LABELS, "p": SCORES}, {"label": TURNED, "p": elsewhere}) is Outcome.SHIFTED


def test_a_label_that_turns_against_its_score_is_no_tie() -> None:
    assert outcome({"label": TURNED, "p": PUSHED}, {"label": LABELS, "p": SCORES}) is Outcome.MATCH
    above = [0.1, float(np.nextafter(0.5, 1.0)), 0.8, 0.9]
    assert outcome({"label": LABELS, "p": SCORES}, {"label": TURNED, "p": above}) is Outcome.SHIFTED


def test_one_label_that_the_scores_do_not_explain_spoils_all() -> None:
    assert outcome({"label": LABELS, "p": SCORES}, {"label": [0, 0, 1, 0], "p": PUSHED}) is Outcome.SHIFTED
    odd, still_odd = [0, 1, 1, 0], [0, 0, 1, 0]
    assert outcome({"label": odd, "p": SCORES}, {"label": still_odd, "p": PUSHED}) is Outcome.SHIFTED


def test_the_decision_must_show_on_every_row_of_the_golden_the_other_parts_included() -> None:
    odd = answers("train", label=[1, 0], p=[0.2, 0.7])
    golden, new = answers(label=LABELS, p=SCORES), answers(label=TURNED, p=PUSHED)
    assert compared([*golden, *odd], [*new, *odd]).outcome is Outcome.SHIFTED
    even = answers("train", label=[0, 1], p=[0.2, 0.7])
    assert compared([*golden, *even], [*new, *even]).outcome is Outcome.MATCH


def test_other_rows_tell_which_label_stands_on_the_other_side() -> None:
    golden, new = answers(label=[1, 1], p=[0.5, 0.8]), answers(label=[0, 1], p=[BELOW, 0.8])
    both_sides = answers("train", label=[0, 1], p=[0.2, 0.7])
    assert compared(golden, new).outcome is Outcome.SHIFTED
    assert compared([*golden, *both_sides], [*new, *both_sides]).outcome is Outcome.MATCH


@pytest.mark.parametrize(
    ("turn", "thresholds", "wanted"),
    [
        (0.5, {}, Outcome.MATCH),
        (0.0, {}, Outcome.MATCH),
        (0.3, {}, Outcome.SHIFTED),
        (0.3, {"": 0.3}, Outcome.MATCH),
        (0.3, {"p": 0.3}, Outcome.MATCH),
        (0.3, {"label": 0.3}, Outcome.MATCH),
        (0.3, {"q": 0.3}, Outcome.SHIFTED),
        (0.3, {"": 0.300001}, Outcome.SHIFTED),
    ],
)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_thresholds_are_declared_or_zero_or_one_half(
    turn: float, thresholds: dict[str, float], wanted: Outcome, dtype: str
) -> None:
    kind = np.dtype(dtype).type
    scores = np.array([-0.2, turn, 0.8], kind)
    pushed = np.array([-0.2, np.nextafter(kind(turn), kind(-1)), 0.8], kind)
    golden, new = {"label": scores >= kind(turn), "p": scores}, {"label": pushed >= kind(turn), "p": pushed}
    assert outcome(golden, new, thresholds=thresholds) is wanted


def test_a_threshold_is_a_number_of_the_type_of_the_score() -> None:
    turn = np.float32(0.3)
    scores, pushed = np.array([-0.2, turn, 0.8], "f4"), np.array([-0.2, np.nextafter(turn, np.float32(1)), 0.8], "f4")
    golden, new = {"label": scores > turn, "p": scores}, {"label": pushed > turn, "p": pushed}
    assert outcome(golden, new, thresholds={"p": 0.3}) is Outcome.MATCH


@pytest.mark.parametrize("turn", ["strict", "inclusive"])
@pytest.mark.parametrize("spelled", [(0, 1), (False, True), ("no", "yes"), (0.0, 1.0), (1, 0), (7, -7)])
def test_labels_of_any_type_and_either_way_round(turn: str, spelled: tuple[Any, Any]) -> None:
    def of(scores: Sequence[float]) -> dict[str, Any]:
        over = [s > 0.5 if turn == "strict" else s >= 0.5 for s in scores]
        return {"label": [spelled[int(o)] for o in over], "p": scores}

    pushed = [0.1, BELOW if turn == "inclusive" else float(np.nextafter(0.5, 1)), 0.8, 0.9]
    assert outcome(of(SCORES), of(pushed)) is Outcome.MATCH
    assert outcome(of(SCORES), {**of(pushed), "p": SCORES}) is Outcome.SHIFTED


def test_the_other_comparison_at_the_threshold_is_no_tie_though_all_scores_moved() -> None:
    moved = [0.1 + 1e-17, 0.5, float(np.nextafter(0.8, 1)), float(np.nextafter(0.9, 1))]
    assert outcome({"label": LABELS, "p": SCORES}, {"label": [0, 0, 1, 1], "p": moved}) is Outcome.SHIFTED


def test_a_score_farther_from_the_threshold_than_its_limit_is_no_tie() -> None:
    far, near = {"label": TURNED, "p": [0.1, 0.5 - 1e-6, 0.8, 0.9]}, {"label": LABELS, "p": SCORES}
    for golden, new in ((far, near), (near, far)):
        moves = compared(answers(**golden), answers(**new)).moves()
        assert {finding.observation for finding in moves} == {"test.label", "test.p"}


class TestColumnsThatDecideNothing:
    """Scores that are near a threshold, or equal, for other reasons."""

    def test_a_confidence_that_is_the_larger_probability(self) -> None:
        p = np.array([0.1, 0.5, 0.8, 0.9])
        told = {"proba": p, "confidence": np.maximum(p, 1 - p)}
        moved = {"proba": p, "confidence": np.nextafter(told["confidence"], 2)}
        assert outcome({"label": LABELS, **told}, {"label": [0, 1, 0, 0], **told}) is Outcome.SHIFTED
        assert outcome({"label": LABELS, **told}, {"label": [0, 1, 0, 0], **moved}) is Outcome.SHIFTED

    def test_a_constant(self) -> None:
        told = {"proba": [0.1, 0.4, 0.8, 0.9], "horizon_days": [7.0] * 4}
        moved = {**told, "horizon_days": [float(np.nextafter(7.0, 8.0))] * 4}
        for new in (told, moved):
            assert outcome({"label": [0, 0, 1, 1], **told}, {"label": [0, 1, 0, 1], **new}) is Outcome.SHIFTED
            assert outcome({"label": [0, 0, 1, 1], **told}, {"label": [1, 1, 0, 0], **new}) is Outcome.SHIFTED

    def test_a_zero_that_moved(self) -> None:
        golden = {"label": [0, 0, 1, 1], "p": [0.1, 0.2, 0.8, 0.9], "residual": [0.0, 1e-17, -1e-17, 0.0]}
        new = {"label": [0, 1, 1, 1], "p": golden["p"], "residual": [1e-17, -1e-17, 1e-17, -1e-17]}
        assert outcome(golden, new) is Outcome.SHIFTED

    def test_no_scores_at_all(self) -> None:
        assert outcome({"label": LABELS}, {"label": TURNED}) is Outcome.SHIFTED

    def test_scores_of_another_run_or_part(self) -> None:
        golden = [*answers(label=LABELS), *answers("train", p=SCORES), *answers(run=Seed(1), p=SCORES)]
        new = [*answers(label=TURNED), *answers("train", p=PUSHED), *answers(run=Seed(1), p=PUSHED)]
        assert compared(golden, new).outcome is Outcome.SHIFTED


class TestSeveralScores:
    """The label belongs to the largest score."""

    MATRIX = ([0.6, 0.4, 0.0, 0.1], [0.3, 0.4, 0.1, 0.1], [0.1, 0.2, 0.9, 0.8])
    MOVED = ([0.6, 0.4, 0.0, 0.1], [0.3, float(np.nextafter(0.4, 1)), 0.1, 0.1], [0.1, 0.2, 0.9, 0.8])

    @pytest.mark.parametrize("labels", [(0, 1, 2), ("a", "b", "c"), (10, 20, 30)])
    def test_columns_of_a_matrix(self, labels: tuple[Any, ...]) -> None:
        golden = {f"proba__{i}": own for i, own in enumerate(self.MATRIX)}
        new = {f"proba__{i}": own for i, own in enumerate(self.MOVED)}
        one, two, three = labels
        other = answers("train", label=[one, two], proba__0=[0.7, 0.1], proba__1=[0.2, 0.8], proba__2=[0.1, 0.1])
        was, turned = [one, one, three, three], [one, two, three, three]
        assert compared([*answers(label=was, **golden), *other], [*answers(label=turned, **new), *other]).moves() == []
        still = [*answers(label=turned, **golden), *other]
        assert compared([*answers(label=was, **golden), *other], still).outcome is Outcome.SHIFTED
        third = [*answers(label=[one, three, three, three], **new), *other]
        assert compared([*answers(label=was, **golden), *other], third).outcome is Outcome.SHIFTED

    def test_columns_named_after_the_labels(self) -> None:
        p, pushed = np.array([0.1, 0.5, 0.8]), np.array([0.1, BELOW, 0.8])
        golden = {"label": ["b", "a", "a"], "proba_a": p, "proba_b": 1 - p}
        new = {"label": ["b", "b", "a"], "proba_a": pushed, "proba_b": 1 - pushed}
        assert outcome(golden, new) is Outcome.MATCH
        assert outcome(golden, {**golden, "label": new["label"]}) is Outcome.SHIFTED

    def test_three_columns_named_after_the_labels(self) -> None:
        named = [f"{name}_score" for name in ("low", "mid", "high")]
        golden = dict(zip(named, ([0.6, 0.4, 0.1], [0.3, 0.4, 0.2], [0.1, 0.2, 0.7]), strict=True))
        other = {**golden, "mid_score": [0.3, float(np.nextafter(0.4, 1)), 0.2]}
        known = answers("train", level=["mid"], low_score=[0.2], mid_score=[0.5], high_score=[0.3])
        was, turned = {"level": ["low", "low", "high"]}, {"level": ["low", "mid", "high"]}
        before = [*answers(**was, **golden), *known]
        assert compared(before, [*answers(**turned, **other), *known]).outcome is Outcome.MATCH
        assert compared(before, [*answers(**turned, **golden), *known]).outcome is Outcome.SHIFTED

    def test_a_label_of_several_classes(self) -> None:
        golden = {f"proba__{i}": own for i, own in enumerate(self.MATRIX)}
        new = {f"proba__{i}": own for i, own in enumerate(self.MOVED)}
        more = answers("train", urgent=[True], proba__0=[0.1], proba__1=[0.8], proba__2=[0.1])
        was, turned = [False, False, True, True], [False, True, True, True]
        assert compared([*answers(urgent=was, **golden), *more], [*answers(urgent=turned, **new), *more]).moves() == []

    def test_a_wide_matrix_that_stays_one_value(self) -> None:
        def of(best: Sequence[int], step: float) -> list[Observation]:
            matrix = np.full((3, 70), 0.1)
            matrix[[0, 1, 2], [4, 5, 4]] = 0.5
            matrix[2, 5] = 0.5 + step
            wide = Observation("predict", "test.p", numbers(matrix, rows=("r0", "r1", "r2")), column="p")
            return [*answers(label=best), wide]

        assert compared(of([4, 5, 4], 0.0), of([4, 5, 5], 1e-16)).outcome is Outcome.MATCH
        assert compared(of([4, 5, 4], 0.0), of([4, 5, 5], 0.0)).outcome is Outcome.SHIFTED

    def test_which_of_equal_scores_wins_is_behaviour(self) -> None:
        scores = {"p__0": [0.9, 0.4, 0.2], "p__1": [0.1, 0.4, 0.8]}
        assert outcome({"label": [0, 0, 1], **scores}, {"label": [0, 1, 1], **scores}) is Outcome.SHIFTED
        raised = {"p__0": [0.9, 0.4 + 1e-16, 0.2], "p__1": [0.1, 0.4 + 1e-16, 0.8]}
        assert outcome({"label": [0, 0, 1], **scores}, {"label": [0, 1, 1], **raised}) is Outcome.SHIFTED


def test_several_labels_follow_from_scores_of_their_own() -> None:
    golden = {"x": LABELS, "p_x": SCORES, "y": [1, 0, 0, 1], "p_y": [0.7, 0.2, 0.1, 0.6]}
    new = {**golden, "x": TURNED, "p_x": PUSHED}
    assert outcome(golden, new) is Outcome.MATCH
    assert outcome(golden, {**new, "y": [1, 0, 0, 0]}) is Outcome.SHIFTED


def test_a_second_column_that_follows_from_the_same_score() -> None:
    golden = {"label": LABELS, "price": [5.0, 9.0, 9.0, 9.0], "p": SCORES}
    assert outcome(golden, {"label": TURNED, "price": [5.0, 5.0, 9.0, 9.0], "p": PUSHED}) is Outcome.MATCH
    assert outcome(golden, {"label": TURNED, "price": [5.0, 7.0, 9.0, 9.0], "p": PUSHED}) is Outcome.SHIFTED


def test_a_row_without_a_score_is_excused_by_none() -> None:
    golden = {"label": [0, 1, 1, 0], "p": [0.1, 0.5, 0.8, math.nan]}
    assert outcome(golden, {"label": [0, 0, 1, 0], "p": [0.1, BELOW, 0.8, math.nan]}) is Outcome.MATCH
    assert outcome(golden, {"label": [0, 1, 1, 1], "p": golden["p"]}) is Outcome.SHIFTED
    assert outcome(golden, {"label": [0, 0, 1, 1], "p": [0.1, BELOW, 0.8, math.nan]}) is Outcome.SHIFTED


def test_labels_of_another_seed_and_of_probe_rows_are_held_to_the_same_rule() -> None:
    for made in (seeded, probed):
        assert compared(made(LABELS, SCORES), made(TURNED, PUSHED)).outcome is Outcome.MATCH
        assert compared(made(LABELS, SCORES), made(TURNED, SCORES)).outcome is Outcome.SHIFTED


def seeded(labels: Sequence[int], scores: Sequence[float]) -> list[Observation]:
    return answers(run=Seed(1), label=labels, p=scores)


def probed(labels: Sequence[int], scores: Sequence[float]) -> list[Observation]:
    rows = [f"minimum age #{i}" for i in range(len(labels))]
    told = [("status", texts(["answered"] * len(rows), rows=rows)), ("label", column(labels, rows))]
    parts = [*told, ("p", column(scores, rows))]
    return [
        Observation("predict", f"probes.{name}", value, role=PROBE, column=None if name == "status" else name)
        for name, value in parts
    ]


def test_a_tie_excuses_no_metric_by_itself() -> None:
    def of(labels: Sequence[int], scores: Sequence[float], accuracy: float) -> list[Observation]:
        return [*answers(label=labels, p=scores), Observation("evaluate", "accuracy", number(accuracy))]

    comparison = compared(of(LABELS, SCORES, 0.75), of(TURNED, PUSHED, 1.0))
    assert [finding.observation for finding in comparison.moves()] == ["accuracy"]


class TestRankings:
    """Several answers per user, in the order of their score."""

    USERS = ("u", "u", "u", "v", "v")
    RANKS = (1, 2, 3, 1, 2)
    NEAR = float(np.nextafter(0.7, 0))

    def of(self, items: str, scores: Sequence[float], **more: Any) -> list[Observation]:
        rows = [f"{user}|{rank}" for user, rank in zip(self.USERS, self.RANKS, strict=True)]
        return answers(rows=rows, user=self.USERS, rank=self.RANKS, item=list(items), score=scores, **more)

    def outcome(self, golden: list[Observation], new: list[Observation]) -> Outcome:
        return compared(golden, new, key=("user", "rank")).outcome

    def test_items_that_were_tied_change_places(self) -> None:
        golden = self.of("abcab", [0.7, self.NEAR, 0.2, 0.6, 0.5])
        assert self.outcome(golden, self.of("bacab", [0.7, 0.7, 0.2, 0.6, 0.5])) is Outcome.MATCH
        assert self.outcome(golden, self.of("bacab", [0.7, self.NEAR, 0.2, 0.6, 0.5])) is Outcome.MATCH

    def test_what_they_carry_goes_with_them(self) -> None:
        golden = self.of("abcab", [0.7, self.NEAR, 0.2, 0.6, 0.5], price=[5.0, 9.0, 1.0, 5.0, 9.0])
        with_them = self.of("bacab", [0.7, 0.7, 0.2, 0.6, 0.5], price=[9.0, 5.0, 1.0, 5.0, 9.0])
        other = self.of("bacab", [0.7, 0.7, 0.2, 0.6, 0.5], price=[9.0, 5.5, 1.0, 5.0, 9.0])
        assert self.outcome(golden, with_them) is Outcome.MATCH
        assert self.outcome(golden, other) is Outcome.SHIFTED

    @pytest.mark.parametrize(
        ("items", "scores"),
        [
            ("acbab", (0.7, NEAR, 0.2, 0.6, 0.5)),  # Not tied.
            ("cbaab", (0.7, NEAR, 0.2, 0.6, 0.5)),  # Around the one between.
            ("bacba", (0.7, 0.7, 0.2, 0.6, 0.5)),  # A swap too many.
            ("bdcab", (0.7, 0.7, 0.2, 0.6, 0.5)),  # Another item.
            ("bbcab", (0.7, 0.7, 0.2, 0.6, 0.5)),  # An item twice.
            ("bacab", (NEAR, 0.7, 0.2, 0.6, 0.5)),  # Not in the order of the scores.
            ("bacab", (0.7 - 3e-16, 0.7 + 3e-16, 0.2, 0.6, 0.5)),  # Nor here, and both moved.
        ],
    )
    def test_anything_else_is_a_move(self, items: str, scores: tuple[float, ...]) -> None:
        assert (
            self.outcome(self.of("abcab", [0.7, self.NEAR, 0.2, 0.6, 0.5]), self.of(items, scores)) is Outcome.SHIFTED
        )

    def test_both_sides_must_be_tied(self) -> None:
        far, near = [0.7, 0.5, 0.2, 0.6, 0.5], [0.7, self.NEAR, 0.2, 0.6, 0.5]
        for golden, new in (
            (self.of("abcab", far), self.of("bacab", near)),
            (self.of("bacab", near), self.of("abcab", far)),
        ):
            assert "test.item" in {
                finding.observation for finding in compared(golden, new, key=("user", "rank")).moves()
            }

    def test_how_equal_scores_are_ordered_is_behaviour(self) -> None:
        scores = [0.7, 0.7, 0.2, 0.6, 0.5]
        assert self.outcome(self.of("abcab", scores), self.of("bacab", scores)) is Outcome.SHIFTED

    def test_a_constant_orders_nothing(self) -> None:
        one, two = self.of("abcab", [7.0] * 5), self.of("bcaba", [7.0] * 5)
        assert self.outcome(one, two) is Outcome.SHIFTED
        scores = {"relevance": [0.9, 0.5, 0.1, 0.9, 0.5]}
        one, two = self.of("abcab", [7.0] * 5, **scores), self.of("bcaba", [7.0] * 5, **scores)
        assert self.outcome(one, two) is Outcome.SHIFTED

    def test_ranks_beside_the_items(self) -> None:
        def of(ranks: Sequence[int], scores: Sequence[float]) -> list[Observation]:
            rows = ["u|a", "u|b", "v|a", "v|b"]
            return answers(rows=rows, user=list("uuvv"), item=list("abab"), rank=ranks, score=scores)

        golden = of([1, 2, 2, 1], [0.7, self.NEAR, 0.2, 0.6])
        for key in (("user", "item"), ("item", "user")):
            swapped = of([2, 1, 2, 1], [self.NEAR, 0.7, 0.2, 0.6])
            assert compared(golden, swapped, key=key).outcome is Outcome.MATCH
            for ranks in ([2, 1, 2, 1], [2, 1, 1, 2], [3, 1, 2, 1], [1, 1, 2, 1]):
                assert compared(golden, of(ranks, [0.7, self.NEAR, 0.2, 0.6]), key=key).outcome is Outcome.SHIFTED

    def test_a_number_that_keeps_its_order_is_no_rank(self) -> None:
        golden = {"value": [1.0, 2.0, 3.0], "p": [0.1, 0.2, 0.3]}
        assert (
            outcome(golden, {"value": [1.0, 2.0, 4.0], "p": [0.1, 0.2, float(np.nextafter(0.3, 1))]}) is Outcome.SHIFTED
        )


STEP = 2.0**-52
"""Round-off of numbers of about one."""

PLAIN = (-math.pi / 4, math.e / 3)
"""Scores far from every threshold, which nobody has rounded."""

Decide = Callable[[float], bool]

DECIDED: dict[str, tuple[float, Decide]] = {
    "at least one half": (0.5, lambda s: s >= 0.5),
    "over one half": (0.5, lambda s: s > 0.5),
    "at least zero": (0.0, lambda s: s >= 0.0),
    "over zero": (0.0, lambda s: s > 0.0),
    "at least the declared": (0.3, lambda s: s >= 0.3),
    "over the declared": (0.3, lambda s: s > 0.3),
}

NEAR_OR_FAR = st.sampled_from(
    [own for turn, _ in DECIDED.values() for own in (turn, turn + STEP, turn - STEP, turn + 1e-6)]
    + [-0.7, 0.1, 0.9, 1.0]
).map(float)


@given(st.lists(NEAR_OR_FAR, min_size=4, max_size=8), st.sampled_from(sorted(DECIDED)), st.data())
def test_a_row_that_round_off_pushed_over_the_threshold_is_always_a_tie(
    scores: list[float], name: str, data: st.DataObject
) -> None:
    turn, decide = DECIDED[name]
    golden = [*scores, *PLAIN, turn]  # Both labels occur, and a row lies on the threshold itself.
    pushed = [s + data.draw(st.sampled_from([-STEP, 0.0, STEP])) for s in golden]
    of = {"label": [decide(s) for s in golden], "p": golden}
    new = {"label": [decide(s) for s in pushed], "p": pushed}
    moves = {f.observation for f in compared(answers(**of), answers(**new), thresholds={"": 0.3}).moves()}
    assert "test.label" not in moves or "test.p" in moves


@given(
    st.lists(
        st.tuples(NEAR_OR_FAR, NEAR_OR_FAR, st.booleans(), st.booleans(), st.integers(0, 5)), min_size=2, max_size=7
    ),
    st.sampled_from(sorted(DECIDED)),
)
def test_no_label_is_excused_that_a_plain_reading_of_the_rule_does_not_excuse(
    rows: list[tuple[float, float, bool, bool, int]], name: str
) -> None:
    _, decide = DECIDED[name]
    rows = [*rows, *((plain, plain, False, False, 0) for plain in PLAIN)]
    golden = [(decide(old) if odd < 5 else first, old) for old, _, first, _, odd in rows]
    new = [
        (decide(now) if odd < 4 else second, now)
        for now, second, odd in ((now if odd % 2 else old, second, odd) for old, now, _, second, odd in rows)
    ]
    columns = [{"label": [one for one, _ in side], "p": [two for _, two in side]} for side in (golden, new)]
    comparison = compared(answers(**columns[0]), answers(**columns[1]), thresholds={"": 0.3})
    excused = any(finding.kind is Kind.TIED for finding in comparison.findings)
    changed = [i for i in range(len(rows)) if golden[i][0] != new[i][0]]
    limit = 2.0**-26 * max(abs(old) for _, old in golden)
    plain = any(
        all(own is decided(score) for own, score in (*golden, *new))
        and len({own for own, _ in golden}) == 2
        and all(abs(side[i][1] - at) <= limit for side in (golden, new) for i in changed)
        and all(golden[i][1] != new[i][1] for i in changed)
        for at, way in DECIDED.values()
        for decided in (way, lambda score, way=way: not way(score))
    )
    assert excused == (bool(changed) and plain)
