from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.compare import Comparison, compare
from mlguard.core.finding import Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import EVIDENCE, INTERNAL, PROBE, STAGES, ConfigurationFacts, Observation, Provenance, Record
from mlguard.core.requirement import parse_requirements
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN, REFIT, Seed, run_name
from mlguard.core.tolerance import Tolerances
from mlguard.core.value import numbers, texts
from mlguard.report.quiet import quiet
from mlguard.report.sentence import say
from tests.core.records import against, contract, effect, floats, found, gave, proba, probed, record, seen
from tests.properties import examples

ACCURACY = seen("evaluate", "accuracy", 0.875)
COEF = seen("train", "coef_", floats(1.0, 2.0, 3.0), role=INTERNAL)


def only(observation: Observation, *others: Observation, **rules: object) -> Outcome:
    return against([observation], others or [observation], **rules).outcome


OBSERVATIONS = st.builds(
    Observation,
    stage=st.sampled_from(STAGES[:-1]),
    name=st.sampled_from(["a", "b", "c", "probes.status"]),
    value=st.one_of(
        st.lists(st.floats(), max_size=4).map(lambda v: numbers(np.array(v, dtype=float))),
        st.lists(st.text(max_size=3), max_size=3).map(texts),
        st.lists(st.booleans(), max_size=3).map(lambda v: numbers(np.array(v, dtype=bool))),
    ),
    role=st.sampled_from(["gate", INTERNAL, EVIDENCE]),
    run=st.sampled_from([MAIN, Seed(1), REFIT]),
)


def drawn_from(stage: str, *tasks: str) -> Observation:
    """What a seed is drawn from, as a base class shows it."""
    return seen(stage, "model.(identity)", "\n".join(tasks), role=INTERNAL)


def test_a_seed_drawn_from_something_else_is_the_reason_for_a_move_and_none_by_itself() -> None:
    early, late = drawn_from("split", "Split() of Clean"), drawn_from("train", "Train() of Split", "Split() of Clean")
    renamed = [drawn_from("split", "Split() of Tidy"), drawn_from("train", "Train() of Split", "Split() of Tidy")]
    still = against([early, late, ACCURACY], [*renamed, ACCURACY])
    assert (still.outcome, still.first) == (Outcome.MATCH, None)
    moved = against(
        [early, late, COEF, ACCURACY],
        [*renamed, replace(COEF, value=floats(1.0, 2.0, 4.0)), seen("evaluate", "accuracy", 0.5)],
    )
    assert moved.first is not None
    assert (moved.first.stage, moved.first.observation) == ("train", "coef_")
    (seed,) = (f for f in moved.findings if f.stage == "train" and f.observation == "model.(identity)")
    why = "the seed of `model` changed, because the task's identity changed: 'Split() of Clean' -> 'Split() of Tidy'"
    assert say(seed) == f"train: {why}"


@pytest.mark.parametrize(
    ("golden", "new", "what"),
    [
        (("A() of B", "B()"), ("A() of B", "B() of C", "C()"), "'B()' -> 'B() of C'"),
        (("A() of B", "B()"), ("A() of B", "B()", "C()"), "'' -> 'C()'"),
        (("A() of B", "B()"), ("A() of B",), "'B()' -> ''"),
    ],
)
def test_the_first_task_that_is_another_is_named(golden: Sequence[str], new: Sequence[str], what: str) -> None:
    comparison = against([drawn_from("train", *golden), ACCURACY], [drawn_from("train", *new), ACCURACY])
    (seed,) = (f for f in comparison.findings if f.role == INTERNAL)
    assert say(seed).endswith(f"because the task's identity changed: {what}")


def told(comparison: Comparison) -> tuple[str, ...]:
    return tuple(quiet(comparison.findings))


@examples(40)
@given(st.lists(OBSERVATIONS, unique_by=lambda o: o.key, max_size=8), st.booleans())
def test_a_record_is_always_its_own_match(observations: list[Observation], gate: bool) -> None:
    own = record(seen("predict", "x", 1.0), *observations)
    comparison = compare(own, own, Rules(gate_internals=gate))
    assert comparison.outcome is Outcome.MATCH
    assert all(f.outcome is Outcome.MATCH and f.difference.exact for f in comparison.findings)
    assert told(comparison) == ()


def test_a_record_with_everything_in_it_is_its_own_match() -> None:
    everything = [
        proba(0.1, 0.9),
        ACCURACY,
        COEF,
        *probed(["answered", "raised KeyError"], floats(0.5, np.nan)),
        *contract("batches", "differs", gave("batches", "proba", floats(0.3, 0.9, rows=("r0", "r1")))),
        *contract("column order", "not applicable: no table"),
        *contract("single rows", "raised ValueError: no"),
        effect("C", 0.5),
    ]
    comparison = against(everything, everything)
    assert comparison.outcome is Outcome.MATCH
    assert comparison.moves() == []
    assert all(f.difference.exact for f in comparison.findings)


def test_a_move_is_shifted_and_round_off_is_not() -> None:
    assert only(proba(0.1, 0.9), proba(0.1, 0.9 + 1e-6)) is Outcome.SHIFTED
    comparison = against([proba(0.1, 0.9)], [proba(0.1, 0.9 + 1e-15)])
    assert comparison.outcome is Outcome.MATCH
    assert told(comparison) == (
        "1 observation moved in the last digits; nearest to its limit: predict test.proba by 1e-15 (limit 1.3e-14)",
    )


def test_a_move_between_noise_and_floor_passes_in_one_line() -> None:
    golden = replace(record(proba(1 / 9, 8 / 9)), tolerances=Tolerances(noise={"column proba": 1e-16}))
    comparison = compare(golden, record(proba(1 / 9, 8 / 9 + 1e-10)))
    assert comparison.outcome is Outcome.MATCH
    assert told(comparison) == (
        "1 observation moved by more than the measured noise, within the minimum tolerance; "
        "nearest to its limit: predict test.proba by 1e-10 (limit 1.2e-08)",
    )


def test_measured_noise_widens_the_limit_of_its_own_run() -> None:
    noise = {"column proba": 1e-6, "seed 1: column proba": 1e-7}
    golden = record(proba(1 / 9, 8 / 9), proba(2 / 9, 7 / 9, run="seed 1"))
    golden = replace(golden, tolerances=Tolerances(noise=noise))
    for main, seed, expected in ((5e-5, 1e-6, Outcome.MATCH), (2e-4, 0, Outcome.SHIFTED), (0, 5e-5, Outcome.SHIFTED)):
        new = record(proba(1 / 9, 8 / 9 + main), proba(2 / 9, 7 / 9 + seed, run="seed 1"))
        assert compare(golden, new).outcome is expected


def test_nothing_compared_is_never_a_match() -> None:
    assert against([], []).outcome is Outcome.MISSING
    assert against([COEF], [COEF]).outcome is Outcome.MISSING
    assert only(ACCURACY, waive={"*": "not now"}) is Outcome.MISSING
    assert against(contract("row index", "not applicable: x"), contract("row index", "not applicable: x")).outcome is (
        Outcome.MISSING
    )
    assert against(probed(["raised E"], None), probed(["raised E"], None)).outcome is Outcome.MISSING


@pytest.mark.parametrize("one", [ACCURACY, proba(0.5, run="seed 2"), *contract("batches", "same"), effect("C", 0.1)])
def test_a_lost_one_is_shifted_and_an_added_one_is_missing(one: Observation) -> None:
    keep = [proba(0.1), effect("C", 0.1, "train")]
    lost, added = against([*keep, one], keep), against(keep, [*keep, one])
    assert (lost.outcome, say(lost.first)) == (Outcome.SHIFTED, f"{one.label} is in the golden and was not observed")
    assert (added.outcome, added.first.label, added.first.kind) == (Outcome.MISSING, one.label, Kind.NEW)


def test_an_observation_that_changes_sides_is_no_pass() -> None:
    inside = replace(ACCURACY, role=INTERNAL)
    assert against([proba(0.1), ACCURACY], [proba(0.1), inside]).outcome is Outcome.SHIFTED
    assert against([proba(0.1), inside], [proba(0.1), ACCURACY]).outcome is Outcome.MISSING


def test_evidence_decides_nothing_whatever_happens_to_it() -> None:
    golden = seen("predict", "evidence.status", "raised E", role=EVIDENCE)
    assert against([ACCURACY, golden], [ACCURACY]).outcome is Outcome.MATCH
    assert against([ACCURACY, golden], [ACCURACY, replace(golden, value=texts(["x"]))]).outcome is Outcome.MATCH


def test_an_allowed_dtype_may_change_and_its_values_may_not() -> None:
    narrow = replace(ACCURACY, value=numbers(np.float32([0.875])[0:1].reshape(())))
    allow = {"acc*": "float32 is enough"}
    assert only(ACCURACY, narrow) is Outcome.SHIFTED
    assert only(ACCURACY, narrow, allow=allow) is Outcome.MATCH
    assert only(ACCURACY, replace(narrow, value=numbers(np.float32(0.5))), allow=allow) is Outcome.SHIFTED
    assert only(proba(0.5, 0.5), seen("predict", "test.proba", floats(0.5)), allow={"*": "x"}) is Outcome.SHIFTED


@pytest.mark.parametrize("name", ["sims[0]", "sims*", "predict sims[[]0]", "seed 1: predict sims[0]"])
def test_what_is_waived_does_not_decide_and_is_said_with_its_reason(name: str) -> None:
    golden = [ACCURACY, seen("predict", "sims[0]", 1.0, run="seed 1")]
    new = [ACCURACY, seen("predict", "sims[0]", 2.0, run="seed 1")]
    assert against(golden, new).outcome is Outcome.SHIFTED
    comparison = against(golden, new, waive={name: "a random search"})
    assert comparison.outcome is Outcome.MATCH
    assert told(comparison)[0].startswith("waived (a random search): seed 1: predict sims[0]: ")


def test_what_was_left_out_on_purpose_is_not_missing() -> None:
    golden = record(ACCURACY, proba(0.5, run="seed 1"), *contract("batches", "same"), COEF)
    new = record(ACCURACY, COEF)
    assert compare(golden, new).outcome is Outcome.SHIFTED
    left = frozenset({"seed 1", "main/contracts"})
    assert compare(golden, new, left_out=left).outcome is Outcome.MATCH
    assert compare(new, golden, left_out=left).outcome is Outcome.MATCH
    assert compare(golden, new, left_out=frozenset({"main", "seed 1"})).outcome is Outcome.MISSING


class TestInternals:
    def test_they_never_fail_a_refactor_and_are_said_in_one_line(self) -> None:
        comparison = against([ACCURACY, COEF], [ACCURACY, replace(COEF, value=floats(1.0, 2.0, 4.0))])
        assert comparison.outcome is Outcome.MATCH
        assert comparison.first is None
        assert told(comparison) == (
            "predictions are unchanged; a learned parameter or other internal changed, first train coef_",
        )

    @pytest.mark.parametrize("new", [[], [replace(COEF, value=floats(1.0, 2.0))]])
    def test_they_may_come_and_go(self, new: list[Observation]) -> None:
        assert told(against([ACCURACY, COEF], [ACCURACY, *new])) == ()
        assert against([ACCURACY, *new], [ACCURACY, COEF]).outcome is Outcome.MATCH

    def test_a_renamed_one_is_known_by_its_content(self) -> None:
        renamed = replace(COEF, name="weights")
        comparison = against([ACCURACY, COEF], [ACCURACY, renamed], gate_internals=True)
        assert comparison.outcome is Outcome.MATCH
        assert [f.observation for f in comparison.findings if f.role == INTERNAL] == ["coef_"]

    @pytest.mark.parametrize(
        ("golden", "new", "outcome"),
        [
            ([COEF], [replace(COEF, value=floats(1, 2, 4))], Outcome.SHIFTED),
            ([COEF], [replace(COEF, value=floats(1, 2))], Outcome.SHIFTED),
            ([COEF], [], Outcome.SHIFTED),
            ([], [COEF], Outcome.MISSING),
        ],
    )
    def test_they_gate_where_the_guard_says_so(
        self, golden: list[Observation], new: list[Observation], outcome: Outcome
    ) -> None:
        assert against([ACCURACY, *golden], [ACCURACY, *new], gate_internals=True).outcome is outcome

    def test_they_name_the_place_once_something_gates(self) -> None:
        moved = replace(COEF, value=floats(1.0, 2.0, 4.0))
        comparison = against([proba(0.1), COEF], [proba(0.2), moved])
        assert (comparison.first.stage, comparison.first.observation) == ("train", "coef_")

    def test_they_do_not_speak_for_another_run(self) -> None:
        golden = [proba(0.1), proba(0.1, run="seed 1"), COEF]
        new = [proba(0.1), proba(0.2, run="seed 1"), replace(COEF, value=floats(1.0, 2.0, 4.0))]
        first = against(golden, new).first
        assert (first.run, first.stage) == ("seed 1", "predict")


def test_the_main_run_comes_before_the_others_and_stages_in_order() -> None:
    golden = [ACCURACY, proba(0.1), proba(0.1, run="seed 1"), seen("split", "rows", 3, run="seed 1")]
    new = [
        seen("evaluate", "accuracy", 0.5),
        proba(0.2),
        proba(0.2, run="seed 1"),
        seen("split", "rows", 4, run="seed 1"),
    ]
    comparison = against(golden, new)
    assert [(m.run, m.stage) for m in comparison.moves()] == [
        ("main", "predict"),
        ("main", "evaluate"),
        ("seed 1", "split"),
        ("seed 1", "predict"),
    ]
    assert (comparison.first.run, comparison.first.stage) == ("main", "predict")


def magnified(statuses: Sequence[str], finite: Sequence[str]) -> list[Observation]:
    rows = [f"x10 #{i}" for i in range(len(statuses))]
    columns = {"status": statuses, "finite": finite}
    return [Observation("predict", f"magnitudes.{c}", texts(v, rows=rows), role=PROBE) for c, v in columns.items()]


def degenerate(statuses: Sequence[str], **metrics: tuple[float, ...]) -> list[Observation]:
    rows = ["one row", "only a true"]
    values = {"status": texts(statuses, rows=rows), **{name: floats(*v, rows=rows) for name, v in metrics.items()}}
    return [Observation("evaluate", f"degenerate.{name}", value, role=PROBE) for name, value in values.items()]


class TestProbes:
    def test_they_decide_where_the_golden_answers(self) -> None:
        golden = probed(["answered", "answered"], floats(0.5, 0.6))
        assert against(golden, probed(["answered", "answered"], floats(0.5, 0.6))).outcome is Outcome.MATCH
        assert against(golden, probed(["answered", "answered"], floats(0.5, 0.7))).outcome is Outcome.SHIFTED
        assert against(golden, probed(["answered", "answered"], floats(0.5, np.nan))).outcome is Outcome.SHIFTED

    def test_what_was_never_answered_is_evidence(self) -> None:
        golden = probed(["answered", "raised KeyError"], floats(0.5, np.nan))
        assert against(golden, probed(["answered", "answered"], floats(0.5, 0.7))).outcome is Outcome.MATCH
        golden = probed(["answered", "answered"], floats(0.5, np.nan))
        assert against(golden, probed(["answered", "answered"], floats(0.5, 0.7))).outcome is Outcome.MATCH
        assert against(golden, probed(["answered", "raised E"], floats(0.5, np.nan))).outcome is Outcome.MATCH

    def test_large_numbers_that_stop_being_finite_are_a_shift_and_their_values_are_none(self) -> None:
        golden = magnified(["answered", "answered"], ["finite", "not finite"])
        assert against(golden, golden).outcome is Outcome.MATCH
        moved = against(golden, magnified(["answered", "answered"], ["not finite", "not finite"])).moves()
        assert [(m.observation, m.difference.rows) for m in moved] == [("magnitudes.finite", ("x10 #0",))]
        assert against(golden, magnified(["answered", "answered"], ["finite", "finite"])).outcome is Outcome.MATCH

    def test_large_numbers_that_raise_are_told_once_finite_or_not(self) -> None:
        golden = magnified(["answered", "answered"], ["finite", "not finite"])
        moved = against(golden, magnified(["raised E", "raised E"], ["not finite", "not finite"])).moves()
        assert [(m.observation, m.difference.moved) for m in moved] == [("magnitudes.status", 2)]

    def test_a_golden_that_does_not_know_whether_they_are_finite_matches(self) -> None:
        known = magnified(["answered", "answered"], ["not finite", "finite"])
        assert against(known[:1], known).outcome is Outcome.MATCH

    def test_each_metric_of_degenerate_input_decides_where_it_is_finite(self) -> None:
        golden = degenerate(["answered", "answered"], f1=(0.5, 0.6), auc=(np.nan, 0.7))
        assert against(golden, degenerate(["answered"] * 2, f1=(0.5, 0.6), auc=(0.1, 0.7))).outcome is Outcome.MATCH
        moved = against(golden, degenerate(["answered"] * 2, f1=(0.4, 0.6), auc=(0.1, 0.7))).moves()
        assert [(m.stage, m.observation, m.difference.rows) for m in moved] == [
            ("evaluate", "degenerate.f1", ("one row",))
        ]

    def test_degenerate_input_may_raise_where_no_metric_was_finite(self) -> None:
        golden = degenerate(["answered", "answered"], auc=(np.nan, 0.7))
        raised = degenerate(["raised E", "answered"], auc=(np.nan, 0.7))
        assert against(golden, raised).outcome is Outcome.MATCH
        assert against(golden, degenerate(["answered", "raised E"], auc=(0.1, np.nan))).outcome is Outcome.SHIFTED
        assert against(raised, golden).outcome is Outcome.MATCH

    def test_raising_where_the_golden_answered_is_a_shift_that_names_the_row(self) -> None:
        golden = probed(["answered", "answered"], floats(0.5, 0.6))
        first = against(golden, probed(["answered", "raised KeyError"], floats(0.5, np.nan))).first
        assert (first.outcome, first.difference.rows) == (Outcome.SHIFTED, ("unseen city #1",))
        assert (first.difference.worst[0].golden, first.difference.worst[0].new) == ("answered", "raised KeyError")

    def test_losing_rows_answers_or_all_of_them_is_a_shift(self) -> None:
        golden = probed(["answered", "answered"], floats(0.5, 0.6))
        for new in (probed(["answered"], floats(0.5)), probed(["answered", "answered"], None), [ACCURACY]):
            assert against([ACCURACY, *golden], [ACCURACY, *new]).outcome is Outcome.SHIFTED

    def test_magnitudes_gate_on_being_answered_only(self) -> None:
        golden = probed(["answered", "raised E"], None, part="magnitudes")
        assert against(golden, probed(["answered", "answered"], None, part="magnitudes")).outcome is Outcome.MATCH
        assert against(golden, probed(["raised E", "raised E"], None, part="magnitudes")).outcome is Outcome.SHIFTED

    def test_one_row_can_be_waived(self) -> None:
        golden = probed(["answered", "answered"], floats(0.5, 0.6))
        new = probed(["answered", "answered"], floats(0.5, 0.7))
        assert against(golden, new, waive={"unseen city #1": "new fallback"}).outcome is Outcome.MATCH
        assert against(golden, new, waive={"unseen city #0": "new fallback"}).outcome is Outcome.SHIFTED

    def test_who_waives_a_metric_waives_it_for_degenerate_input(self) -> None:
        rows = ("one row", "first answer only")
        status = Observation("evaluate", "degenerate.status", texts(["answered"] * 2, rows=rows), role=PROBE)
        golden, new = (Observation("evaluate", "degenerate.loss", floats(x, x, rows=rows), role=PROBE) for x in (1, 2))
        raised = replace(status, value=texts(["answered", "raised E"], rows=rows))
        assert against([status, golden], [status, new]).outcome is Outcome.SHIFTED
        assert against([status, golden], [status, new], waive={"loss": "drawn by chance"}).moves() == []
        assert against([status, golden], [raised, golden], waive={"loss": "by chance"}).outcome is Outcome.SHIFTED
        assert against([status, golden], [status, new], waive={"proba": "by chance"}).outcome is Outcome.SHIFTED

    def test_whole_answers_stay_themselves_beside_rows_without_one(self) -> None:
        golden = probed(["answered", "raised E"], numbers(np.array([1.0, np.nan])))
        assert against(golden, probed(["answered", "answered"], numbers(np.array([1, 0])))).outcome is Outcome.MATCH


MAIN_RUN = [proba(0.1, 0.9)]
OTHER = floats(0.3, 0.9, rows=("r0", "r1"))


class TestContracts:
    def judged(self, golden: list[Observation], new: list[Observation], **rules: object) -> Outcome:
        return against([*MAIN_RUN, *golden], [*MAIN_RUN, *new], **rules).outcome

    def test_one_that_held_and_no_longer_does_is_violated(self) -> None:
        broken = contract("batches", "differs", gave("batches", "proba", OTHER))
        comparison = against([*MAIN_RUN, *contract("batches", "same")], [*MAIN_RUN, *broken])
        assert comparison.outcome is Outcome.VIOLATED
        assert say(comparison.first) == (
            "batches: no longer holds: test.proba: 1 of 2 moved, at most 0.2 (limit 1.42e-15)"
        )

    @pytest.mark.parametrize("status", ["raised KeyError: 'x'", "differs", "not applicable"])
    def test_an_exception_breaks_it_and_so_do_lost_values_and_it_cannot_slip_away(self, status: str) -> None:
        expected = Outcome.SHIFTED if status == "not applicable" else Outcome.VIOLATED
        assert self.judged(contract("batches", "same"), contract("batches", status)) is expected

    def test_an_exception_is_told_with_its_words(self) -> None:
        broken = contract("batches", "raised KeyError: 'x'")
        first = against([*MAIN_RUN, *contract("batches", "same")], [*MAIN_RUN, *broken]).first
        assert say(first) == "batches: no longer holds: raised KeyError: 'x'"

    @pytest.mark.parametrize(
        ("now", "waive", "expected"),
        [
            ("raised KeyError: 'x'", {}, Outcome.VIOLATED),
            ("raised KeyError: 'x'", {"saved bundle": "it is never served"}, Outcome.SHIFTED),
            ("same", {}, Outcome.SHIFTED),
            ("not applicable: the guard observes by itself", {}, Outcome.SHIFTED),
        ],
    )
    def test_a_bundle_that_raises_was_not_asked_about_probe_rows(
        self, now: str, waive: dict[str, str], expected: Outcome
    ) -> None:
        golden = [*contract("saved bundle", "same"), *contract("saved bundle, probe rows", "same")]
        comparison = against([*MAIN_RUN, *golden], [*MAIN_RUN, *contract("saved bundle", now)], waive=waive)
        assert comparison.outcome is expected
        assert len(comparison.moves()) == (2 if now.startswith("not") else 1)

    def test_round_off_breaks_nothing(self) -> None:
        near = gave("batches", "proba", floats(0.1, 0.9 + 1e-15, rows=("r0", "r1")))
        assert self.judged(contract("batches", "same"), contract("batches", "differs", near)) is Outcome.MATCH
        assert self.judged(contract("batches", "differs", near), contract("batches", "same")) is Outcome.MATCH

    @pytest.mark.parametrize(
        ("before", "now", "run", "expected"),
        [
            (0.0, 1e-9, MAIN, Outcome.MATCH),
            (0.0, 1e-6, MAIN, Outcome.VIOLATED),
            (0.0, 1e-6, "later", Outcome.VIOLATED),
            (0.0, 1e-6, "refit", Outcome.MATCH),
            (1e-7, 1e-6, MAIN, Outcome.MATCH),
            (1e-7, 1e-4, MAIN, Outcome.VIOLATED),
            (1e-2, 1e-2, MAIN, Outcome.MATCH),
            (1e-2, 2e-2, MAIN, Outcome.SHIFTED),
        ],
    )
    def test_noise_of_training_is_no_part_of_what_one_model_may_answer(
        self, before: float, now: float, run: str, expected: Outcome
    ) -> None:
        def kept(gap: float) -> Record:
            near = replace(gave("bundle", "proba", floats(0.1 + gap, 0.9, rows=("r0", "r1"))), run=run_name(run))
            differing = ["differs", near] if gap else ["same"]
            return record(*MAIN_RUN, *contract("bundle", *differing, run=run))

        golden = replace(kept(before), tolerances=Tolerances(noise={"column proba": 1e-5}))
        assert compare(golden, kept(now)).outcome is expected

    def test_values_of_one_that_never_held_gate_instead(self) -> None:
        never = contract("batches", "differs", gave("batches", "proba", OTHER))
        moved = contract("batches", "differs", gave("batches", "proba", floats(0.4, 0.9, rows=("r0", "r1"))))
        assert self.judged(never, never) is Outcome.MATCH
        assert self.judged(never, moved) is Outcome.SHIFTED
        assert self.judged(never, contract("batches", "same")) is Outcome.SHIFTED
        assert self.judged(never, contract("batches", "raised ValueError: no")) is Outcome.SHIFTED
        assert self.judged(never, never, require_contracts=True) is Outcome.VIOLATED

    def test_one_that_never_held_and_holds_now_is_told_so(self) -> None:
        never = contract("batches", "differs", gave("batches", "proba", OTHER))
        comparison = against([*MAIN_RUN, *never], [*MAIN_RUN, *contract("batches", "same")])
        assert say(comparison.first) == "batches: did not hold and holds now"

    def test_a_part_of_the_rows_is_held_against_the_same_rows(self) -> None:
        """One answer moves in the last digit only, so that it is kept in one Record and not in the other."""
        main = [proba(0.1, 0.9), replace(proba(0.2, 0.8), name="test.score", column="score")]
        low = gave("single rows", "proba", floats(0.3, rows=("r0",)))
        near = gave("single rows", "score", floats(0.2 + 1e-16, rows=("r0",)))
        one, both = contract("single rows", "differs", low), contract("single rows", "differs", low, near)
        assert against([*main, *one], [*main, *both]).outcome is Outcome.MATCH
        assert against([*main, *both], [*main, *one]).outcome is Outcome.MATCH

    def test_what_never_applied_may_start_to_hold_and_must_not_break(self) -> None:
        absent = contract("row index", "not applicable: no table")
        assert self.judged(absent, contract("row index", "same")) is Outcome.MATCH
        broken = contract("row index", "differs", gave("row index", "proba", OTHER))
        assert self.judged(absent, broken) is Outcome.VIOLATED

    def test_another_exception_than_ever_is_a_shift_and_its_words_are_not(self) -> None:
        golden = contract("single rows", "raised ValueError: 1 sample")
        assert self.judged(golden, contract("single rows", "raised ValueError: one sample")) is Outcome.MATCH
        assert self.judged(golden, contract("single rows", "raised TypeError: 1 sample")) is Outcome.SHIFTED

    def test_what_was_found_is_named(self) -> None:
        held = contract("inputs unchanged", "same")
        broken = contract("inputs unchanged", "differs", found("inputs unchanged", "train changed column age of train"))
        first = against([*MAIN_RUN, *held], [*MAIN_RUN, *broken]).first
        assert say(first) == "inputs unchanged: no longer holds: train changed column age of train"
        other = contract("inputs unchanged", "differs", found("inputs unchanged", "train changed column pay of train"))
        assert self.judged(broken, broken) is Outcome.MATCH
        assert self.judged(broken, other) is Outcome.SHIFTED
        healed = against([*MAIN_RUN, *broken], [*MAIN_RUN, *held]).first
        assert say(healed) == "inputs unchanged: did not hold and holds now"

    def test_it_can_be_waived(self) -> None:
        broken = contract("batches", "raised E: x")
        assert self.judged(contract("batches", "same"), broken, waive={"batches": "ranks in a batch"}) is Outcome.MATCH

    def test_the_refit_is_held_against_the_main_run(self) -> None:
        held = contract("as before", "same", stage="predict", run="refit")
        value = replace(gave("as before", "proba", OTHER), stage="predict", run=REFIT)
        comparison = against(
            [*MAIN_RUN, *held], [*MAIN_RUN, *contract("as before", "differs", value, stage="predict", run="refit")]
        )
        assert (comparison.outcome, comparison.first.run, comparison.first.stage) == (
            Outcome.VIOLATED, "refit", "predict",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (0.5, 0.0, Outcome.SHIFTED),
        (0.0, 0.5, Outcome.SHIFTED),
        (1e-6, 1e-8, Outcome.SHIFTED),
        (1e-8, 1e-6, Outcome.SHIFTED),
        (1e-6, 1.1e-8, Outcome.MATCH),
        (1.1e-8, 1e-6, Outcome.MATCH),
        (1e-8, 9e-7, Outcome.MATCH),
        (0.5, 0.001, Outcome.MATCH),
        (0.0, 0.0, Outcome.MATCH),
    ],
)
def test_only_the_coming_and_going_of_an_effect_decides(before: float, after: float, outcome: Outcome) -> None:
    comparison = against([ACCURACY, effect("C", before)], [ACCURACY, effect("C", after)])
    assert comparison.outcome is outcome
    assert (comparison.first is not None and "`C`" in say(comparison.first)) is (outcome is Outcome.SHIFTED)


def test_a_configuration_that_raised_in_the_golden_is_evidence() -> None:
    comparison = against([ACCURACY], [ACCURACY, effect("C", 0.5)])
    assert comparison.outcome is Outcome.MATCH
    assert told(comparison) == ("config C: predict effect is not in the golden, so it decides nothing",)
    assert against([ACCURACY, effect("C", 0.5)], [ACCURACY]).outcome is Outcome.SHIFTED


@pytest.mark.parametrize(
    ("size", "keys", "outcome"),
    [
        (0.0, {}, Outcome.MATCH),
        (0.5, {}, Outcome.SHIFTED),
        (0.0, {"C": 1.0}, Outcome.SHIFTED),
        (0.0, {"C.first": 1.0}, Outcome.SHIFTED),
        (0.0, None, Outcome.MATCH),
        (0.5, None, Outcome.SHIFTED),
    ],
)
def test_a_key_may_go_only_from_the_configuration_and_without_an_effect(
    size: float, keys: dict[str, float] | None, outcome: Outcome
) -> None:
    golden = configured(record(ACCURACY, effect("C", size)), {"C": 1.0, "D": 2.0})
    new = record(ACCURACY) if keys is None else configured(record(ACCURACY), {**keys, "D": 2.0})
    assert compare(golden, new).outcome is outcome


def configured(made: Record, values: dict[str, float]) -> Record:
    return replace(made, provenance=Provenance(configuration=ConfigurationFacts(values)))


def test_a_new_effect_of_size_zero_is_none() -> None:
    golden = [ACCURACY, effect("C", 0.5)]
    assert against(golden, [*golden, effect("C", 0.0, "evaluate")]).outcome is Outcome.MATCH
    assert against(golden, [*golden, effect("C", 0.1, "evaluate")]).outcome is Outcome.MISSING


class TestRequirements:
    @pytest.mark.parametrize(
        ("text", "holds"),
        [
            (">= 0.875", True), ("> 0.875", False), ("<= 0.875", True), ("< 0.875", False),
            (">= 0.8750000001", False), ("<= 0.8749999999", False), (">.5", True), ("> 1e-3", True),
        ],
    )  # fmt: skip
    def test_just_below_at_and_above(self, text: str, holds: bool) -> None:
        requirements = parse_requirements({"accuracy": text})
        assert only(ACCURACY, requirements=requirements) is (Outcome.MATCH if holds else Outcome.VIOLATED)

    @pytest.mark.parametrize("value", [float("nan"), "high", floats(0.9, 0.9), texts([])])
    def test_what_is_no_number_never_holds(self, value: object) -> None:
        metric = seen("evaluate", "accuracy", value)
        assert only(metric, requirements=parse_requirements({"accuracy": "> 0"})) is Outcome.VIOLATED

    def test_a_metric_that_nobody_gave_never_holds(self) -> None:
        comparison = against([proba(0.5)], [proba(0.5)], requirements=parse_requirements({"auc": ">= 0.5"}))
        assert comparison.outcome is Outcome.VIOLATED
        assert say(comparison.first) == "auc was not observed as a number, required is >= 0.5"

    def test_it_stands_beside_the_golden(self) -> None:
        new = seen("evaluate", "accuracy", 0.5)
        comparison = against([ACCURACY], [new], requirements=parse_requirements({"accuracy": ">= 0.8"}))
        assert [m.outcome for m in comparison.moves()] == [Outcome.SHIFTED, Outcome.VIOLATED]


@pytest.mark.parametrize(("largest", "expected"), [(True, Outcome.MATCH), (False, Outcome.SHIFTED)])
def test_an_effect_that_was_small_beside_large_numbers_is_not_gained(largest: bool, expected: Outcome) -> None:
    golden = replace(record(ACCURACY, effect("C", 5e-10)), tolerances=Tolerances(largest=largest))
    assert compare(golden, record(ACCURACY, effect("C", 0.5))).outcome is expected
    none = replace(golden, observations=(ACCURACY, effect("C", 0.0)))
    assert compare(none, record(ACCURACY, effect("C", 0.5))).outcome is Outcome.SHIFTED
