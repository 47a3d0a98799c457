"""A part of the rows is held against the same rows, also where several have one name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.contract import same_rows
from mlguard.core.difference import difference
from mlguard.core.tolerance import EXACT
from mlguard.core.value import Value, numbers, texts
from tests.properties import examples

CELLS = st.one_of(st.floats(), st.sampled_from([0.1, 0.2]))


@given(st.lists(st.tuples(st.sampled_from("abc"), CELLS), min_size=1, max_size=8), st.data())
@examples(100)
def test_any_part_of_a_value_is_that_part(rows: list[tuple[str, float]], data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.sampled_from(range(len(rows))), min_size=1)))
    names, cells = zip(*rows, strict=True)
    for value in (numbers(np.array(cells), rows=names), texts(map(str, cells), rows=names)):
        part = value.take_rows(places)
        assert difference(same_rows(value, part), part, EXACT).exact


@pytest.mark.parametrize(
    ("part", "taken"),
    [
        (numbers(np.array([3.1]), rows=("a",)), 2),
        (numbers(np.array([1.4]), rows=("a",)), 0),
        (numbers(np.array([3]), rows=("a",)), 2),
        (numbers(np.array([9.0]), rows=("b",)), 1),
        (numbers(np.array([np.nan]), rows=("a",)), 3),
        (texts(["3.0"], rows=("a",)), 0),
    ],
)
def test_of_rows_of_one_name_it_is_the_nearest(part: Value, taken: int) -> None:
    whole = numbers(np.array([1.0, 2.0, 3.0, np.nan]), rows=("a", "b", "a", "a"))
    assert difference(same_rows(whole, part), whole.take_rows([taken]), EXACT).exact
    last = 1 if part.rows == ("b",) else 3
    assert difference(same_rows(whole, part, told_apart=False), whole.take_rows([last]), EXACT).exact


def test_a_value_of_other_rows_or_another_width_is_held_against_all_or_the_last() -> None:
    whole = numbers(np.arange(6.0).reshape(3, 2), rows=("a", "a", "b"))
    assert same_rows(whole, numbers(np.array([1.0]), rows=("c",))) is whole
    assert same_rows(whole, numbers(np.array([1.0]), rows=("a",))).data.tolist() == [2.0, 3.0]
