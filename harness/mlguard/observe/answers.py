"""Answers: what `predict` returned, as named columns of one answer per row or per key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlguard.core.error import UsageError
from mlguard.core.forms import CELLS, MIXED, fits, mixed
from mlguard.core.value import Value, texts
from mlguard.observe.exact import beside, column_labels, facts, keys_of, refused, row_labels
from mlguard.observe.exact import columns as columns_of
from mlguard.observe.fields import fields_of, is_named_tuple
from mlguard.observe.kinds import is_frame, unwrapped
from mlguard.observe.leaf import is_leaf, table_of, to_value
from mlguard.observe.narwhals import as_pandas
from mlguard.observe.rows import count
from mlguard.observe.spelling import InexactError, spell
from mlguard.observe.walk import join_names
from mlguard.tables.logical import with_article

ANSWER = "prediction"
"""The column of answers that have no names."""

WIDE = 64
"""Columns of a matrix that get names of their own; a wider one stays one Value."""


@dataclass(frozen=True)
class Answers:
    """Named columns, all of the same length."""

    columns: dict[str, Value]
    """Values by column, in the order of the answer."""
    names: tuple[str, ...] | None = None
    """What identifies each answer, where the guard declares a `key`."""
    raw: Any = None
    """What came, for `evaluate`."""
    facts: dict[str, Value] = field(default_factory=dict)
    """What the answer says besides its elements, by name: row labels, categories, names of fields."""
    older: Value | None = None
    """The one column that release 0.1.0 made of a list of objects, with the names of their classes."""

    @property
    def length(self) -> int:
        """Number of answers."""
        return next(iter(self.columns.values())).shape[0]


def read_answers(
    raw: Any,
    *,
    guard: str,
    rows: int | None,
    key: str | Sequence[str] | None,
    given: Any = None,
    like: Answers | None = None,
) -> Answers:
    """The answers that `predict` gave for this many rows; `given` are the rows themselves, whose labels may come back.

    Where these are answers to a part of the rows only, `like` is the answer to all of them: lists that are of one
    length by chance are read as the ragged ones that they are.

    Raises UsageError, naming what came and what was expected, where they cannot be compared row by row, or exactly.
    """
    reading = _Reading(given, like, labelled=key is None)
    try:
        columns = reading.columns(raw)
    except InexactError as error:
        raise refused(error, f"guard {guard}: `predict` returned") from None
    if columns is None:
        raise _unusable(guard, f"returned {_type(raw)}", "return one answer per row: an array, a list, a frame")
    lengths = {name: column.shape[0] if column.shape else None for name, column in columns.items()}
    if not columns or None in lengths.values():
        raise _unusable(guard, f"returned {_type(raw)} without rows", "return one answer per row")
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise _unusable(guard, f"returned parts of unequal lengths ({told})", "return the same number for each")
    length = next(iter(lengths.values()))
    if key is None and rows is not None and length != rows:
        raise _unusable(
            guard,
            f"returned {length} answers for {rows} rows",
            "return one per row, or set `key` to the columns that identify an answer",
        )
    names = _key_names(columns, key, guard) if key is not None else None
    return Answers(columns, names, raw, reading.facts, reading.older)


def join(parts: Sequence[Value]) -> Value:
    """One column of several, one after the other: of their common dtype, of `mixed` elements where they have none.

    The cells are those of the column that describes all rows at once.
    """
    known = [part for part in parts if part.dtype != "missing"] or list(parts)
    filled = [blank(known[0], part.shape[0]) if part.dtype == "missing" else part for part in parts]
    dtype = _common(known)
    if dtype == MIXED:
        filled = [mixed(part) for part in parts]
    data = [part.data for part in filled]
    if any(one.dtype == object for one in data):  # Whole numbers past 64 bits are kept digit by digit.
        data = [one if one.dtype == object else one.astype(str).astype(object) for one in data]
    missing = np.concatenate([part.absent() for part in filled])
    rows = tuple(name for part in parts for name in part.rows or ())
    shape = (sum(part.shape[0] for part in parts), *filled[0].shape[1:])
    new_form = any(part.new_form for part in parts)
    return Value(dtype, shape, np.concatenate(data), missing if missing.any() else None, rows or None, new_form)


def _common(parts: Sequence[Value]) -> str:
    """The dtype that holds every element of these columns exactly; `mixed` where none does."""
    dtypes = {part.dtype for part in parts}
    if len({part.shape[1:] for part in parts}) > 1:
        return MIXED
    if len(dtypes) == 1:
        return dtypes.pop()
    if dtypes == set(CELLS):
        return "nested"
    if not all(part.is_numeric for part in parts):
        return MIXED
    widest = np.result_type(*(part.data.dtype for part in parts))
    whole = [part.data for part in parts if part.data.dtype.kind in "iu"]
    return widest.name if widest.kind in "iu" or all(fits(data.tolist()) for data in whole) else MIXED


def blank(like: Value, length: int) -> Value:
    """So many missing answers of the same type."""
    shape = (length, *like.shape[1:])
    size = int(np.prod(shape))
    if like.data.dtype.kind in "fc":
        return Value(like.dtype, shape, np.full(size, np.nan, dtype=like.data.dtype))
    data = np.zeros(size, dtype=like.data.dtype) if like.data.dtype != object else np.array([""] * size, dtype=object)
    return Value(like.dtype, shape, data, np.ones(size, dtype=bool))


class _Reading:
    """One answer on its way to columns; what has no room in them is a fact beside them."""

    def __init__(self, given: Any, like: Answers | None, *, labelled: bool) -> None:
        """`labelled`: row labels count; where answers are known by a key, what else they are called does not."""
        self.given, self.labelled = given, labelled
        self.ragged = {name for name, value in like.columns.items() if value.dtype in CELLS} if like else set()
        self.facts: dict[str, Value] = {}
        self.older: Value | None = None

    def columns(self, raw: Any, name: str = "") -> dict[str, Value] | None:
        """The columns of an answer, or of the part of one that is called so; None where it is no answer."""
        raw = as_pandas(raw)
        if is_frame(raw):
            return self._frame(raw, name)
        if isinstance(raw, np.ndarray) and raw.dtype.names:
            raw = {field: raw[field] for field in raw.dtype.names}
        if isinstance(raw, Mapping):
            return self._parts(raw, name)
        if isinstance(raw, tuple) and raw and all(count(part) is not None for part in raw):
            if is_named_tuple(raw):
                self._facts(name, {"(fields)": beside(texts(fields_of(raw) or ()))})
            return self._parts({str(position): part for position, part in enumerate(raw)}, name)
        if isinstance(raw, list | tuple):
            return self._list([unwrapped(item) for item in raw], name)
        return self._array(raw, name) if is_leaf(raw) else self._object(raw, name)

    def _facts(self, name: str, found: Mapping[str, Value]) -> None:
        self.facts.update({join_names(name, fact): value for fact, value in found.items()})

    def _frame(self, frame: Any, name: str) -> dict[str, Value]:
        self._facts(name, self._labels(frame) | column_labels(frame))
        named = dict(columns_of(frame))
        for column, cells in named.items():
            self._facts(join_names(name, column), facts(cells))
        return {column: self._value(cells, join_names(name, column)) for column, cells in named.items()}

    def _labels(self, table: Any) -> dict[str, Value]:
        return row_labels(table, self.given) if self.labelled else {}

    def _value(self, cells: Any, name: str) -> Value:
        return to_value(cells, strict=True)

    def _parts(self, parts: Mapping[Any, Any], name: str) -> dict[str, Value] | None:
        if not all(isinstance(key, str) for key in parts):
            self._facts(name, {"(keys)": beside(texts(sorted(map(spell, parts))))})
        found: dict[str, Value] = {}
        for key, part in parts.items():
            inner = self.columns(part, join_names(name, str(key)))
            if inner is None:
                return None
            for column, value in inner.items():
                whole = str(key) if column == ANSWER else f"{key}.{column}"
                if whole in found:
                    raise InexactError(parts, whole, "two of its keys have this name")
                found[whole] = value
        return found

    def _object(self, raw: Any, name: str) -> dict[str, Value] | None:
        """An object with one column in each of its fields."""
        fields = None if raw is None else fields_of(raw)
        return self._parts(fields, name) if fields else None

    def _list(self, items: list[Any], name: str) -> dict[str, Value] | None:
        records = [item if isinstance(item, Mapping) else fields_of(item) for item in items if not is_leaf(item)]
        entries = [record for record in records if record is not None]
        if items and len(entries) == len(items) and not any(map(is_named_tuple, items)):
            columns = self._entries(entries, name)
            if name or all(isinstance(item, Mapping) for item in items):
                return columns
            self.older = to_value(_boxed(items))
            return {column: beside(value) for column, value in columns.items()}
        if (name or ANSWER) in self.ragged:
            return {ANSWER: to_value(_boxed(items), strict=True)}
        if items and all(map(is_named_tuple, items)):
            self._facts(name, {"(fields)": beside(texts(", ".join(item._fields) for item in items))})
        if items and all(isinstance(item, np.ndarray) for item in items) and len({item.shape for item in items}) == 1:
            return self._array(np.asarray(items), name)
        if items and all(isinstance(item, list | tuple) for item in items):
            widths = {len(item) for item in items}
            if len(widths) == 1 and 0 < max(widths) <= WIDE:
                # Column by column, since an array of all would turn a label's score into text.
                return {str(i): to_value(_boxed([item[i] for item in items]), strict=True) for i in range(max(widths))}
            table = table_of(items)
            if table is not None:
                return {ANSWER: to_value(table)}
        return {ANSWER: to_value(_boxed(items), strict=True)}

    def _entries(self, entries: list[Mapping[Any, Any]], name: str) -> dict[str, Value]:
        """A list of mappings or objects: one column for each of their keys or fields."""
        keys = list(dict.fromkeys(key for entry in entries for key in entry))
        if len({str(key) for key in keys}) < len(keys):
            raise InexactError(entries[0], name, "two of its keys have the same name")
        if not all(isinstance(key, str) for key in keys) or any(len(entry) < len(keys) for entry in entries):
            self._facts(name, {"(entries)": keys_of(entries)})
        cells = {str(key): _boxed([entry.get(key) for entry in entries]) for key in keys}
        return {key: self._value(column, join_names(name, key)) for key, column in cells.items()}

    def _array(self, raw: Any, name: str) -> dict[str, Value] | None:
        if raw is None:
            return None
        self._facts(name, self._labels(raw))
        self._facts(name or ANSWER, facts(raw))
        value = to_value(raw, strict=True)
        return _matrix(value) if len(value.shape) == 2 and value.shape[1] <= WIDE else {ANSWER: value}


def _boxed(items: list[Any]) -> np.ndarray[Any, Any]:
    plain = np.asarray(items) if all(isinstance(i, bool | int | float | np.generic) for i in items) else None
    if plain is not None and plain.dtype.kind in "iufb" and len({type(i) for i in items}) <= 1:
        return plain
    return np.fromiter(items, dtype=object, count=len(items))


def _matrix(value: Value) -> dict[str, Value]:
    rows, width = value.shape
    table = value.data.reshape(rows, width)
    gone = value.absent().reshape(rows, width)
    return {
        str(i): Value(value.dtype, (rows,), table[:, i].copy(), gone[:, i].copy() if gone[:, i].any() else None)
        for i in range(width)
    }


def _key_names(columns: Mapping[str, Value], key: str | Sequence[str], guard: str) -> tuple[str, ...]:
    wanted = (key,) if isinstance(key, str) else tuple(key)
    absent = [name for name in wanted if name not in columns]
    if absent:
        raise _unusable(guard, f"returned no column {', '.join(absent)}", f"`key` names {', '.join(wanted)}")
    parts = [columns[name] for name in wanted]
    names = tuple("|".join(str(part.element(i)) for part in parts) for i in range(parts[0].shape[0]))
    if len(set(names)) != len(names):
        twice = next(name for position, name in enumerate(names) if name in names[:position])
        raise _unusable(guard, f"answered {twice!r} twice", f"`key` {', '.join(wanted)} must identify each answer")
    return names


def _unusable(guard: str, came: str, expected: str) -> UsageError:
    return UsageError(f"guard {guard}: `predict` {came}; {expected}", slug="predict-returned")


def _type(value: object) -> str:
    if value is None:
        return "nothing (None)"
    kind, package = type(value).__name__, type(value).__module__.partition(".")[0]
    # A table of another library may have the name of one that would do.
    return with_article(kind if package in ("builtins", "numpy", "pandas") else f"{kind} of {package}")
