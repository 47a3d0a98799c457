"""Whatever was declared is kept so that a difference shows and equal things are equal, or it is refused by name."""

from __future__ import annotations

import copy
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from mlguard.observe.answers import read_answers
from mlguard.observe.exact import exactly
from tests.observe.objects import CELLS, OBJECTS, close, described, edits, nudged
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
