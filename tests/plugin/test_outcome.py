"""What each item says, for every kind of Verdict, without pytest."""

from __future__ import annotations

import pytest

from mlguard.core.outcome import Outcome
from mlguard.core.record import STAGES
from mlguard.core.run_name import Seed
from mlguard.core.verdict import Verdict
from mlguard.plugin.outcome import EXPECTED, FAILED, PASSED, SKIPPED, failing_stages, say
from tests.plugin.verdicts import failed, finding, matching, missing, shifted


def kinds(verdict, stages=STAGES, selected=STAGES, environments="one"):
    return {stage: say(verdict, stage, stages, selected, environments=environments).kind for stage in stages}


def test_a_stage_in_which_nothing_was_compared_is_no_pass():
    verdict = matching("Churn", tuple(stage for stage in STAGES if stage != "contracts"))
    found = kinds(verdict)
    assert found["contracts"] == SKIPPED
    assert set(found.values()) == {PASSED, SKIPPED}
    assert "not run" in say(verdict, "contracts", STAGES, STAGES, environments="one").text


def test_internals_alone_are_a_pass():
    assert kinds(matching("Churn"))["train"] == PASSED


def test_a_match_that_compared_nothing_is_none():
    assert set(kinds(Verdict("Churn", Outcome.MATCH)).values()) == {FAILED}
    assert set(kinds(matching("Churn", ("train",))).values()) == {FAILED}


def test_a_stage_that_moved_in_a_later_run_fails_although_it_stands_before_the_first():
    findings = (
        *(finding(stage) for stage in STAGES[:5]),
        finding("evaluate", Outcome.SHIFTED),
        finding("split", Outcome.SHIFTED, run=Seed(1)),
    )
    verdict = Verdict("Churn", Outcome.SHIFTED, findings=findings, first_moved="evaluate")
    assert failing_stages(verdict, STAGES) == ("split", "evaluate", "contracts")


def test_a_move_in_a_stage_without_item_fails_the_next_one():
    verdict = shifted("Churn", "features")
    without = tuple(stage for stage in STAGES if stage != "features")
    assert failing_stages(verdict, without) == ("train", "predict", "evaluate", "contracts")
    assert "at most 0.5" in say(verdict, "train", without, without, environments="one").text


def test_a_move_behind_the_last_item_fails_the_last():
    assert failing_stages(shifted("Own", "contracts"), ("dataset", "predict")) == ("predict",)


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.MATCH])
@pytest.mark.parametrize("environments", ["one", "any"])
def test_nothing_but_a_match_passes(outcome, environments):
    expected = EXPECTED if (outcome, environments) == (Outcome.ENVIRONMENT_CHANGED, "any") else FAILED
    for verdict in (
        shifted("Churn", "dataset", outcome),
        Verdict("Churn", outcome),
        Verdict("Churn", outcome, problem="x"),
    ):
        assert set(kinds(verdict, environments=environments).values()) == {expected}


@pytest.mark.parametrize(
    "verdict", [missing("Churn"), failed("Churn"), failed("Churn", "predict"), shifted("Churn", "train")]
)
@pytest.mark.parametrize("selected", [STAGES, STAGES[3:], STAGES[4:5], STAGES[5:]])
def test_exactly_one_selected_item_explains(verdict, selected):
    said = [say(verdict, stage, STAGES, selected, environments="one") for stage in selected]
    told = [one for one in said if one.kind == FAILED and "explained at" not in one.text]
    assert len(told) == 1
    assert all(len(one.text.splitlines()) == 1 for one in said if one.kind == FAILED and one not in told)
