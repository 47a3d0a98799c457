"""What was returned, observed, written, read and compared: never a match where it differs by more than its limit.

The limit is that of docs/decisions/limits-per-column.md, computed here in plain Python for one number at a time.
"""

from __future__ import annotations

import copy
import datetime as dt
import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from mlguard.core.compare import compare
from mlguard.core.error import UsageError
from mlguard.core.outcome import Outcome
from mlguard.core.record import Observation, Record
from mlguard.core.value import texts
from mlguard.golden.codec import decode, encode
from mlguard.observe.answers import read_answers
from mlguard.observe.exact import exactly
from tests.observe.objects import OBJECTS, edits
from tests.properties import examples

SHARE, EPS = 2.0**-26, 2.0**-52

FLOATS, CENTS, OTHERS = "floats", "cents", "others"
"""What a drawn column holds: numbers with limits, rounded ones, and what has to be equal."""


def verdict(golden: list[Observation], new: list[Observation]) -> Outcome:
    """What comes of comparing two runs, the first of which was written into the files of a golden and read again."""
    files = encode(Record("X", tuple(golden)))
    return compare(decode(files.get, "X", "golden/X"), Record("X", tuple(new))).outcome


def answers(frame: pd.DataFrame) -> list[Observation]:
    """The Observations of what `predict` returned."""
    found, rows = read_answers(frame, guard="X", rows=len(frame), key=None), tuple(map(str, range(len(frame))))
    columns = [
        Observation("predict", f"test.{name}", replace(value, rows=rows), column=name, file="predictions")
        for name, value in found.columns.items()
    ]
    facts = {"columns": texts(found.columns), **found.facts}
    return [*(Observation("predict", f"test.{name}", value) for name, value in facts.items()), *columns]


def note(value: Any) -> list[Observation]:
    """The Observations of what a guard noted. Assumes that no two of its parts have one name."""
    try:
        return [Observation("evaluate", name, part) for name, part in exactly(value, "x", where="note 'x' holds")]
    except UsageError as error:
        assume(error.slug != "names-collide")
        raise


def limit(kind: str, column: list[float], place: int) -> float:
    """How far one number of a column may move."""
    different: list[float] = []
    for number in sorted(x for x in column if math.isfinite(x)):
        if not different or number - different[-1] > 8 * EPS * abs(number):
            different.append(number)
    size, unit = abs(column[place]), _unit(column[place], different)
    if kind == CENTS:
        return min(64 * EPS * max(size, unit), 0.005)
    return SHARE * unit + 64 * EPS * size


def _unit(number: float, different: list[float]) -> float:
    """The spread of a column's different numbers for one of them."""
    size = abs(number)
    gaps = sorted(after - before for before, after in pairwise(different))
    if not gaps:
        return size
    if len(different) < 10:
        smallest, spread = gaps[0] if len(gaps) > 1 else 0.0, gaps[len(gaps) // 2]
    else:
        smallest, spread = _between(different, 0.25) / 1.35, _between(different, 0.1) / 2.56
    own = min(size, max(abs(number - median(different)), spread))
    return max(smallest, own, 1e-6 * size)


def _between(ordered: list[float], share: float) -> float:
    last = len(ordered) - 1
    return ordered[math.floor((1 - share) * last)] - ordered[math.ceil(share * last)]


@st.composite
def columns(draw: st.DrawFn, rows: int) -> tuple[str, list[Any]]:
    """A column of this many cells, with what it holds."""
    kind = draw(st.sampled_from([FLOATS, FLOATS, CENTS, OTHERS]))
    if kind == CENTS:
        cells = st.integers(-(10**6), 10**6).map(lambda n: (2 * n + 1) / 100)
        numbers = draw(st.lists(cells, min_size=rows, max_size=rows, unique=True))
        return (CENTS if rows >= 4 else FLOATS), numbers
    if kind == OTHERS:
        one = draw(st.sampled_from([st.integers(-5, 5), st.text(max_size=3), st.booleans(), DAYS]))
        return OTHERS, draw(st.lists(one, min_size=rows, max_size=rows))
    size = draw(st.sampled_from([1e-12, 1e-3, 1.0, 1e6, 1.7e9]))
    cells = st.one_of(st.floats(-1, 1).map(lambda x: x * size), st.sampled_from([0.0, 1e9, size, math.nan, math.inf]))
    return FLOATS, draw(st.lists(cells, min_size=rows, max_size=rows))


DAYS = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2030, 1, 1))

Frame = tuple[dict[str, str], pd.DataFrame]
"""What each column holds, and the columns."""


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    """What a `predict` may return."""
    rows = draw(st.one_of(st.integers(1, 6), st.integers(10, 24)))
    drawn = {name: draw(columns(rows)) for name in draw(st.permutations(["a", "b", "c"]))[: draw(st.integers(1, 3))]}
    frame = pd.DataFrame({name: pd.Series(cells) for name, (_, cells) in drawn.items()})
    return {name: kind for name, (kind, _) in drawn.items()}, frame


@st.composite
def edited(draw: st.DrawFn, frame: Frame) -> pd.DataFrame:
    """The same answers with one difference: in a number beyond its limit, or in anything that has to be equal."""
    kinds, before = frame
    name = draw(st.sampled_from(list(before.columns)))
    if draw(st.booleans()):
        return draw(st.sampled_from(_other_structures(before, name)))()
    place, cells = draw(st.integers(0, len(before) - 1)), list(before[name])
    if kinds[name] == OTHERS:
        cells[place] = _another(cells[place])
    elif not math.isfinite(cells[place]):
        cells[place] = draw(st.sampled_from([x for x in (1.0, -math.inf, math.nan) if not _same(x, cells[place])]))
    else:
        allowed = limit(kinds[name], cells, place)
        moved = cells[place] + draw(st.sampled_from([-1, 1])) * allowed * draw(st.sampled_from([1.01, 3.0, 1e3, 1e7]))
        # Of a number that is too large for so small a step nothing can be said.
        assume(math.isfinite(moved) and abs(moved - cells[place]) > 1.001 * allowed)
        cells[place] = draw(st.sampled_from([moved, moved, math.nan, math.inf]))
    return before.assign(**{name: pd.Series(cells, index=before.index)})


def _another(cell: Any) -> Any:
    if isinstance(cell, bool | np.bool_):
        return not cell
    return cell + (
        dt.timedelta(microseconds=1) if isinstance(cell, dt.datetime) else "!" if isinstance(cell, str) else 1
    )


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def _other_structures(before: pd.DataFrame, name: str) -> list[Callable[[], pd.DataFrame]]:
    """The same cells in another form, under another name, or at another place."""
    found = [
        lambda: before.rename(columns={name: f"{name}!"}),
        lambda: pd.concat([before, before.rename(columns={name: "added"})[["added"]]], axis=1),
        lambda: before.assign(**{name: [str(cell) + "0" for cell in before[name]]}),
    ]
    if not pd.isna(before[name][0]):
        found.append(lambda: before.assign(**{name: [None, *before[name][1:]]}))
    if len(before.columns) > 1:
        found += [lambda: before.drop(columns=name), lambda: before[before.columns[::-1]]]
    if before[name].dtype == np.float64:
        found.append(lambda: before.astype({name: "complex128"}))
    return found


@examples(40)
@given(frames())
def test_the_same_answers_always_match(frame: Frame):
    _, before = frame
    assert verdict(answers(before), answers(before.copy())) is Outcome.MATCH


@examples(100)
@given(frames().flatmap(lambda frame: st.tuples(st.just(frame), edited(frame))))
def test_answers_that_differ_beyond_the_limit_never_match(case: tuple[Frame, pd.DataFrame]):
    (_, before), after = case
    assert verdict(answers(before), answers(after)) is not Outcome.MATCH


@examples(30)
@given(OBJECTS)
def test_the_same_notes_always_match(value: Any):
    first = note(value)
    assume(first)
    assert verdict(first, note(copy.deepcopy(value))) is Outcome.MATCH


@examples(60)
@given(OBJECTS, st.data())
def test_notes_that_differ_in_one_place_never_match(value: Any, data: st.DataObject):
    first, second = note(value), note(data.draw(edits(value)))
    assume(first)
    assert verdict(first, second) is not Outcome.MATCH
