"""Causes in words."""

from __future__ import annotations

import pytest

from mlguard.core.cause import Cause, CauseKind, Change
from mlguard.report.causes import say_cause

FULL = Cause(
    CauseKind.NOTHING_EDITED, (Change("numpy", "2.0", "2.1"),), ("rows (city)",), "0a1b2c3", "predict", "no AVX2"
)


@pytest.mark.parametrize("kind", CauseKind)
def test_every_kind_of_cause_has_a_sentence_of_one_line(kind: CauseKind) -> None:
    said = say_cause(Cause(kind, FULL.changes, FULL.names, FULL.commit, FULL.stage, FULL.detail))
    assert 20 < len(said) < 260
    assert "\n" not in said
    assert "None" not in said


def test_what_was_absent_is_called_so() -> None:
    said = say_cause(Cause(CauseKind.LIBRARIES_DIFFER, (Change("numba", None, "0.60"), Change("scipy", "1.0", None))))
    assert said == "libraries differ from the golden's: numba absent -> 0.60; scipy 1.0 -> absent"


def test_one_edited_file_is_named_in_the_singular() -> None:
    assert say_cause(Cause(CauseKind.FILES_EDITED, names=("a.csv",))) == "a file that the code reads was edited: a.csv"
