"""Whether the tolerances of a golden cover a new Record: same names, types and columns, about the same spread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mlguard.checker.covered import uncovered
from mlguard.core.cause import Cause, CauseKind
from mlguard.core.compare import compare
from mlguard.core.obstacle import Obstacle, ObstacleKind
from mlguard.core.options import Options
from mlguard.core.record import INTERNAL, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.tolerance import Tolerances
from mlguard.core.value import numbers
from mlguard.core.verdict import Verdict
from tests.core.records import contract, floats, gave, record, seen

ROWS = tuple(f"r{number}" for number in range(12))
SCORES = np.linspace(0.1, 0.9, 12)
WEIGHTS = seen("train", "coef_", floats(1.0, 2.0), role=INTERNAL)
MEASURED = Tolerances(environments=({"name": "another machine"},))


def golden_of(*observations: Observation) -> Record:
    return replace(record(*observations), tolerances=MEASURED)


def scores(values: np.ndarray = SCORES) -> Observation:
    return seen("predict", "test.score", numbers(values, rows=ROWS), column="score")


def found(
    golden: Record, new: Record, *causes: Cause, options: Options | None = None
) -> list[tuple[ObstacleKind, tuple[str, ...]]]:
    comparison = compare(golden, new, Rules())
    verdict = Verdict("Churn", comparison.outcome, comparison.findings, causes=causes)
    obstacles: list[Obstacle] = list(uncovered(golden, new, verdict, options or Options()))
    return [(obstacle.kind, obstacle.names) for obstacle in obstacles]


GOLDEN = golden_of(scores(), WEIGHTS, seen("evaluate", "auc", 0.9), seen("evaluate", "n", 12))


@pytest.mark.parametrize("times", [0.2, 1.5, 9.0])
def test_values_that_moved_and_spread_about_as_far_are_covered(times: float):
    assert found(GOLDEN, record(scores(SCORES * times), WEIGHTS, seen("evaluate", "auc", 0.9 * times))) == []


@pytest.mark.parametrize("times", [0.05, 20.0, 0.0])
def test_ten_times_more_or_less_is_measured_again(times: float):
    new = record(scores(SCORES * times), WEIGHTS, seen("evaluate", "auc", 0.9 * times))
    assert found(GOLDEN, new) == [(ObstacleKind.OTHER_SIZE, ("predict test.score", "evaluate auc"))]


def test_one_column_of_many_is_enough():
    pair = np.stack([SCORES, SCORES], axis=1)
    golden = golden_of(scores(pair))
    assert found(golden, record(scores(pair * [1.0, 30.0]))) == [(ObstacleKind.OTHER_SIZE, ("predict test.score",))]
    assert found(golden, record(scores(pair * [1.0, 3.0]))) == []
    assert found(golden, record(scores(pair[:, :1])))[0][0] is ObstacleKind.OTHER_FORM


NEW: dict[str, tuple[Observation, list[tuple[ObstacleKind, tuple[str, ...]]]]] = {
    "a number": (seen("evaluate", "brier", 0.2), [(ObstacleKind.NEW_VALUES, ("evaluate brier",))]),
    "a learned number": (
        seen("train", "scale_", floats(3.0), role=INTERNAL), [(ObstacleKind.NEW_VALUES, ("train scale_",))]
    ),
    "a count": (seen("evaluate", "errors", 3), []),
    "a text": (seen("evaluate", "worst", "r3"), []),
    "a step of a pipeline": (seen("features", "step", floats(3.0), role=INTERNAL), []),
}  # fmt: skip


@pytest.mark.parametrize("what", NEW)
def test_only_what_has_a_tolerance_must_have_been_measured(what: str):
    added, told = NEW[what]
    assert found(GOLDEN, record(*GOLDEN, added)) == told


def test_what_is_gone_needs_no_tolerance():
    assert found(GOLDEN, record(scores(), seen("evaluate", "auc", 0.9))) == []


CERTIFICATES: dict[str, tuple[Callable[[], list[tuple[ObstacleKind, tuple[str, ...]]]], ObstacleKind]] = {
    "never measured": (
        lambda: found(replace(GOLDEN, tolerances=Tolerances()), GOLDEN), ObstacleKind.NEVER_MEASURED
    ),
    "other questions": (lambda: found(replace(GOLDEN, asked={}), GOLDEN), ObstacleKind.OTHER_QUESTIONS),
    "another floor": (lambda: found(GOLDEN, GOLDEN, options=Options(floor="noise")), ObstacleKind.OTHER_OPTIONS),
    "a word for what is loose": (
        lambda: found(GOLDEN, GOLDEN, options=Options(loose={"auc": "known"})), ObstacleKind.OTHER_OPTIONS
    ),
    "too few machines": (
        lambda: found(GOLDEN, GOLDEN, Cause(CauseKind.EMULATION_AGREES)), ObstacleKind.MACHINES
    ),
    "another precision": (
        lambda: found(GOLDEN, record(scores(), seen("train", "w", numbers(np.ones(9, np.float32)), role=INTERNAL))),
        ObstacleKind.OTHER_PRECISION,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", CERTIFICATES)
def test_a_certificate_counts_for_what_it_was_measured_with(what: str):
    asked, kind = CERTIFICATES[what]
    assert found(GOLDEN, GOLDEN) == []
    assert kind in dict(asked())


def test_the_values_of_a_contract_that_broke_are_measured():
    broken = contract("row order", "differs", gave("row order", "score", numbers(SCORES[::-1].copy(), rows=ROWS)))
    golden = golden_of(scores(), *contract("row order", "same"))
    told = found(golden, record(scores(), *broken))
    assert told == [(ObstacleKind.BROKEN_CONTRACTS, ("contracts row order",))]
