"""What is equal up to sign, relabelling or permutation is said so, and passes only where it was declared."""

from __future__ import annotations

import numpy as np
import pytest

from mlguard.core.compare import compare
from mlguard.core.outcome import Outcome
from mlguard.core.record import Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.symmetry import symmetry
from mlguard.core.tolerance import Tolerance
from mlguard.core.value import numbers, texts
from mlguard.report.sentence import say

RULE = Tolerance(1e-8)
MATRIX = np.array([[1.0, 2.0], [3.0, -4.0], [5.0, 6.0]])
CLUSTERS = np.array([0, 0, 1, 2, 2, 1])


@pytest.mark.parametrize(
    ("golden", "new", "found"),
    [
        (MATRIX, MATRIX * [1.0, -1.0], "sign"),
        (MATRIX, MATRIX * [[1.0], [-1.0], [1.0]], "sign"),
        (MATRIX[:, 0], -MATRIX[:, 0], "sign"),
        (MATRIX, MATRIX[::-1].copy(), "permutation"),
        (MATRIX, MATRIX * [1.0, -1.001], None),
        (MATRIX, MATRIX * 2, None),
        (CLUSTERS, np.array([2, 2, 0, 1, 1, 0]), "relabelling"),
        (CLUSTERS, np.array([2, 2, 0, 1, 1, 1]), None),
        (np.array([4, 5, 6, 7]), np.array([7, 6, 5, 4]), "permutation"),
        (np.array([4, 5, 6, 7]), np.array([7, 6, 5, 5]), None),
        (np.array([0, 0, 0, 1]), np.array([1, 1, 1, 0]), "relabelling"),
    ],
)
def test_the_symmetry_of_two_arrays(golden: np.ndarray, new: np.ndarray, found: str | None) -> None:
    assert symmetry(numbers(golden), numbers(new), RULE) == found


def test_another_shape_or_type_is_no_symmetry() -> None:
    assert symmetry(numbers(MATRIX), numbers(MATRIX.T.copy()), RULE) is None
    assert symmetry(numbers(CLUSTERS), texts(map(str, CLUSTERS)), RULE) is None


@pytest.mark.parametrize(("declared", "outcome"), [({}, Outcome.SHIFTED), ({"test.*": "relabelling"}, Outcome.MATCH)])
def test_it_passes_only_where_it_was_declared(declared: dict[str, str], outcome: Outcome) -> None:
    golden = Record("G", (Observation("predict", "test.cluster", numbers(CLUSTERS)),))
    new = Record("G", (Observation("predict", "test.cluster", numbers(np.array([2, 2, 0, 1, 1, 0]))),))
    comparison = compare(golden, new, Rules(symmetries=declared))
    assert comparison.outcome is outcome
    assert "equal up to relabelling" in say(comparison.findings[0])
