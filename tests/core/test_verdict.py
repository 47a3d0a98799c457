from __future__ import annotations

from itertools import pairwise

import pytest

from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome, worst
from mlguard.core.record import Role
from mlguard.core.run_name import MAIN, RunName, Seed
from mlguard.core.verdict import Verdict, exit_code

CODES = {
    "error": 5,
    "shifted": 1,
    "violated": 1,
    "corrupt": 3,
    "missing": 3,
    "stale": 3,
    "unstable": 4,
    "dataset-changed": 4,
    "environment-changed": 4,
    "match": 0,
}
"""Every word, worst first."""

WORDS = list(CODES)


def verdict(word: str, **facts: object) -> Verdict:
    return Verdict("Churn", Outcome(word), **facts)


def test_these_are_all_the_words_in_their_order() -> None:
    assert [str(outcome) for outcome in Outcome] == WORDS
    assert [outcome.rank for outcome in Outcome] == list(range(len(WORDS)))


@pytest.mark.parametrize("word", WORDS)
def test_each_word_has_its_exit_code(word: str) -> None:
    assert verdict(word).exit_code == CODES[word]
    assert exit_code([verdict(word), verdict("match")]) == CODES[word]


@pytest.mark.parametrize(("one", "next_one"), list(pairwise(WORDS)))
def test_the_worse_word_decides_a_run(one: str, next_one: str) -> None:
    assert exit_code([verdict(next_one), verdict(one), verdict(next_one)]) == CODES[one]
    assert worst([Outcome(next_one), Outcome(one)]) is Outcome(one)


def test_usage_comes_before_everything() -> None:
    usage = verdict("error", usage=True)
    assert usage.exit_code == 2
    assert exit_code([verdict("error"), usage, verdict("shifted")]) == 2


def test_nothing_compared_is_no_pass() -> None:
    assert exit_code([]) == 3
    assert worst([]) is Outcome.MISSING


def finding(stage: str, outcome: str, run: RunName = MAIN, *, gates: bool = True) -> Finding:
    return Finding(run, stage, "x", Role.GATE, Kind.MOVED, Outcome(outcome), gates)


def test_moves_are_told_in_the_order_of_explanation() -> None:
    findings = (
        finding("split", "shifted", Seed(1)),
        finding("evaluate", "shifted"),
        finding("predict", "match"),
        finding("train", "shifted", gates=False),
        finding("split", "violated"),
    )
    told = verdict("shifted", findings=findings)
    assert [(f.run, f.stage) for f in told.moves()] == [("main", "split"), ("main", "evaluate"), ("seed 1", "split")]
    assert told.compared == 4
