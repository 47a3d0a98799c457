"""Intents: what can be written, and what is held against what moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.compare import compare
from mlguard.core.error import UsageError
from mlguard.core.intent import DOWN, UP, Intent, Wanted, parse_intent, unmet
from mlguard.core.record import Observation, Record
from mlguard.core.requirement import parse_requirements
from mlguard.core.rules import Rules
from mlguard.core.value import number


def record(**metrics: float) -> Record:
    return Record("G", tuple(Observation("evaluate", name, number(value)) for name, value in metrics.items()))


def missed(intent: str, before: Record, after: Record, **rules: str) -> list[tuple[str, str, str | None]]:
    """What of an intent did not come true: metric, direction, and what came instead."""
    findings = compare(before, after, Rules(requirements=parse_requirements(rules))).findings
    found = unmet(parse_intent(intent), findings)
    return [(one.metric, str(one.wanted or ""), one.finding.observation if one.finding else None) for one in found]


METRICS = st.dictionaries(
    st.text(st.characters(codec="ascii", exclude_categories=["C", "Z"], exclude_characters=","), min_size=1),
    st.builds(Wanted, st.sampled_from([UP, DOWN]), st.floats(0, allow_infinity=False)),
)


@given(st.builds(Intent, st.just(True), METRICS) | st.just(Intent(False)))
def test_an_intent_is_read_as_it_is_written(intent: Intent):
    assert parse_intent(str(intent)) == intent


@pytest.mark.parametrize(
    "text",
    [
        "",
        "auc up",
        "changing auc",
        "changing: auc",
        "changing: up",
        "preserving: auc up",
        "changing:",
        "changing: auc up,",
        "changing: auc up -0.01",
        "changing: auc up 1e999",
        "changing: auc up nan",
        "changing: auc up 1 %",
    ],
)
def test_other_texts_are_no_intent(text: str):
    with pytest.raises(UsageError, match="intent") as raised:
        parse_intent(text)
    assert raised.value.slug == "intent-unknown"


@pytest.mark.parametrize(
    ("intent", "after", "left"),
    [
        pytest.param("preserving", record(auc=0.8, loss=0.5), [], id="nothing moved"),
        pytest.param("preserving", record(auc=0.8, loss=0.5, rows=3), [], id="something is new"),
        pytest.param("preserving", record(auc=0.8, loss=0.4), [("", "", "loss")], id="something moved"),
        pytest.param("preserving", record(auc=0.8), [("", "", "loss")], id="something is gone"),
        pytest.param("changing", record(auc=0.8, loss=0.4), [], id="something moved, as was meant"),
        pytest.param("changing", record(auc=0.8, loss=0.5), [("", "", None)], id="nothing moved, though it was meant"),
        pytest.param("changing: auc up", record(auc=0.9, loss=0.4), [], id="up"),
        pytest.param("changing: auc up", record(auc=0.7, loss=0.4), [("auc", "up", "auc")], id="down instead"),
        pytest.param("changing: auc up", record(auc=0.8, loss=0.4), [("auc", "up", "auc")], id="the other one moved"),
        pytest.param("changing: auc up", record(auc=float("nan"), loss=0.5), [("auc", "up", "auc")], id="no number"),
        pytest.param("changing: f1 up", record(auc=0.9, loss=0.5), [("f1", "up", None)], id="no such metric"),
        pytest.param("changing: auc up, loss up", record(auc=0.9, loss=0.4), [("loss", "up", "loss")], id="one of two"),
        pytest.param("changing: auc up 0.1", record(auc=0.9, loss=0.4), [], id="as much as was promised"),
        pytest.param(
            "changing: auc up 0.1", record(auc=0.89, loss=0.4), [("auc", "up 0.1", "auc")], id="less than was promised"
        ),
        pytest.param("changing: loss down 0.05", record(auc=0.8, loss=0.4), [], id="more than was promised"),
        pytest.param("changing: auc up .1", record(auc=0.7, loss=0.4), [("auc", "up 0.1", "auc")], id="as much down"),
    ],
)
def test_what_was_meant_is_held_against_what_moved(intent: str, after: Record, left: list[object]):
    assert missed(intent, record(auc=0.8, loss=0.5), after) == left


def test_a_gate_that_fails_is_no_move():
    same = record(auc=0.8)
    assert missed("preserving", same, same, auc=">= 0.9") == []


def test_an_amount_is_met_though_the_difference_of_two_floats_is_a_little_less():
    assert 0.57 - 0.56 < 0.01
    assert missed("changing: auc up 0.01", record(auc=0.56), record(auc=0.57)) == []
    assert missed("changing: auc up 0.0100001", record(auc=0.56), record(auc=0.57)) != []
