"""What goes wrong with one guard, our own defects included, is that guard's Verdict; only an interrupt ends the run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import pytest

from mlguard.checker import check, regen, waiting
from mlguard.checker.calibrate import calibrate
from mlguard.checker.check import Checker
from mlguard.checker.isolated import isolated
from mlguard.checker.regen import Regenerator
from mlguard.core.error import GoldenError, RunError, UsageError
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.golden.interface import Held, OvertakenError
from mlguard.golden.local import LocalStore
from mlguard.report.wording import explanation
from tests.project import Project


class OwnExit(BaseException):
    """What `except Exception` does not catch."""


DEFECTS = [
    ZeroDivisionError("oops"),
    FileNotFoundError(2, "No such file", "gone"),
    RecursionError("too deep"),
    MemoryError(),
    UnicodeEncodeError("utf-8", "\ud800", 0, 1, "lone"),
    SystemExit(0),
    OwnExit(),
]


def raising(error: BaseException) -> Callable[..., Verdict]:
    def act(*_: object, **__: object) -> Verdict:
        raise error

    return act


@pytest.mark.parametrize("error", DEFECTS, ids=lambda error: type(error).__name__)
def test_whatever_is_raised_becomes_an_error_that_says_where_to_report_it(error):
    verdict = isolated("Line", raising(error), lambda failed: failed)
    assert (verdict.guard, verdict.outcome, verdict.slug, verdict.exit_code) == ("Line", Outcome.ERROR, "defect", 5)
    assert "report" in str(verdict.problem)
    assert type(error).__name__ in str(verdict.traceback)
    assert "in act" in str(verdict.traceback)


HEADS = {
    "the guarded code did not run to its end": RunError("raised", slug="guarded-code-raised"),
    "what was declared, returned or asked for cannot be used": UsageError("no target", slug="target"),
    "the guarded code is not to blame": OvertakenError("golden/Line", Held()),
    "the golden cannot be trusted": GoldenError("cut off", slug="golden-truncated"),
}


@pytest.mark.parametrize("head", HEADS)
def test_an_error_is_headed_by_whose_fault_it_is(head):
    verdict = isolated("Line", raising(HEADS[head]), lambda failed: failed)
    assert explanation(verdict)[0] == f"Line: {verdict.outcome} ({head})"


def test_a_defect_of_ours_is_not_headed_as_the_fault_of_the_guarded_code():
    verdict = isolated("Line", raising(ZeroDivisionError()), lambda failed: failed)
    assert explanation(verdict)[0] == "Line: error (the guarded code is not to blame)"


def test_errors_of_ours_keep_their_words_slugs_and_exit_codes():
    errors = (UsageError("u", slug="u-slug"), RunError("r", slug="r-slug", traceback="t"), GoldenError("g", slug="g-s"))
    found = [isolated("Line", raising(error), lambda failed: failed) for error in errors]
    assert [(v.problem, v.slug, v.traceback, v.exit_code) for v in found] == [
        ("u", "u-slug", None, 2),
        ("r", "r-slug", "t", 5),
        ("g", "g-s", None, 3),
    ]


def test_an_interrupt_is_no_failure_of_a_guard():
    with pytest.raises(KeyboardInterrupt):
        isolated("Line", raising(KeyboardInterrupt()), lambda failed: failed)


@pytest.mark.parametrize("place", ["compare", "without_private", "tell"])
def test_a_check_never_raises_wherever_it_fails(line: Project, monkeypatch, place):
    monkeypatch.setattr(waiting if place == "without_private" else check, place, raising(ZeroDivisionError("oops")))
    with monkeypatch.context() as patch:
        if place == "without_private":  # Called for what a guard without a golden leaves.
            patch.setattr(LocalStore, "held", lambda *_: Held())
        verdict = line.check(quick=place != "without_private").verdict
    assert (verdict.outcome, verdict.slug) == (Outcome.ERROR, "defect")
    assert verdict.file == "tests/guards/test_line.py"


@pytest.mark.parametrize("prepare", ["regen", "calibrate"])
def test_what_records_refuses_the_guard_that_failed(line: Project, monkeypatch, prepare):
    before = line.files()
    monkeypatch.setattr(sys.modules[f"mlguard.checker.{prepare}"], "propose", raising(ZeroDivisionError("oops")))
    monkeypatch.setattr(sys.modules[f"mlguard.checker.{prepare}"], "measure", regen.measure)
    with line.runner() as runner:
        recorder = Regenerator(Checker(runner.settings, runner), reason="a test")
        act = partial(recorder.prepare, everything=True) if prepare == "regen" else partial(calibrate, recorder)
        prepared = act(line.declared())
    assert prepared.refused is not None
    assert (prepared.refused.slug, prepared.proposal) == ("defect", None)
    assert line.files() == before
