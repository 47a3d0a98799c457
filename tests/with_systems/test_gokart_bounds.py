"""A task that holds a metric against a bound: its verdict at the bound and beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlguard import GokartGuard
from mlguard.core.notes import listening
from mlguard.programs.error import ProgramError
from tests.with_systems.kart import ROWS, Check, Heard, made

BOUND = {"Check.require_acc": "accuracy"}


def verdicts(guard: GokartGuard) -> Any:
    with listening(heard := Heard()):
        guard.evaluate(ROWS, ROWS["y"] + 1)
    return heard.notes["Check.require_acc"]


def test_the_verdict_at_a_bound_and_beside_it_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guard = made(tmp_path, bounds=BOUND)
    strict = {
        "just below accuracy": "passes",
        "at accuracy": "raises ValueError",
        "just above accuracy": "raises ValueError",
    }
    assert verdicts(guard) == strict

    def loose(self: Any) -> None:
        if self.require_acc > 0.5:
            raise RuntimeError("too low")
        self.dump({"accuracy": 0.5})

    monkeypatch.setattr(Check, "run", loose)
    assert verdicts(guard) == {
        "just below accuracy": "passes", "at accuracy": "passes", "just above accuracy": "raises RuntimeError"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("bounds", "found", "told"),
    [
        (BOUND, {"error": 1.0}, "`bounds` names the metric `accuracy`; the task gives error"),
        ({"Check.limit": "accuracy"}, {"accuracy": 1.0}, "`bounds`: Check.limit does not come from the configuration"),
        (
            {"Chick.require_acc": "accuracy"},
            {"accuracy": 1.0},
            "Chick.require_acc does not come from the configuration",
        ),
    ],
)
def test_a_bound_that_cannot_be_moved_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bounds: Any, found: Any, told: str
) -> None:
    monkeypatch.setattr(Check, "run", lambda self: self.dump(found))
    with pytest.raises(ProgramError, match=told):
        made(tmp_path, bounds=bounds).evaluate(ROWS, ROWS["y"])


def test_a_metric_that_is_no_number_has_no_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Check, "run", lambda self: self.dump({"accuracy": float("nan")}))
    assert verdicts(made(tmp_path, bounds=BOUND)) == {"beside accuracy": "it is no finite number"}
