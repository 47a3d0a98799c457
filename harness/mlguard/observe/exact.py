"""Describe what was declared (answers, features, metrics, notes) so that any difference shows, or refuse it by name.

Here nothing is left out and nothing approximated, as it may be inside a model (`observe.walk`): a value is of a kind
that this file knows, or it is refused. What a Value has no room for stands beside it under a name in parentheses:
`sims.(index)`, `sims.(columns)`, `size.(categories)`, `rates.(keys)`.
"""

from __future__ import annotations

import enum
from collections import Counter, deque
from collections.abc import Iterator, KeysView, Mapping, Sequence, ValuesView
from dataclasses import replace
from typing import Any

import numpy as np

from mlguard.adapters import libraries
from mlguard.core.error import UsageError
from mlguard.core.value import Value, text, texts
from mlguard.observe.fields import CODE, attributes_beside, fields_of, is_named_tuple
from mlguard.observe.kinds import is_column, is_frame, is_numbered, is_pandas, unwrapped
from mlguard.observe.leaf import is_leaf, to_value
from mlguard.observe.narwhals import as_pandas
from mlguard.observe.spelling import InexactError, spell
from mlguard.observe.walk import (
    LIBRARIES,
    NOT_BEHAVIOUR,
    boxed,
    holds_objects,
    is_entry,
    is_plain,
    is_rectangle,
    is_table,
    join_names,
)

Leaf = tuple[str, Value]
Part = tuple[str, object]

PARTS = 50_000
"""Parts of one value that are looked at: what has more is no answer of a tiny guard."""

DEPTH = 50
"""Levels of nesting that are followed."""

MANY = 8
"""Plain entries of a mapping up to which each has a name of its own; more are two columns, keys and values."""

_SEQUENCES = (list, tuple, range, deque, KeysView, ValuesView)


def exactly(value: object, name: str, *, where: str, each: bool = False) -> list[Leaf]:
    """Every part of a value by name, in order. `where` is who gave it: "guard Churn: `evaluate` returned".

    With `each`, every entry of a mapping has a name of its own, however many there are, as metrics have. Raises
    UsageError, naming the part and its type, for what cannot be described exactly, and for parts of the same name.
    """
    try:
        found = leaves(value, name, each=each)
    except InexactError as error:
        error.place = "" if error.place == name else error.place
        raise refused(error, where) from None
    twice = [part for part, times in Counter(part for part, _ in found).items() if times > 1]
    if twice:
        raise UsageError(
            f"{where} two values that are both called {twice[0]!r}, so that one would stand for the other",
            advice="rename one of the keys",
            slug="names-collide",
        )
    return found


def leaves(value: object, name: str, *, each: bool = False) -> list[Leaf]:
    """Every part of a value by name, in order. Raises InexactError for what cannot be described exactly."""
    return list(_Visit(each=each).parts(value, name))


def refused(error: InexactError, where: str) -> UsageError:
    """What to say of a value that cannot be described: its type, its place, and what to do."""
    place = f" at {error.place!r}" if error.place else ""
    why = f" ({error.why})" if error.why else ""
    return UsageError(
        f"{where} {error.kind}{place}, which cannot be compared exactly{why}",
        advice="give its content: numbers, texts, dates, arrays, tables, or lists, mappings and objects of them",
        slug="value-not-comparable",
    )


def facts(column: Any) -> dict[str, Value]:
    """What a column says besides its elements: its categories in their order, its time zone."""
    dtype: Any = getattr(column, "dtype", None)
    if str(dtype) == "category":
        labels = to_value(dtype.categories, strict=True)
        kind = f"ordered {labels.dtype}" if dtype.ordered else labels.dtype
        return {"(categories)": Value(kind, labels.shape, labels.data, labels.missing, new_form=True)}
    zone = getattr(dtype, "tz", None)
    if zone is not None and is_column(column):
        return {"(time zone)": beside(text("UTC" if str(zone).startswith("UTC") else str(zone)))}
    return {}


def labels(index: Any, name: str = "index") -> dict[str, Value]:
    """The labels of rows or columns, level by level, and the names of the levels where they have any."""
    levels = [index.get_level_values(i) for i in range(index.nlevels)]
    called = [f"({name})"] if len(levels) == 1 else [f"({name} {i})" for i in range(len(levels))]
    found = {label: to_value(level, strict=True) for label, level in zip(called, levels, strict=True)}
    found |= {f"{label}.{n}": v for label, level in zip(called, levels, strict=True) for n, v in facts(level).items()}
    if any(level is not None for level in index.names):
        found[f"({name} names)"] = to_value(boxed(list(index.names)), strict=True)
    return {part: beside(value) for part, value in found.items()}


def beside(value: Value) -> Value:
    """A Value that says what another one has no room for, which release 0.1.0 did not keep."""
    return replace(value, new_form=True)


def row_labels(table: Any, rows: Any = None) -> dict[str, Value]:
    """The row labels of a frame or Series, where somebody gave them others than the `rows` that it is about have.

    Rows that are only numbered have none, and those of the given rows say nothing: an array is as good.
    """
    if not (is_frame(table) or is_pandas(table, "Series")) or is_numbered(table.index):
        return {}
    own = rows.index if is_frame(rows) or is_pandas(rows, "Series") else None
    same = own is not None and table.index.equals(own) and list(table.index.names) == list(own.names)
    return {} if same else labels(table.index)


def column_labels(frame: Any) -> dict[str, Value]:
    """The labels of a frame's columns where they say more than their names: numbers, pairs, a name of their own."""
    plain = frame.columns.nlevels == 1 and all(isinstance(label, str) for label in frame.columns)
    return {} if plain and frame.columns.name is None else labels(frame.columns, "columns")


def keys_of(entries: Sequence[Mapping[Any, Any]]) -> Value:
    """The keys of each entry of a list of mappings, in any order; once where all entries have the same."""
    spelled = [", ".join(sorted(map(spell, entry))) for entry in entries]
    return beside(text(spelled[0]) if len(set(spelled)) == 1 else texts(spelled))


class _Visit:
    """One value under way."""

    def __init__(self, *, each: bool) -> None:
        self.each = each
        self.around: set[int] = set()
        self.looked = 0

    def parts(self, value: Any, name: str, *, new: bool = False) -> Iterator[Leaf]:
        """The parts of a value; `new` are those that release 0.1.0 left out by name."""
        if isinstance(value, Value):
            yield name, beside(value) if new else value
            return
        self.looked += 1
        if self.looked > PARTS or len(self.around) > DEPTH:
            raise InexactError(value, name, f"it has more than {PARTS:,} parts, or more than {DEPTH} levels")
        if id(value) in self.around:
            raise InexactError(value, name, "it holds itself")
        self.around.add(id(value))
        for part, child in self._children(value, name):
            left_out = part in NOT_BEHAVIOUR and not isinstance(value, Mapping)
            yield from self.parts(child, join_names(name, part), new=new or left_out)
        self.around.discard(id(value))

    def _children(self, value: Any, name: str) -> list[Part]:
        try:
            return list(_beside(value)) + list(self._content(as_pandas(value)))
        except InexactError as error:
            error.place = error.place or name
            raise
        except Exception as error:  # Whatever an object does when it is looked at, it is the object that is told.
            raise InexactError(value, name, f"reading it raised {type(error).__name__}: {error}") from error

    def _content(self, value: Any) -> Iterator[Part]:
        if isinstance(value, CODE):
            raise InexactError(value, why="it is code")
        if isinstance(value, np.ndarray) and value.dtype.names:
            yield from _structured(value)
        elif is_leaf(value) and not holds_objects(value):
            yield from _leaf(value)
        elif isinstance(value, Mapping):
            yield from self._mapping(value)
        elif isinstance(value, set | frozenset):
            yield "(type)", beside(text("set"))
            yield "", to_value(boxed(sorted(value, key=lambda item: (type(item).__name__, spell(item)))), strict=True)
        elif isinstance(value, np.ndarray):
            yield "(shape)", beside(to_value(np.array(value.shape)))
            yield from ((f"[{i}]", item) for i, item in enumerate(value.reshape(-1)))
        elif is_frame(value):
            yield from _frame(value)
        elif isinstance(value, _SEQUENCES):
            yield from _sequence([unwrapped(item) for item in value], value)
        else:
            yield from _object(value)

    def _mapping(self, value: Mapping[Any, Any]) -> Iterator[Part]:
        children = [unwrapped(child) for child in value.values()]
        if not value:
            yield "", _empty("mapping")
        elif (
            not self.each and len(value) > MANY and all(is_plain(c) and not isinstance(c, np.ndarray) for c in children)
        ):
            yield "(type)", beside(text("mapping"))
            yield "keys", boxed(list(value))
            yield "values", boxed(children)
        else:
            if not all(isinstance(key, str) and not set(key) & set(".[(") for key in value):
                yield "(keys)", beside(texts(sorted(map(spell, value))))
            yield from zip(map(str, value), children, strict=True)


def _beside(value: Any) -> Iterator[Part]:
    """What somebody's own kind of number, text, array or container holds besides its content."""
    builtin = isinstance(value, str | int | float | dict | list | tuple | np.ndarray) and not isinstance(
        value, enum.Enum
    )
    if builtin and type(value).__module__.partition(".")[0] not in ("builtins", "numpy", "sklearn", "collections"):
        yield from attributes_beside(value).items()
    if is_named_tuple(value):
        yield "(fields)", beside(texts(value._fields))


def _leaf(value: Any) -> Iterator[Part]:
    if is_pandas(value, "Series"):
        yield from row_labels(value).items()
    elif is_pandas(value, "Index") and any(name is not None for name in value.names):
        yield "(index names)", beside(to_value(boxed(list(value.names)), strict=True))
    yield from facts(value).items()
    yield "", to_value(value, strict=True)


def _frame(frame: Any) -> Iterator[Part]:
    yield from labels(frame.columns, "columns").items()
    yield from row_labels(frame).items()
    for name, column in columns(frame):
        yield from ((f"{name}.{fact}", value) for fact, value in facts(column).items())
        yield name, to_value(column, strict=True)


def columns(frame: Any) -> Iterator[tuple[str, Any]]:
    """The columns of a frame, a name that stands there again with a number."""
    taken: Counter[str] = Counter()
    for position, label in enumerate(frame.columns):
        name = str(label)
        taken[name] += 1
        yield name if taken[name] == 1 else f"{name}#{taken[name]}", frame.iloc[:, position]


def _structured(array: np.ndarray[Any, Any]) -> Iterator[Part]:
    """An array of records, as a frame of its fields."""
    yield "(columns)", beside(texts(array.dtype.names or ()))
    yield from ((name, array[name]) for name in array.dtype.names or ())


def _sequence(items: list[Any], whole: Any) -> Iterator[Part]:
    if not items:
        yield "", _empty("object")
    elif all(is_plain(item) and not isinstance(item, np.ndarray) and not is_table(item) for item in items):
        yield "", to_value(boxed(items), strict=True)
    elif is_rectangle(items) and _is_one_array(items):
        yield from _same_fields(items)
        yield "", np.asarray(items)
    elif all(is_entry(item) for item in items):
        yield "(entries)", keys_of(items)
        for key in dict.fromkeys(key for item in items for key in item):
            yield str(key), to_value(boxed([item.get(key) for item in items]), strict=True)
    else:
        yield from ((f"[{position}]", item) for position, item in enumerate(items))


def _is_one_array(items: list[Any]) -> bool:
    """Whether lists of numbers keep every number and its type as one array: truths are none among numbers."""
    truths = [isinstance(cell, bool | np.bool_) for item in items for cell in item]
    return all(truths) if any(truths) else to_value(boxed(items)).is_numeric


def _same_fields(items: list[Any]) -> Iterator[Part]:
    """The names of the fields of a list of named tuples."""
    if any(is_named_tuple(item) for item in items):
        yield "(fields)", beside(texts(", ".join(item._fields) if is_named_tuple(item) else "" for item in items))


def _object(value: Any) -> Iterator[Part]:
    if libraries.is_model(value):
        yield from _learned(value)
        if not libraries.is_derived(value):
            return
    for test, content in LIBRARIES:
        if test(value):
            yield from content(value)
            return
    fields = fields_of(value)
    if fields is None:
        raise InexactError(value, why="it can be read only once" if hasattr(type(value), "__next__") else "")
    if not fields:
        yield "", _empty("object of no fields")
    yield from fields.items()


def _learned(model: Any) -> list[Part]:
    try:
        return list(libraries.learned(model).parts())
    except Exception as error:  # The library's own, for a model that is not fitted.
        raise InexactError(model, why=f"it holds nothing learned: {type(error).__name__}") from error


def _empty(kind: str) -> Value:
    return Value(kind, (0,), np.empty(0, dtype=object), new_form=True)
