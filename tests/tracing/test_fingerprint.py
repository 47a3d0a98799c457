"""Fingerprints see every element and what tables are made of, consume nothing, and raise nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from mlguard.tracing.fingerprint import FOLDER, Fingerprints
from mlguard.tracing.large import BLOCKED
from mlguard.tracing.trace import Fingerprint


def of(value: object, **places: str) -> Fingerprint:
    return Fingerprints({place: name for name, place in places.items()}).of({"v": value})


def frame() -> pd.DataFrame:
    return pd.DataFrame({"x": [1.0, 2.0, 3.0], "kind": ["a", "b", None], "n": [1, 2, 3]})


EDITS = {
    "a cell": lambda t: t.assign(x=[1.0, 2.0, 3.5]),
    "a text": lambda t: t.assign(kind=["a", "c", None]),
    "a gap": lambda t: t.assign(kind=["a", "b", ""]),
    "a type": lambda t: t.assign(n=t["n"].astype(float)),
    "the order of rows": lambda t: t.iloc[::-1],
    "the index alone": lambda t: t.set_axis([3, 4, 5]),
    "the order of columns": lambda t: t[["kind", "x", "n"]],
    "a column's name": lambda t: t.rename(columns={"x": "y"}),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_table_differs_in_whatever_was_edited(edit: str) -> None:
    assert of(frame()).digest == of(frame()).digest
    assert of(EDITS[edit](frame())).digest != of(frame()).digest


def test_every_element_of_a_large_array_has_a_say() -> None:
    values = np.arange(3 * BLOCKED, dtype=float)
    before = of(values).leaves[0]
    assert before.value.size < BLOCKED
    for place in (0, 1, BLOCKED, values.size - 1):
        other = values.copy()
        other[place] += 1.0
        assert not np.array_equal(of(other).leaves[0].value.data, before.value.data)
    swapped = values.copy()
    swapped[[100, 101]] = swapped[[101, 100]]
    assert not np.array_equal(of(swapped).leaves[0].value.data, before.value.data)


def test_what_an_array_held_is_kept_when_it_is_overwritten() -> None:
    values = np.ones(4)
    seen = of(values)
    values[:] = 0.0
    assert seen.leaves[0].value.data.tolist() == [1.0] * 4


def test_iterators_are_not_consumed() -> None:
    streams: list[Iterator[int]] = [iter([1, 2]), (i for i in (1, 2)), map(int, "12"), zip([1], [2], strict=True)]  # type: ignore[list-item]
    of(streams)
    assert [next(stream) for stream in streams] == [1, 1, 1, (1, 2)]


def test_a_generator_is_known_by_what_it_draws_next() -> None:
    for make in (np.random.RandomState, np.random.default_rng, random.Random):
        assert of(make(1)).digest == of(make(1)).digest != of(make(2)).digest
    drawn = np.random.RandomState(1)
    drawn.rand()
    assert of(drawn).digest != of(np.random.RandomState(1)).digest


def test_an_estimator_is_known_by_its_settings_before_it_learned_anything() -> None:
    assert of(LogisticRegression(C=2.0)).digest != of(LogisticRegression(C=3.0)).digest
    assert of(LogisticRegression(verbose=1)).digest == of(LogisticRegression(verbose=0)).digest


class Steady(LogisticRegression):
    """An estimator of a project's own, which looks at itself while a pipeline fits it."""

    seen: bytes = b""

    def fit(self, rows: object, y: object) -> Steady:
        Steady.seen = of(self).digest
        super().fit(rows, y)
        return self


def test_an_estimator_that_a_pipeline_fits_is_the_same_every_time() -> None:
    seen = []
    for _ in range(2):
        make_pipeline(FunctionTransformer(), Steady()).fit([[0.0], [1.0]], [0, 1])
        seen.append(Steady.seen)
    assert seen[0] == seen[1]


def test_a_run_s_own_folder_is_no_difference_but_its_files_are(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        (folder / "model.json").write_text("{}", encoding="utf-8")
    seen = [Fingerprints({str(folder): FOLDER}).of({"v": folder}).digest for folder in (one, other)]
    assert seen[0] == seen[1]
    (other / "model.json").write_text("{1}", encoding="utf-8")
    assert Fingerprints({str(other): FOLDER}).of({"v": other}).digest != seen[0]
    assert of(tmp_path).digest == of(tmp_path).digest


class Hostile:
    """An object that raises wherever it is looked at."""

    def __init__(self) -> None:
        self.inner = self

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)


def test_nothing_that_an_object_does_ends_a_run() -> None:
    circle: list[object] = []
    circle.append(circle)
    for value in (Hostile(), circle, {"a": Hostile()}, type("Odd", (), {"__slots__": ("gone",)})()):
        assert of(value) == of(value) or of(value).leaves
