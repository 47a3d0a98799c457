"""Moves that one limit for everything let pass: large numbers beside small ones, numbers near zero, loud training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mlguard.checker import regen
from mlguard.checker.certificate import Certificate
from mlguard.core.compare import compare
from mlguard.core.record import Observation, Record
from mlguard.core.tolerance import Tolerances
from mlguard.core.verdict import Outcome
from mlguard.observe.leaf import to_value
from tests.project import CODE, Project

ROWS = tuple(f"r{i}" for i in range(40))
DRAWN = np.random.RandomState(7)
SHARES = DRAWN.rand(40)
SECONDS = 1.7e9 + DRAWN.rand(40) * 3e5
MONEY = np.round(DRAWN.rand(40) * 5000, 2)
IDS = np.where(DRAWN.rand(40) < 0.2, np.nan, np.round(1e10 + DRAWN.rand(40) * 1e9))
UNKNOWN = DRAWN.rand(40) < 0.3

ULP = 1 + 2.0**-52


def outcome(stage: str, golden: Any, new: Any, tolerances: Tolerances | None = None) -> Outcome:
    """What a check says of one answer, feature or metric."""

    def seen(value: Any) -> Record:
        rows = ROWS[: len(value)] if np.ndim(value) and stage != "evaluate" else None
        column = "score" if stage == "predict" else None
        return Record("Line", (Observation(stage, "test.score", to_value(value, rows=rows), column=column),))

    return compare(replace(seen(golden), tolerances=tolerances or Tolerances()), seen(new)).outcome


def with_column(matrix: np.ndarray[Any, Any], column: int, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    changed = matrix.copy()
    changed[:, column] = values
    return changed


SENTINEL = np.where(UNKNOWN, 1e9, SHARES)
MATRIX = np.column_stack([SECONDS, SHARES, SHARES**2])
WIDE = with_column(DRAWN.rand(40, 70), 33, MONEY * 1e6)
LIST = [1.2e9, 0.9, 0.8]
NOTE = [1.2e9, 3.4e8, 0.91, 0.82, 0.73, 0.64, 0.55, 0.46, 0.37, 0.28]


def unless(unknown: np.ndarray[Any, Any], instead: Any, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.where(unknown, instead, values)


RARE = SHARES < 0.15
FEW = SHARES > 0.9
COUNTS = np.round(SECONDS / 13)

CASES: list[tuple[str, str, Any, Callable[[], Any]]] = [
    ("sentinel beside probabilities", "predict", SENTINEL, lambda: unless(UNKNOWN, 1e9, 1 - SHARES)),
    ("different sentinels", "predict", unless(RARE, SECONDS, SHARES), lambda: unless(RARE, SECONDS, 0.999 * SHARES)),
    ("infinite", "predict", unless(UNKNOWN, np.inf, SHARES), lambda: unless(UNKNOWN, np.inf, SHARES + 1e-6)),
    ("epoch seconds", "predict", SECONDS, lambda: SECONDS + 20),
    ("0 for never", "predict", unless(UNKNOWN, 0.0, SECONDS), lambda: unless(UNKNOWN, 0.0, SECONDS + 20)),
    ("never becomes 20", "predict", unless(UNKNOWN, 0.0, SECONDS), lambda: unless(UNKNOWN, 20.0, SECONDS)),
    ("epoch seconds of three rows", "predict", SECONDS[:3], lambda: SECONDS[:3] + 20),
    ("item ids as floats", "predict", IDS, lambda: IDS + 1),
    ("share beside epoch", "features", MATRIX, lambda: with_column(MATRIX, 1, SHARES * 13)),
    ("share beside epoch, a little", "features", MATRIX, lambda: with_column(MATRIX, 1, SHARES + 1e-6)),
    ("likelihoods near 1e-16", "predict", SHARES * 1e-16, lambda: SHARES * 1e-15),
    ("p-value near 1e-15", "evaluate", 1.3e-15, lambda: 4.1e-15),
    ("70 columns, money in one", "features", WIDE, lambda: np.where(np.arange(70) == 33, WIDE, WIDE + 1e-5)),
    ("money first in a list", "evaluate", LIST, lambda: [1.2e9, 0.901, 0.801]),
    ("money twice in a note", "evaluate", np.array(NOTE), lambda: np.array(NOTE[:2] + [x + 1e-5 for x in NOTE[2:]])),
    ("more money than shares", "evaluate", [*MONEY[:9], *SHARES[:6]], lambda: [*MONEY[:9], *SHARES[:6] + 1e-6]),
    ("a count, one more", "evaluate", 1.2e8, lambda: 1.2e8 + 1),
    ("a column of counts, one more", "predict", COUNTS, lambda: COUNTS + FEW),
    ("cents, not rounded", "predict", MONEY, lambda: MONEY + SHARES * 0.004),
    ("cents, one more", "predict", MONEY, lambda: MONEY + 0.01),
    ("nearly all zero", "predict", unless(~FEW, 0.0, SHARES), lambda: unless(~FEW, 0.0, SHARES + 1e-5)),
    ("a constant", "predict", np.full(40, np.pi), lambda: np.full(40, np.pi + 1e-6)),
    ("spread far below the size", "predict", 1e6 + SHARES * 1e-4, lambda: 1e6 + SHARES * 1.01e-4),
    ("phases", "predict", np.exp(1j * SHARES), lambda: np.exp(1j * (SHARES + 1e-6))),
    ("epoch feature of a network in single precision", "features", SECONDS, lambda: SECONDS + 20),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "golden", "edited"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_moves_beyond_its_own_column_is_red_and_round_off_is_not(
    stage: str, golden: Any, edited: Callable[[], Any]
) -> None:
    precision = "float32" if stage == "features" else "float64"
    assert outcome(stage, golden, edited(), Tolerances(precision)) is Outcome.SHIFTED
    assert outcome(stage, golden, np.asarray(golden) * ULP if np.ndim(golden) else golden * ULP) is Outcome.MATCH


def test_what_round_off_shook_by_its_own_size_is_zero_and_nothing_else_is() -> None:
    shaken = Tolerances(zeros={"main/evaluate/test.score": 3e-17})
    assert outcome("evaluate", 2e-17, -3e-17, shaken) is Outcome.MATCH
    assert outcome("evaluate", 2e-17, 1e-14, shaken) is Outcome.SHIFTED
    assert outcome("evaluate", 2e-17, -3e-17) is Outcome.SHIFTED


def test_noise_of_one_column_widens_no_other() -> None:
    loud = Tolerances(noise={"main/features/test.score": (1e-5, 0.0, 1e-12)})
    assert outcome("features", MATRIX, with_column(MATRIX, 0, SECONDS + 5), loud) is Outcome.MATCH
    assert outcome("features", MATRIX, with_column(MATRIX, 1, SHARES + 1e-6), loud) is Outcome.SHIFTED


def test_training_in_another_order_moves_a_small_network_in_single_precision_that_far() -> None:
    single = SHARES.astype(np.float32)
    assert outcome("predict", single, single + np.float32(8e-5), Tolerances("float32")) is Outcome.MATCH
    assert outcome("predict", single, single + np.float32(1e-3), Tolerances("float32")) is Outcome.SHIFTED


@pytest.fixture
def loud(fresh: Project) -> Project:
    """A guard whose training is louder than its answering, and its golden."""
    others = ("seed 1", "without levels")
    pools = [*(f"{run}: column prediction" for run in others), *(f"{run}/evaluate/mae" for run in ("main", *others))]
    noise = dict.fromkeys(["column prediction", "main/evaluate/degenerate.mae", *pools], 4e-4)
    with pytest.MonkeyPatch.context() as patch:
        measured = Certificate(noise=noise, answering={"column prediction": 1e-16})
        patch.setattr(regen, "measure", lambda *_, **__: measured)
        fresh.regen()
    return fresh


def test_noise_of_training_excuses_no_answer_where_the_parameters_are_the_goldens(loud: Project) -> None:
    nudged = 'return (model["shift"] + model["slope"] * rows["x"]).to_numpy() + 3e-4'
    with loud.editing(CODE, 'return (model["shift"] + model["slope"] * rows["x"]).to_numpy()', nudged):
        verdict = loud.check().verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, "predict")
    with loud.editing(
        CODE, '"shift": float(y.mean() - slope * x.mean())', '"shift": float(y.mean() - slope * x.mean()) + 3e-4'
    ):
        verdict = loud.check().verdict
    assert (verdict.outcome, verdict.moves()) == (Outcome.MATCH, ())
    with loud.editing(CODE, "abs(y.to_numpy() - answers).mean()", "abs(y.to_numpy() - answers).mean() * 1.0001"):
        verdict = loud.check().verdict
    assert (verdict.outcome, verdict.first_moved) == (Outcome.SHIFTED, "evaluate")
    assert loud.golden().tolerances.answering == {"column prediction": 1e-16}
