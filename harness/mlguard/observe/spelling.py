"""Spell one scalar, or one cell that holds several: its logical type, and a text that nothing else is spelled like."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import functools
import numbers
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import Any

import numpy as np

from mlguard.core.nested import SUFFIXES
from mlguard.observe.fields import fields_of, is_named_tuple
from mlguard.observe.kinds import is_numbered, is_pandas, unwrapped

Texts = Callable[[Any], str]

DEPTH = 12
"""Levels of nesting that are followed."""


class InexactError(Exception):
    """A value that cannot be described exactly: its type, the place where it lies, and why."""

    def __init__(self, value: object, place: str = "", why: str = "") -> None:
        kind = type(value)
        self.kind = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        self.place, self.why = place, why
        super().__init__(self.kind)


_SCALARS: tuple[tuple[type | tuple[type, ...], str, Texts], ...] = (
    ((bool, np.bool_), "bool", lambda v: "true" if v else "false"),
    (enum.Enum, "enum", lambda v: f"{type(v).__name__}.{v.name} = {spell(v.value)}"),
    # Before whole numbers: NumPy's durations are a kind of them.
    ((datetime.timedelta, np.timedelta64), "duration", lambda v: _duration(v)),
    ((int, np.integer), "int64", lambda v: str(int(v))),
    ((float, np.floating), "float64", lambda v: repr(float(v))),
    ((complex, np.complexfloating), "complex128", lambda v: repr(complex(v))),
    (str, "text", str),
    ((bytes, bytearray, np.void), "bytes", lambda v: bytes(v).hex()),
    (decimal.Decimal, "decimal", str),
    (fractions.Fraction, "fraction", str),
    ((datetime.datetime, np.datetime64), "timestamp", lambda v: _timestamp(v)),
    (datetime.date, "date", lambda v: v.isoformat()),
    (datetime.time, "time", lambda v: v.isoformat()),
    (uuid.UUID, "uuid", str),
    (PurePath, "path", lambda v: v.as_posix()),
)

_PANDAS: dict[str, tuple[str, Texts]] = {
    "Timestamp": ("timestamp", lambda v: _timestamp(v)),
    "Timedelta": ("duration", lambda v: _duration(v)),
    "Period": ("period", lambda v: f"{v}[{v.freqstr}]"),
    "Interval": ("interval", lambda v: _interval(v)),
}

_CONTAINERS = (list, tuple, np.ndarray, set, frozenset, Mapping)

_BARE = ("bool", "int64")
"""Types whose spelling within a cell needs no name."""


def scalar(value: object) -> tuple[str, Texts] | None:
    """The logical type of a scalar and how it is spelled; None for what is no scalar."""
    kind: Any = type(value)
    return _scalar_of(kind)


@functools.lru_cache(maxsize=1024)
def _scalar_of(kind: type) -> tuple[str, Texts] | None:
    for klass in kind.__mro__:
        if klass.__module__.partition(".")[0] == "pandas" and klass.__name__ in _PANDAS:
            return _PANDAS[klass.__name__]
    for known, dtype, text in _SCALARS:
        if issubclass(kind, known):
            narrow = np.dtype(kind).name if issubclass(kind, np.floating) else dtype
            return (narrow if narrow in SUFFIXES else dtype), text
    return ("float64", lambda v: repr(float(v))) if issubclass(kind, numbers.Real) else None


def is_container(value: object) -> bool:
    """Whether a cell holds several values that have no names of their own."""
    return isinstance(value, _CONTAINERS)


def is_gap(value: object) -> bool:
    """Whether this stands for a missing value, whichever library says so."""
    if value is None:
        return True
    if isinstance(value, float | np.floating):
        return bool(np.isnan(value))
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    if isinstance(value, decimal.Decimal):
        return value.is_nan()
    return type(value).__name__ in ("NAType", "NaTType")


def spell(value: object) -> str:
    """The spelling of a cell of several values. Raises InexactError for what has none."""
    return Speller(strict=True).spell(value)


class Speller:
    """Spells one cell, and notices what goldens of mlguard 0.1 spelled otherwise."""

    def __init__(self, *, strict: bool) -> None:
        """With `strict`, what cannot be spelled exactly is refused; without, its type stands for it."""
        self.strict = strict
        self.plain = True
        self._around: list[int] = []

    @property
    def dtype(self) -> str:
        """`list` for lists, sets and mappings of plain values, `nested` where anything else lies in them."""
        return "list" if self.plain else "nested"

    def spell(self, value: object) -> str:
        """The text of one value: independent of the order of sets and of what else is equal."""
        value = unwrapped(value)
        found = None if value is None else scalar(value)
        if found is not None:
            return self._scalar(value, *found)
        if type(value).__name__ in ("NoneType", "NAType", "NaTType"):
            return type(value).__name__
        if len(self._around) > DEPTH or id(value) in self._around:
            raise InexactError(value, why="it holds itself, or is nested too deep")
        self._around.append(id(value))
        try:
            return self._several(value)
        finally:
            self._around.pop()

    def _scalar(self, value: Any, dtype: str, text: Texts) -> str:
        if dtype == "text":
            return repr(str(value))
        if dtype.startswith("float"):
            self.plain &= dtype == "float64"
            return f"{text(value) if dtype == 'float64' else _short(value)}{SUFFIXES.get(dtype, '')}"
        if dtype in _BARE:
            return text(value)
        self.plain = False
        if dtype == "complex128":
            return f"complex({float(value.real)!r}, {float(value.imag)!r})"
        return text(value) if dtype == "interval" else f"{dtype}({text(value)!r})"

    def _several(self, value: Any) -> str:
        if isinstance(value, Mapping):
            return "{" + ", ".join(f"{self.spell(k)}: {self.spell(v)}" for k, v in value.items()) + "}"
        if isinstance(value, set | frozenset):
            return self._set(value)
        if is_named_tuple(value) and self.strict:
            return self._record(dict(zip(value._fields, value, strict=True)))
        if isinstance(value, list | tuple | range):
            return self._list(value)
        if isinstance(value, np.ndarray):
            return self._array(value)
        if is_pandas(value, "Series", "Index", "DataFrame", "ExtensionArray") and self.strict:
            return self._pandas(value)
        found = fields_of(value) if self.strict else None
        if found is not None:
            return self._record(found)
        if self.strict:
            raise InexactError(value)
        return type(value).__name__

    def _list(self, items: Iterable[object]) -> str:
        return "[" + ", ".join(self.spell(item) for item in items) + "]"

    def _set(self, value: Iterable[object]) -> str:
        items = sorted((*_size(item), self.spell(item)) for item in value)
        self.plain &= bool(items)
        return "{" + ", ".join(text for *_, text in items) + "}" if items else "set()"

    def _array(self, array: np.ndarray[Any, Any]) -> str:
        """An array as the list of its elements; floats keep their width, which `tolist` would lose."""
        if isinstance(array, np.ma.MaskedArray):
            self.plain = False
            return f"masked({self._array(array.filled())}, {self.spell(np.ma.getmaskarray(array))})"
        if array.dtype.names:
            return self._list([dict(zip(array.dtype.names, row, strict=True)) for row in array.tolist()])
        if array.dtype.name in SUFFIXES and array.ndim == 1:
            return self._list(array)
        return self._list(list(array)) if array.ndim > 1 else self._list(array.tolist() if array.ndim else [array[()]])

    def _pandas(self, value: Any) -> str:
        if is_pandas(value, "DataFrame"):
            self.plain = False
            columns = [value.iloc[:, i].tolist() for i in range(value.shape[1])]
            return f"frame({self._list(value.index)}, {self._list(value.columns)}, {self._list(columns)})"
        cells = self._list(value)
        if not is_pandas(value, "Series") or is_numbered(value.index):
            return cells
        self.plain = False
        return f"series({self._list(value.index)}, {cells})"

    def _record(self, fields: Mapping[str, object]) -> str:
        self.plain = False
        return "(" + ", ".join(f"{name}={self.spell(part)}" for name, part in fields.items()) + ")"


def _size(item: object) -> tuple[int, float]:
    """What sorts the floats of a set by size, so that round-off does not change their order, and all else by text."""
    return (1, float(item)) if isinstance(item, float) else (0, 0.0)


def _short(value: Any) -> str:
    """The shortest digits that read back as the same narrow float, as Python's own `repr` gives for its floats."""
    if not np.isfinite(value):
        return repr(float(value))
    return repr(float(np.format_float_scientific(value)))


def _interval(value: Any) -> str:
    left, right = "[" if value.closed_left else "(", "]" if value.closed_right else ")"
    return f"{left}{spell(value.left)}, {spell(value.right)}{right}"


def _timestamp(value: Any) -> str:
    """ISO 8601 without trailing zeros of the fraction, since pandas' unit differs between versions."""
    if isinstance(value, np.datetime64) and np.datetime_data(value.dtype)[0] in _COARSE:
        value = value.astype("M8[s]")
    text = str(value) if isinstance(value, np.datetime64) else value.isoformat()
    head, dot, tail = text.replace(" ", "T").partition(".")
    if not dot:
        return head
    digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
    return head + (f".{digits.rstrip('0')}" if digits.rstrip("0") else "") + tail[len(digits) :]


def _duration(value: Any) -> str:
    """Whole nanoseconds, counted in Python since centuries do not fit NumPy's."""
    if hasattr(value, "to_timedelta64"):
        value = value.to_timedelta64()
    if isinstance(value, np.timedelta64):
        unit, count = np.datetime_data(value.dtype)
        return f"{int(value.astype(np.int64)) * count * _NANOSECONDS[unit]}ns" if unit in _NANOSECONDS else str(value)
    return f"{(value.days * 86_400 + value.seconds) * 1_000_000_000 + value.microseconds * 1_000}ns"


_COARSE = ("Y", "M", "W", "D", "h", "m")
"""Units whose text holds no seconds."""

_NANOSECONDS = {
    "W": 604_800 * 10**9, "D": 86_400 * 10**9, "h": 3_600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6, "us": 1000,
    "ns": 1,
}  # fmt: skip
