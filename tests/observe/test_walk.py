from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from mlguard.observe.walk import LEAVES, SIBLINGS, walk
from tests.properties import examples

X = np.array([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.5]])
Y = np.array([0, 0, 1, 1])


@dataclass
class Tree:
    threshold: float
    left: Any = None
    n_jobs: int = 4


class Slots:
    __slots__ = ("empty", "weights")

    def __init__(self) -> None:
        self.weights = np.zeros(2)


class Base:
    __slots__ = ("bias",)


class Own(Base):
    def __init__(self) -> None:
        self.bias = 1.0
        self.table = pd.DataFrame({"a": [1], "b": ["x"]})
        self.predict = lambda rows: rows
        self.fit_time_ = 3.2


def names(value: object, **how: bool) -> list[str]:
    return [name for name, _ in walk(value, **how)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, [""]),
        ({"coef": np.zeros(2), "inner": {"a": 1, 2: "b"}}, ["coef", "inner.a", "inner.2"]),
        ([1, 2, 3], [""]),
        ([[1, 2], [3, 4]], [""]),
        ([np.zeros(2), np.zeros(3)], ["[0]", "[1]"]),
        ([{"a": 1, "b": "x"}, {"a": 2}], ["a", "b"]),
        ({"a", "b"}, [""]),
        (Tree(0.5, Tree(0.25)), ["threshold", "left.threshold", "left.left"]),
        (Slots(), ["empty", "weights"]),
        (Own(), ["table.a", "table.b", "bias"]),
        ({f"item {i}": i for i in range(9)}, ["keys", "values"]),
        (OrderedDict(fit_time_=1.0, n_jobs=2, a=3), ["a"]),
        (pd.DataFrame({"a": [1], "b": [2]}), ["a", "b"]),
        ([], []),
        ({}, []),
    ],
    ids=lambda value: type(value).__name__,
)
def test_leaves_have_the_names_that_lead_to_them(value: object, expected: list[str]) -> None:
    assert names(value) == expected


def test_a_pipeline_is_walked_into_its_steps_and_its_wall_clock_is_not() -> None:
    frame = pd.DataFrame({"n": [0.0, 1.0, 2.0, 3.0], "c": ["a", "b", "a", "b"]})
    columns = make_column_transformer((StandardScaler(), ["n"]), (OneHotEncoder(), ["c"]))
    found = names(make_pipeline(columns, LogisticRegression()).fit(frame, Y))
    assert any(name.endswith("coef_") for name in found)
    assert any(name.endswith("mean_") for name in found)
    assert any("categories_" in name for name in found)
    assert not any(word in name for name in found for word in ("n_jobs", "verbose", "time", "n_iter_"))


@pytest.mark.parametrize("forest", [RandomForestClassifier, GradientBoostingClassifier])
def test_the_trees_of_an_ensemble_are_looked_into(forest: Any) -> None:
    one, other = (forest(n_estimators=n, random_state=0).fit(X, Y) for n in (3, 3))
    leaves = dict(walk(one))
    assert "estimators_[0].tree_.threshold" in leaves
    assert {n: v.digest() for n, v in leaves.items()} == {n: v.digest() for n, v in walk(other)}
    assert len({n.split("]")[0] for n in names(forest(n_estimators=20).fit(X, Y)) if n.startswith("estimators_[")}) == (
        SIBLINGS
    )


def test_what_was_declared_is_walked_whole() -> None:
    long = [Tree(float(i)) for i in range(40)]
    assert len(names(long)) == 2 * SIBLINGS
    assert len(names(long, whole=True)) == 2 * 40
    assert names({"n_iter": 3, "verbose": 1}, whole=True) == ["n_iter", "verbose"]
    wide = {f"a{i}": np.zeros(1) for i in range(LEAVES + 5)}
    assert (len(names(wide)), len(names(wide, whole=True))) == (LEAVES, LEAVES + 5)


def test_circles_end() -> None:
    loop: list[Any] = [1]
    loop.append(loop)
    both: dict[str, Any] = {"a": 1}
    both["self"] = both
    assert names(both) == ["a"]
    assert names(loop) == ["[0]"]
    crowd: list[Any] = [[] for _ in range(12)]
    for one in crowd:
        one += crowd
    assert names(crowd) == []


def test_the_order_of_sets_is_no_difference() -> None:
    names_of = [frozenset({"a", "b"}), frozenset({"c"}), frozenset({"d", "e", "f"})]
    one, other = dict(walk(set(names_of))), dict(walk(frozenset(names_of[::-1])))
    assert one[""].data.tolist() == other[""].data.tolist() == ["{'a', 'b'}", "{'c'}", "{'d', 'e', 'f'}"]


class Raising:
    @property
    def tree_(self) -> Any:
        raise RuntimeError("not now")

    def __init__(self) -> None:
        self.weight = 1.0
        self.__dict__["late"] = 2.0

    @property
    def late(self) -> Any:
        raise ValueError("never")


class Answering:
    """Has every attribute that anybody asks for."""

    def __getattr__(self, name: str) -> Any:
        return Answering()

    def __len__(self) -> int:
        raise TypeError("no length")


class Lying:
    __class__ = property(lambda self: 1 / 0)  # type: ignore[assignment]


class Array:
    def __array__(self, dtype: Any = None) -> Any:
        raise MemoryError("too large")


@pytest.mark.parametrize(
    "make",
    [
        Raising, Answering, Lying, Array, lambda: (i for i in range(3)), lambda: len, threading.Lock, lambda: threading,
        lambda: type, object, lambda: np.random.RandomState(0), np.random.default_rng, lambda: iter([1]),
        lambda: memoryview(b"a"), lambda: NotImplemented, lambda: ..., lambda: slice(1), lambda: np.sum, Exception,
    ],
)  # fmt: skip
def test_nothing_that_a_model_holds_ends_a_run(make: Any) -> None:
    found = dict(walk({"weird": make(), "kept": 1.0}))
    assert found["kept"].data.tolist() == [1.0]


def test_an_attribute_that_raises_hides_no_other() -> None:
    assert names({"model": [Slots(), Raising.__new__(Raising)]}) == ["model[0].empty", "model[0].weights"]


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=2)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=2), inner, max_size=4)),
    max_leaves=12,
)


@examples(40)
@given(JSON, st.booleans())
def test_the_same_object_always_gives_the_same_leaves(value: object, whole: bool) -> None:
    one, other = list(walk(value, "x", whole=whole)), list(walk(value, "x", whole=whole))
    assert [(n, v.digest()) for n, v in one] == [(n, v.digest()) for n, v in other]
