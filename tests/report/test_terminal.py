from __future__ import annotations

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from mlguard.core.outcome import Outcome
from mlguard.core.record import INTERNAL
from mlguard.core.verdict import Verdict
from mlguard.report.moves import times
from mlguard.report.numbers import shown
from mlguard.report.terminal import draw, draw_all
from mlguard.report.wording import MEANING, next_command
from tests.core.records import against, floats, seen
from tests.report.verdicts import GOLDEN, VERDICTS, told


@pytest.mark.parametrize("name", VERDICTS)
def test_a_verdict_reads_as_it_is_meant_to(name: str, snapshot: SnapshotAssertion) -> None:
    assert draw(VERDICTS[name]) == snapshot


def test_every_outcome_is_drawn_and_has_a_meaning() -> None:
    assert {verdict.outcome for verdict in VERDICTS.values()} == set(Outcome) == set(MEANING)


def test_what_failed_stands_at_the_end_of_a_run(snapshot: SnapshotAssertion) -> None:
    chosen = [VERDICTS[name] for name in ("error", "match", "shifted in another run", "stale")]
    assert draw_all(chosen) == snapshot


def test_a_failure_says_what_by_how_much_where_why_and_what_next() -> None:
    text = draw(VERDICTS["shifted"])
    for part in (
        "Churn: shifted, first moved in stage train",
        "cause: the configuration was edited: model.C 1.0 -> 2.0",
        "dataset, split and contracts hold, train moved",
        "inside: train coef_: 1 of 3 moved, at most 0.5",
        "predict test.proba: 2 of 4 moved, at most 0.2 (limit 1.28e-14)",
        "row r1: 0.9 -> 0.7",
        "row unseen city #1: 'answered' -> 'raised KeyError'",
        'intended? accept it: mlguard regen-golden Churn --reason "…"',
    ):
        assert part in text


def test_what_the_main_run_learned_otherwise_explains_another_run_that_moved() -> None:
    order = [seen("train", "categories.shop", text, role=INTERNAL) for text in ("a, b", "b, a")]
    runs = [seen("predict", "test.proba", floats(value), run="seed 1") for value in (0.5, 0.75)]
    verdict = told(against([*GOLDEN, order[0], runs[0]], [*GOLDEN, order[1], runs[1]]))
    assert verdict.first_run == "seed 1"
    assert "inside: train categories.shop: 'a, b' -> 'b, a'" in draw(verdict)


def test_a_variant_is_quoted_for_the_shell() -> None:
    assert (
        next_command(VERDICTS["missing"])
        == 'record it: mlguard regen-golden "Churn[model_cat]" --reason "first golden"'
    )
    assert next_command(VERDICTS["match"]) == next_command(VERDICTS["error"]) == ""


@pytest.mark.parametrize(
    ("value", "text"), [(None, "missing"), ("", "''"), (0.1, "0.1"), (True, "True"), ("x" * 90, "'" + "x" * 76 + "…")]
)
def test_elements_are_shown_as_they_are(value: object, text: str) -> None:
    assert shown(value) == text


def test_how_far_beyond_the_limit_is_told_in_times() -> None:
    (finding,) = against([seen("evaluate", "auc", 1 / 3)], [seen("evaluate", "auc", (1 + 2.0**-24) / 3)]).findings
    assert times(finding.difference) == "4 times"
    (finding,) = against([seen("evaluate", "auc", 1 / 3)], [seen("evaluate", "auc", 2 / 3)]).findings
    assert times(finding.difference) == "6.7e+07 times"


def test_a_run_of_nothing_says_so() -> None:
    assert draw_all([]).strip() == "0 guards: none; 0 observations compared"
    assert "1 guard: 1 match" in draw_all([Verdict("A", Outcome.MATCH)])


def test_what_each_part_cost_is_told_when_it_is_asked_for():
    costs = {"main": 0.21, "contracts": 0.5, "seed 1": 0.3, "config C": 0.125, "config tol": 0.125, "refit": 0.1}
    verdict = replace(VERDICTS["match"], costs=costs)
    told = "Churn: main 0.21 s, contracts 0.50 s, seed 1 0.30 s, refit 0.10 s, 2 configuration keys 0.25 s"
    assert told in draw_all([verdict], costs=True).splitlines()
    assert told not in draw_all([verdict]).splitlines()
    assert "Churn: nothing ran" in draw_all([VERDICTS["match"]], costs=True)


def test_a_gate_that_fails_while_nothing_moved_offers_no_accept() -> None:
    told = draw(VERDICTS["a gate alone"])
    assert "auc is 0.9369, required is >= 0.95 (golden: 0.9369, unchanged)" in told
    assert "recording cannot help" in told
    for never in ("moved in stage", "mlguard", "evaluate moved"):
        assert never not in told


def test_a_gate_beside_a_move_says_what_an_accept_leaves_red() -> None:
    told = draw(VERDICTS["a gate and a move"])
    assert "auc is 0.91, required is >= 0.95 (golden: 0.9369)" in told
    assert told.endswith("what `require` asks for stays red until the metric passes")


def test_where_only_the_type_changed_the_values_are_said_to_agree() -> None:
    told = draw(VERDICTS["another type"])
    assert "predict test.proba: dtype float64 -> float32; all 3 values agree" in told
    assert '`allow = {"test.proba": "why"}`' in told
    assert "0 of 3 moved" not in told


def test_what_is_new_is_counted_and_shown_and_not_called_moved() -> None:
    told = draw(VERDICTS["missing one"])
    assert told.splitlines()[0] == "Churn: missing, 2 values without a golden (everything else matches: 8 observations)"
    assert "evaluate n = 40 is not in the golden" in told
    assert "moved" not in told


def test_an_error_ends_with_the_word_that_the_docs_explain() -> None:
    for name in ("usage", "error", "missing", "corrupt"):
        verdict = VERDICTS[name]
        assert f"{str(verdict.problem).splitlines()[-1].strip()} [{verdict.slug}]" in draw(verdict)
    assert "did not run to its end" not in draw(VERDICTS["usage"])


@pytest.mark.parametrize("digits", [32, 40, 64])
def test_of_a_hash_nobody_reads_more_than_twelve_digits(digits: int) -> None:
    told = "0123456789abcdef" * 4
    assert shown(f"sha256:{told[:digits]}") == "'sha256:0123456789ab…'"
    assert shown("a" * 31) == repr("a" * 31)
    assert shown("deadbeef") == "'deadbeef'"
