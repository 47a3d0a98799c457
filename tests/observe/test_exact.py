"""Whatever was declared is kept so that a difference shows and equal things are equal, or it is refused by name."""

from __future__ import annotations

import copy
import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import example, given
from hypothesis import strategies as st

from mlguard.core.difference import difference
from mlguard.core.nested import NESTED
from mlguard.core.tolerance import EXACT
from mlguard.core.value import Value
from mlguard.observe.answers import join, read_answers
from mlguard.observe.exact import exactly
from mlguard.observe.leaf import to_value
from tests.observe.objects import CELLS, EQUAL_LISTS, FEW_KINDS, OBJECTS, Pair, close, described, edits, nudged
from tests.properties import examples


def note(value: Any) -> dict[str, Any] | None:
    return described(lambda: exactly(value, "x", where="note 'x' holds"))


def answers(cells: list[Any]) -> dict[str, Any] | None:
    column = pd.Series([None] * len(cells), dtype=object)
    for place, cell in enumerate(cells):
        column[place] = cell
    frame = pd.DataFrame({"answer": column})
    found = read_answers(frame, guard="X", rows=len(cells), key=None)
    return described(lambda: [*found.columns.items(), *found.facts.items()])


@examples(60)
@given(OBJECTS)
def test_equal_objects_are_always_close(value: Any) -> None:
    first = note(value)
    if first is not None:
        assert close(first, note(copy.deepcopy(value)) or {})
        assert close(first, note(nudged(value)) or {})


@given(OBJECTS, st.data())
def test_an_object_that_differs_in_one_place_is_never_close(value: Any, data: st.DataObject) -> None:
    other = data.draw(edits(value))
    first, second = note(value), note(other)
    if first is not None and second is not None:
        assert not close(first, second)


@examples(60)
@given(st.lists(CELLS, min_size=1, max_size=3), st.data())
def test_cells_of_answers_are_as_exact_as_whole_objects(cells: list[Any], data: st.DataObject) -> None:
    first = answers(cells)
    assert first is not None
    assert close(first, answers([nudged(cell, turned=False) for cell in cells]) or {})
    place = data.draw(st.integers(0, len(cells) - 1))
    edited = [*cells[:place], data.draw(edits(cells[place])), *cells[place + 1 :]]
    assert not close(first, answers(edited) or {})


COLUMNS = st.one_of(st.lists(CELLS, min_size=1, max_size=4), EQUAL_LISTS, FEW_KINDS)


@examples(80)
@given(COLUMNS)
@example([2**53 + 1, 0.5])
@example([1, 2.5, "a"])
@example([2**64, 0, 0])
@example([[2**53 + 1, 0.5], [1, 2]])
@example([[[1, 2]], [[3], [4, 5]]])
@example([[], Pair(1, 2.5), None])
@example([0, "a", np.float32(0.1)])
@example([0.5, "a", np.float32(0.1)])
def test_a_cell_is_described_alike_whatever_stands_beside_it(cells: list[Any]) -> None:
    whole = column(cells)
    assert_same(whole, join([column([cell]) for cell in cells]))
    for cut in range(1, len(cells)):
        assert_same(whole, join([column(cells[:cut]), column(cells[cut:])]))
    for chosen in itertools.permutations(range(len(cells)), min(2, len(cells))):
        part, alone = whole.take_rows(chosen), column([cells[place] for place in chosen])
        if part.is_numeric and alone.is_numeric:  # Whole numbers among floats are floats: the column says which.
            alone = replace(alone, dtype=part.dtype)
        assert_same(part, alone)


@examples(40)
@given(st.one_of(EQUAL_LISTS, FEW_KINDS.filter(lambda cells: type(cells[0]) in (int, float))), st.data())
def test_a_number_never_changes_unseen_in_any_form(cells: list[Any], data: st.DataObject) -> None:
    edited = [data.draw(edits(cells[0])), *cells[1:]]
    assert not difference(column(cells), column(edited), EXACT).close
    assert not difference(column(cells), join([column([cell]) for cell in edited]), EXACT).close


def column(cells: list[Any]) -> Value:
    return to_value(np.fromiter(cells, dtype=object, count=len(cells)), strict=True)


def assert_same(one: Value, other: Value) -> None:
    found = difference(one, other, EXACT)
    assert found.close, (found.structure, one.data, other.data)
    assert found.exact
    if one.dtype in NESTED and one.dtype == other.dtype != "mixed":
        assert one.data.tolist() == other.data.tolist()
