"""Answers: what `predict` returned, as named columns of one answer per row or per key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.error import UsageError
from mlguard.core.value import Value
from mlguard.observe.leaf import is_frame, is_leaf, is_sparse, to_value, unwrapped
from mlguard.observe.rows import count

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

    @property
    def length(self) -> int:
        """Number of answers."""
        return next(iter(self.columns.values())).shape[0]


def read_answers(raw: Any, *, guard: str, rows: int | None, key: str | Sequence[str] | None) -> Answers:
    """The answers that `predict` gave for this many rows.

    Raises UsageError, naming what came and what was expected, where they cannot be compared row by row.
    """
    columns = _columns(raw)
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
    return Answers(columns, _key_names(columns, key, guard) if key is not None else None, raw)


def join(parts: Sequence[Value]) -> Value:
    """One column of several, one after the other; a common dtype where they are all numbers, else `mixed` text."""
    dtypes = {part.dtype for part in parts}
    data = [part.data for part in parts]
    if len(dtypes) > 1 and not all(part.is_numeric for part in parts):
        data = [_as_texts(part) for part in parts]
    joined = np.concatenate(data)
    dtype = dtypes.pop() if len(dtypes) == 1 else joined.dtype.name if joined.dtype != object else "mixed"
    missing = np.concatenate([part.absent() for part in parts])
    rows = tuple(name for part in parts for name in part.rows or ())
    length = sum(part.shape[0] for part in parts)
    return Value(dtype, (length, *parts[0].shape[1:]), joined, missing if missing.any() else None, rows or None)


def _as_texts(part: Value) -> np.ndarray[Any, Any]:
    box = np.empty(part.size, dtype=object)
    box[:] = [f"{part.dtype}:{part.element(i)}" for i in range(part.size)]
    return box


def _columns(raw: Any) -> dict[str, Value] | None:
    if is_frame(raw):
        return {name: to_value(raw.iloc[:, i]) for i, name in enumerate(_unique([str(c) for c in raw.columns]))}
    if isinstance(raw, Mapping):
        parts = {str(name): _columns(part) for name, part in raw.items()}
        if any(part is None for part in parts.values()):
            return None
        return {
            name if inner == ANSWER else f"{name}.{inner}": value
            for name, part in parts.items()
            for inner, value in (part or {}).items()
        }
    if isinstance(raw, tuple) and raw and all(count(part) is not None for part in raw):
        return _columns({str(position): part for position, part in enumerate(raw)})
    if isinstance(raw, list | tuple):
        return _from_list([unwrapped(item) for item in raw])
    if is_sparse(raw):
        raw = raw.toarray()
    if raw is None or not is_leaf(raw):
        return None
    value = to_value(raw)
    return _matrix(value) if len(value.shape) == 2 and value.shape[1] <= WIDE else {ANSWER: value}


def _from_list(items: list[Any]) -> dict[str, Value] | None:
    if items and all(isinstance(item, Mapping) for item in items):
        names = dict.fromkeys(str(name) for item in items for name in item)
        return {name: to_value(_boxed([item.get(name) for item in items])) for name in names}
    if items and all(isinstance(item, np.ndarray) for item in items) and len({item.shape for item in items}) == 1:
        return _columns(np.asarray(items))
    if items and all(isinstance(item, list | tuple) for item in items):
        widths = {len(item) for item in items}
        if len(widths) == 1 and 0 < max(widths) <= WIDE:
            # Column by column, since an array of all would turn a label's score into text.
            return {str(i): to_value(_boxed([item[i] for item in items])) for i in range(max(widths))}
    return {ANSWER: to_value(_boxed(items))}


def _boxed(items: list[Any]) -> np.ndarray[Any, Any]:
    plain = np.asarray(items) if all(isinstance(i, bool | int | float | np.generic) for i in items) else None
    if plain is not None and plain.dtype.kind in "iufb" and len({type(i) for i in items}) <= 1:
        return plain
    return np.fromiter(items, dtype=object, count=len(items))


def _unique(names: list[str]) -> list[str]:
    """The same names, a repeated one with a number."""
    counts = [names[:position].count(name) + 1 for position, name in enumerate(names)]
    return [name if count == 1 else f"{name}#{count}" for name, count in zip(names, counts, strict=True)]


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
    return kind if package in ("builtins", "numpy", "pandas") else f"{kind} of {package}"
