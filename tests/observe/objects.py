"""What guarded code may return: nested objects to draw, what is equal to them, and edits that change them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from mlguard.core.difference import difference
from mlguard.core.error import UsageError
from mlguard.core.record import Observation, Record
from mlguard.core.tolerance import Tolerance
from mlguard.core.value import Value
from mlguard.golden.codec import decode, encode

RTOL = 1.5e-8
"""The limit per unit of scale under which values are compared here."""


class Size(enum.Enum):
    SMALL = 1
    LARGE = 2.5


class Pair(NamedTuple):
    item: Any
    score: Any


@dataclass
class Answer:
    label: Any
    score: Any
    verbose: Any = 0


class Plain:
    def __init__(self, weight: Any) -> None:
        self.weight = weight


class Slotted:
    __slots__ = ("__hidden", "bias")

    def __init__(self, bias: Any) -> None:
        self.bias, self.__hidden = bias, 1


FLOATS = st.one_of(
    st.sampled_from([0.5, -0.0, 1e-12, 0.1, 1e22, math.inf]), st.floats(-1e6, 1e6, allow_subnormal=False)
)
SCALARS = st.one_of(
    st.booleans(), st.integers(-3, 3), st.integers(), FLOATS, st.sampled_from(["", "a", "1", "0.5", "#", "b, c", "'"]),
    st.text(max_size=3), st.binary(max_size=2), st.sampled_from([Size.SMALL, Size.LARGE]),
    st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)), st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2030, 1, 1)),
    st.timedeltas(dt.timedelta(-9), dt.timedelta(9)), st.decimals(-9, 9, places=2), st.fractions(max_denominator=9),
    st.complex_numbers(max_magnitude=9, allow_subnormal=False), st.uuids(),
    st.builds(np.float32, st.floats(-9, 9, width=32, allow_subnormal=False)),
)  # fmt: skip
LONG = st.one_of(st.integers(0, 9), st.integers(2**53, 2**53 + 9), st.just(-(2**64)))
GAPS = st.sampled_from([None, math.nan, pd.NA, pd.NaT])
KEYS = st.one_of(st.sampled_from(["a", "b", "1", "a.b", "[0]"]), st.integers(0, 2), st.booleans(), st.text(max_size=2))

CELLS = st.recursive(
    st.one_of(SCALARS, st.none(), st.just(math.nan)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
        st.builds(Pair, inner, inner),
        st.builds(Answer, inner, inner),
        st.frozensets(st.integers(0, 12), max_size=3),
    ),
    max_leaves=6,
)
"""One cell of a column: nested as deep as the answer of a service."""

EQUAL_LISTS = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda size: st.lists(
        st.one_of(
            st.lists(st.one_of(LONG, FLOATS), min_size=size[1], max_size=size[1]),
            st.lists(st.lists(LONG, min_size=size[2], max_size=size[2]), min_size=size[1], max_size=size[1]),
        ),
        min_size=size[0],
        max_size=size[0],
    )
)
"""A column of lists that may be a table by chance: of numbers, or of lists of whole numbers that no float holds."""

FEW_KINDS = st.lists(st.one_of(LONG, FLOATS, st.sampled_from(["a", None, np.float32(0.1)])), min_size=1, max_size=4)
"""A column of numbers of several kinds, or of one kind by chance."""


@st.composite
def _series(draw: st.DrawFn) -> pd.Series[Any]:
    cells = draw(st.lists(st.one_of(FLOATS, st.none()), min_size=1, max_size=4))
    index = draw(st.permutations(["x", "y", "z", "w"]))[: len(cells)]
    return pd.Series(cells, index=pd.Index(index, name=draw(st.sampled_from([None, "user"]))), dtype="float64")


@st.composite
def _frames(draw: st.DrawFn) -> pd.DataFrame:
    length = draw(st.integers(1, 3))
    names = draw(st.lists(st.sampled_from(["a", "b", 1, "1"]), min_size=2, max_size=3, unique_by=lambda n: (str, n)))
    kinds = [st.integers(0, 5), FLOATS, st.sampled_from(["x", "y", None])]
    columns = [draw(st.lists(draw(st.sampled_from(kinds)), min_size=length, max_size=length)) for _ in names]
    frame = pd.DataFrame(dict(enumerate(columns)))
    frame.columns = pd.Index(names, dtype=object)
    return frame


@st.composite
def _categories(draw: st.DrawFn) -> pd.Series[Any]:
    cells = draw(st.lists(st.sampled_from(["low", "high"]), min_size=1, max_size=3))
    return pd.Series(pd.Categorical(cells, categories=["low", "mid", "high"], ordered=draw(st.booleans())))


@st.composite
def _masked(draw: st.DrawFn) -> Any:
    numbers = draw(st.lists(FLOATS, min_size=1, max_size=4))
    return np.ma.array(numbers, mask=draw(st.lists(st.booleans(), min_size=len(numbers), max_size=len(numbers))))


ARRAYS = st.one_of(
    st.lists(FLOATS, min_size=1, max_size=4).map(np.array),
    st.lists(st.integers(0, 9), min_size=1, max_size=4).map(lambda n: np.array(n, dtype="int16")),
    _masked(),
)
OBJECTS = st.recursive(
    st.one_of(
        SCALARS, st.none(), ARRAYS, _series(), _frames(), _categories(), st.frozensets(st.integers(0, 12), max_size=3)
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(["a", "b"]), st.integers(0, 2)), inner, max_size=3),
        st.builds(Pair, inner, inner),
        st.builds(Answer, inner, inner, inner),
        st.builds(Plain, inner),
        st.builds(Slotted, inner),
    ),
    max_leaves=5,
)
"""Whatever a metric, a note or a feature may be."""


def stored(leaves: list[tuple[str, Value]]) -> dict[str, Value]:
    """The same values, written into the files of a golden and read again."""
    observed = Record("X", tuple(Observation("evaluate", name, value) for name, value in leaves))
    files = encode(observed)
    return {o.name: o.value for o in decode(files.get, "X", "golden/X")}


def close(golden: dict[str, Value], new: dict[str, Value]) -> bool:
    """Whether two described objects are compared as equal."""
    rule = Tolerance(RTOL)
    return golden.keys() == new.keys() and all(difference(v, new[name], rule).close for name, v in golden.items())


def described(describe: Callable[[], list[tuple[str, Value]]]) -> dict[str, Value] | None:
    """A described object, stored and read; None where two of its parts have one name."""
    try:
        return stored(describe())
    except UsageError as error:
        if error.slug != "names-collide":
            raise
        return None


def nudged(value: Any, *, turned: bool = True) -> Any:
    """An equal object made otherwise: other containers of the same items, floats a bit of round-off away.

    With `turned`, mappings name their entries in another order, which counts in cells only.
    """
    again = partial(nudged, turned=turned)
    if isinstance(value, bool | np.bool_):
        return value
    if type(value) is float:
        return value * ROUNDED_DOWN
    if isinstance(value, Pair):
        return Pair(*map(again, value))
    if isinstance(value, list):
        return tuple(map(again, value))
    if isinstance(value, dict):
        return {key: again(part) for key, part in (reversed(value.items()) if turned else value.items())}
    if isinstance(value, Answer):
        return dataclasses.replace(value, label=again(value.label), score=again(value.score))
    if isinstance(value, Plain):
        return Plain(again(value.weight))
    return value.copy() if isinstance(value, pd.DataFrame | pd.Series | np.ndarray) else value


@st.composite
def edits(draw: st.DrawFn, value: Any) -> Any:
    """An object that differs in one place: in value, type, name, order, label or place."""
    choices = list(_edits(value))
    made, part = draw(st.sampled_from(choices))
    return made(draw(edits(part))) if part is not ALONE else made(None)


Edit = tuple[Callable[[Any], Any], Any]

ROUNDED_DOWN = 1 - 2.0**-53
"""What a number is multiplied by to be one bit of round-off smaller; nothing has no round-off."""

ALONE = object()
"""Stands where an edit needs no changed part."""


def _edits(value: Any) -> list[Edit]:
    """Ways to change an object: each a function that makes it of a changed part, and that part or `ALONE`."""
    found: list[Edit] = [(lambda _: "other than before", ALONE)] if not isinstance(value, str) else []
    if isinstance(value, str):
        return [(lambda _: value + "!", ALONE), (lambda _: value.encode(), ALONE)]
    if isinstance(value, bool):
        return [(lambda _: not value, ALONE), (lambda _: int(value), ALONE), (lambda _: str(value), ALONE)]
    if isinstance(value, int):
        return [(lambda _: value + 1, ALONE), (lambda _: str(value), ALONE), (lambda _: decimal.Decimal(value), ALONE)]
    if type(value) is float:
        moved = 0.25 if not math.isfinite(value) else value + max(1.0, abs(value) / 4)
        return [
            *found,
            (lambda _: moved, ALONE),
            (lambda _: math.nan, ALONE) if value == value else (lambda _: 1.0, ALONE),
        ]
    if isinstance(value, Pair | Answer | Plain | Slotted):
        return [*found, *_of_object(value)]
    if isinstance(value, list):
        return [*found, *_of_list(value)]
    if isinstance(value, dict):
        return [*found, *_of_dict(value)]
    if isinstance(value, frozenset):
        return [*found, (lambda _: value | {99}, ALONE), (lambda _: sorted(value), ALONE)]
    if isinstance(value, pd.DataFrame):
        return [*found, *_of_frame(value)]
    if isinstance(value, pd.Series):
        return [*found, *_of_series(value)]
    if isinstance(value, np.ndarray):
        return [*found, *_of_array(value)]
    return found


def _of_object(value: Any) -> list[Edit]:
    if isinstance(value, Pair):
        return [(lambda p: Pair(p, value.score), value.item), (lambda p: Pair(value.item, p), value.score)]
    if isinstance(value, Plain):
        return [(lambda p: Plain(p), value.weight)]
    if isinstance(value, Slotted):
        return [(lambda p: Slotted(p), value.bias)]
    other = dataclasses.make_dataclass("Answer", ["label", "points", "verbose"])
    return [
        (lambda p: dataclasses.replace(value, label=p), value.label),
        (lambda p: dataclasses.replace(value, score=p), value.score),
        (lambda p: dataclasses.replace(value, verbose=p), value.verbose),
        (lambda _: other(value.label, value.score, value.verbose), ALONE),
    ]


def _of_list(value: list[Any]) -> list[Edit]:
    found: list[Edit] = [(lambda _: [*value, 7], ALONE), (lambda _: {"list": value}, ALONE)]
    found += [(lambda _: {}, ALONE)] if not value else [(lambda _: value[:-1], ALONE)]
    return [*found, *((lambda p, i=i: [*value[:i], p, *value[i + 1 :]], part) for i, part in enumerate(value))]


def _of_dict(value: dict[Any, Any]) -> list[Edit]:
    found: list[Edit] = [(lambda _: {**value, "new": 1}, ALONE)]
    for key, part in value.items():
        found.append((lambda p, key=key: {**value, key: p}, part))
        found.append((lambda _, key=key: {f"{k}'" if k == key else k: v for k, v in value.items()}, ALONE))
        if not isinstance(key, str) and str(key) not in value:
            found.append((lambda _, key=key: {str(k) if k == key else k: v for k, v in value.items()}, ALONE))
    return found


def _of_series(value: pd.Series[Any]) -> list[Edit]:
    if str(value.dtype) == "category":
        turned = value.cat.as_unordered() if value.cat.ordered else value.cat.as_ordered()
        return [
            (lambda _: turned, ALONE),
            (lambda _: value.cat.reorder_categories(["high", "mid", "low"]), ALONE),
            (lambda _: value.astype(object), ALONE),
        ]
    found: list[Edit] = [
        (lambda _: value.reset_index(drop=True), ALONE),
        (lambda _: value.rename_axis("another"), ALONE),
        (lambda _: value.set_axis([f"{label}!" for label in value.index]), ALONE),
        (lambda _: value.astype("float32"), ALONE),
    ]
    return found


def _of_frame(value: pd.DataFrame) -> list[Edit]:
    names = list(value.columns)
    return [
        (lambda _: value.iloc[:, ::-1], ALONE),
        (lambda _: value.set_axis([*names[:-1], f"{names[-1]}!"], axis=1), ALONE),
        (lambda _: value.set_axis([str(n) if not isinstance(n, str) else (n, n) for n in names], axis=1), ALONE),
        (lambda _: value.set_axis([f"row {i}" for i in range(len(value))]), ALONE),
        (lambda _: pd.concat([value, value]), ALONE),
    ]


def _of_array(value: np.ndarray[Any, Any]) -> list[Edit]:
    if isinstance(value, np.ma.MaskedArray):
        return [(lambda _: np.ma.array(value.data, mask=~np.ma.getmaskarray(value)), ALONE)]
    return [
        (lambda _: value.astype("complex128"), ALONE),
        (lambda _: value[None], ALONE),
        (lambda _: value[:-1], ALONE),
    ]
