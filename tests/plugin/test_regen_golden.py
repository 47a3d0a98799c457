"""`--regen-golden`: when it is refused; what it records is tried in real runs."""

from __future__ import annotations

import pytest

REGEN = ("--regen-golden", "--golden-reason", "a better split")


@pytest.mark.parametrize("reason", [(), ("--golden-reason", ""), ("--golden-reason", "  ")])
def test_without_a_reason_it_is_refused(small, made, reason):
    tried = small.run("--regen-golden", *reason)
    assert tried.code == 4
    assert 'add --golden-reason "why the behaviour may change"' in tried.text
    assert made.runs == []


@pytest.mark.parametrize(("value", "code"), [("1", 4), ("true", 4), ("yes", 4), ("0", 0), ("false", 0), ("", 0)])
def test_in_ci_it_is_refused(small, made, monkeypatch, value, code):
    monkeypatch.setenv("CI", value)
    tried = small.run(*REGEN)
    assert tried.code == code
    assert ("refused in CI" in tried.text) is (code == 4)
    assert bool(made.runs) is (code == 0)


def test_in_ci_it_can_be_allowed(small, made, monkeypatch):
    monkeypatch.setenv("CI", "1")
    assert small.run(*REGEN, "--golden-allow-ci").code == 0


def test_every_problem_is_told_at_once(small, monkeypatch):
    monkeypatch.setenv("CI", "1")
    tried = small.run("--regen-golden", "--guard-quick")
    assert tried.text.count("--regen-golden:") == 3


def test_an_intent_that_is_none_is_refused(small, made):
    tried = small.run(*REGEN, "--golden-intent", "better")
    assert tried.code == 4
    assert "the intent 'better' is none" in tried.text
    assert made.runs == []
