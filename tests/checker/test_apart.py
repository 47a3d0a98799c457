"""On another machine, where both training and an edit may have moved the answers."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mlguard.checker import apart
from mlguard.checker.apart import told_apart
from mlguard.core.cause import CauseKind
from mlguard.core.compare import compare
from mlguard.core.error import RunError
from mlguard.core.record import INTERNAL, Observation, Provenance, Record
from mlguard.core.rules import Rules
from mlguard.core.tolerance import Tolerances
from mlguard.core.value import numbers
from mlguard.core.verdict import Outcome
from mlguard.runner.order import Done

SCORES = np.arange(1.0, 24) ** 1.5
WEIGHTS = np.array([1 / 3, 2 / 7])


def run(scores: float = 0.0, weights: float = 0.0, cpu: str = "theirs") -> Record:
    """A run whose answers and parameters moved by so much."""
    return Record(
        "Line",
        (
            Observation("train", "weights", numbers(WEIGHTS + weights), role=INTERNAL),
            Observation("predict", "test.score", numbers(SCORES + scores), column="score"),
        ),
        Provenance(environment={"cpu": cpu}),
        Tolerances(noise={"column score": 1e-5}, answering={"column score": 1e-15}),
    )


def verdict(here: Record, there: Record | Exception, monkeypatch: pytest.MonkeyPatch, without: Any = ()) -> Any:
    """What a check here comes to, if a run as on the golden's machine gives that."""
    asked: list[Any] = []

    def again(*_: Any, **how: Any) -> Done:
        asked.append(how["environment"])
        if isinstance(there, Exception):
            raise there
        return Done(there, "")

    monkeypatch.setattr(apart, "effect", lambda *_: list(without))
    golden = run()
    comparison = compare(golden, here)
    runner: Any = SimpleNamespace(run=again)
    found, why = told_apart(runner, SimpleNamespace(), golden, Done(here, ""), comparison, Rules())  # type: ignore[arg-type]
    return found.outcome, why, len(asked)


def test_an_edit_that_the_noise_of_training_would_hide_is_shifted(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, why, asked = verdict(run(1e-3, 1e-9, "ours"), run(1e-3), monkeypatch)
    assert (outcome, why.outcome, asked) == (Outcome.SHIFTED, Outcome.SHIFTED, 1)
    assert [cause.kind for cause in why.causes] == [CauseKind.PARAMETERS_AGREE]


def test_what_training_alone_moved_is_a_match(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict(run(1e-3, 1e-9, "ours"), run(), monkeypatch)[0] is Outcome.MATCH
    outcome, why, _ = verdict(run(1e-3, 1e-9, "ours"), run(1e-3, 1e-9), monkeypatch)
    assert outcome is Outcome.MATCH
    assert [cause.kind for cause in why.causes] == [CauseKind.TRAINING_OR_EDIT, CauseKind.PARAMETERS_DIFFER]


@pytest.mark.parametrize(
    "here",
    [
        pytest.param(run(1e-3, 1e-9), id="the same machine"),
        pytest.param(run(1e-13, 1e-9, "ours"), id="no farther than answering"),
        pytest.param(run(1e-13, 0.0, "ours"), id="the same parameters"),
    ],
)
def test_nothing_is_run_where_there_is_nothing_to_tell_apart(here: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, why, asked = verdict(here, run(), monkeypatch)
    assert (outcome, why.causes, asked) == (Outcome.MATCH, (), 0)


def test_what_cannot_be_emulated_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = verdict(run(1e-3, 1e-9, "ours"), RunError("no", slug="guard-died"), monkeypatch)[1]
    assert (failed.causes[1].kind, failed.causes[1].detail) == (CauseKind.EMULATION_FAILS, "no")
    other = verdict(run(1e-3, 1e-9, "ours"), run(), monkeypatch, without=["simd"])[1]
    assert (other.causes[1].kind, other.causes[1].detail) == (CauseKind.NO_EMULATION, "simd")


def test_parameters_are_equal_whatever_their_names_and_whatever_came_beside_them() -> None:
    golden, here = run(), run(1e-3)
    assert compare(golden, here).outcome is Outcome.SHIFTED
    renamed = replace(here.observations[0], name="coef_")
    beside = Observation("train", "cache", numbers(np.ones(3)), role=INTERNAL)
    assert compare(golden, here.with_observations((renamed, beside, here.observations[1]))).outcome is Outcome.SHIFTED
    unseen = golden.with_observations(golden.observations[1:])
    assert compare(unseen, here.with_observations(here.observations[1:])).outcome is Outcome.MATCH
    assert compare(golden, run(1e-3, 1e-17 + 1e-9)).outcome is Outcome.MATCH
