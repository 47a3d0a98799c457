"""Fingerprints are compared within a tolerance, and parts that were renamed find each other."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.tools.trace.distance import Step, distance, is_close
from mlguard.tracing.fingerprint import Fingerprints
from mlguard.tracing.trace import Fingerprint


def of(**named: object) -> Fingerprint:
    return Fingerprints({}).of(named)


VALUES = st.one_of(
    st.integers(-5, 5),
    st.text(max_size=3),
    st.none(),
    st.lists(st.floats(width=32), max_size=5).map(np.array),
    st.lists(st.integers(0, 3), max_size=3),
)
NAMED = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3)


@given(values=NAMED)
def test_a_fingerprint_equals_itself(values: dict[str, object]) -> None:
    assert distance(of(**values), of(**values)).step is Step.EQUAL


@given(one=NAMED, other=NAMED)
def test_whether_something_moved_does_not_depend_on_which_comes_first(
    one: dict[str, object], other: dict[str, object]
) -> None:
    there, back = distance(of(**one), of(**other)), distance(of(**other), of(**one))
    assert (there.step is Step.EQUAL) == (back.step is Step.EQUAL)


@given(one=NAMED, other=NAMED)
def test_that_something_moved_is_known_without_looking_on(one: dict[str, object], other: dict[str, object]) -> None:
    before, after = of(**one), of(**other)
    assert is_close(before, after) == (distance(before, after).step < Step.MOVED)


@given(values=NAMED)
def test_new_names_alone_move_nothing(values: dict[str, object]) -> None:
    renamed = {f"new_{name}": value for name, value in values.items()}
    assert distance(of(**values), of(**renamed)).step < Step.STRUCTURE


TABLE = pd.DataFrame({"a": [1], "b": [2]})

CASES = {
    "last digits": (np.array([1.0, 2.0]), np.array([1.0, 2.0 + 4e-16]), Step.CLOSE),
    "a thousand times that": (np.array([1.0, 2.0]), np.array([1.0, 2.0 + 4e-13]), Step.MOVED),
    "single precision": (np.float32([1.0, 2.0]), np.float32([1.0, 2.000001]), Step.CLOSE),
    "an integer": (np.array([1, 2]), np.array([1, 3]), Step.MOVED),
    "a type": (np.array([1, 2]), np.array([1.0, 2.0]), Step.STRUCTURE),
    "a shape": (np.array([1.0, 2.0]), np.array([1.0, 2.0, 3.0]), Step.MOVED),
    "a gap": (np.array([1.0, 2.0]), np.array([1.0, np.nan]), Step.MOVED),
    "an entry more": ({"a": 1.0}, {"a": 1.0, "b": 2.0}, Step.STRUCTURE),
    "columns in another order": (TABLE, TABLE[["b", "a"]], Step.STRUCTURE),
    "one of many": (np.ones(20_000), np.r_[np.ones(19_999), 1.001], Step.MOVED),
    "last digits of many": (np.ones(20_000), np.full(20_000, 1.0 + 2e-16), Step.CLOSE),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_how_far_things_are_apart(case: str) -> None:
    one, other, step = CASES[case]
    assert distance(of(v=one), of(v=other)).step is step


def test_behind_noise_a_solver_may_stop_elsewhere() -> None:
    one, other = of(v=np.array([1.0, 2.0])), of(v=np.array([1.0, 2.0 + 1e-9]))
    assert distance(one, other).step is Step.MOVED
    assert distance(one, other, behind_noise=True).step is Step.CLOSE
