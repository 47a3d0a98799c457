from __future__ import annotations

import pickle

import pytest

from mlguard.core.error import Ending, GoldenError, MlguardError, RunError, UsageError, several


@pytest.mark.parametrize(("kind", "code"), [(UsageError, 2), (RunError, 5), (GoldenError, 3)])
def test_an_error_keeps_its_words_when_it_crosses_a_process(kind: type[MlguardError], code: int) -> None:
    error = kind("guard Churn: no", slug="no-guard")
    error.stage = "train"
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.exit_code, again.stage) == (
        kind,
        "guard Churn: no [no-guard]",
        code,
        "train",
    )


def test_advice_follows_what_went_wrong_and_both_cross_a_process() -> None:
    error = RunError("no; room", advice="free some", slug="x", blames_code=False, ending=Ending.HUNG)
    again = pickle.loads(pickle.dumps(error))
    assert (again.what, again.advice, again.message) == ("no; room", "free some", "no; room; free some")
    assert (again.blames_code, again.ending) == (False, Ending.HUNG)


def test_all_problems_are_told_at_once() -> None:
    assert several(["one"], slug="x").message == "one"
    assert several(["one", "two"], slug="x").message == "2 problems:\n  - one\n  - two"
