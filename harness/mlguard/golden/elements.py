"""Write the elements of a Value as JSON and as cells of a table, and read them back without losing a bit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mlguard.core.value import Value
from mlguard.files.csv import quoted
from mlguard.files.numbers import COMPLEX, FLOATS, INTEGERS, read_as, shortest, spelled

TEXT = "text"
"""How everything is kept that NumPy has no numbers for."""

NUMERIC = ("bool", *INTEGERS, *FLOATS, *COMPLEX)
"""The element types that are kept as NumPy keeps them; their names are those of NumPy."""

HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""Characters that a reviewer cannot see, that break lines, or that UTF-8 cannot hold: always written as escapes."""

Elements = list[Any]
"""JSON scalars; None where an element is missing."""

_UNREADABLE = ("nan", "inf", "-inf")


def kept_as(value: Value) -> str:
    """The type in which a Value's elements are kept: one of `NUMERIC`, or `text`."""
    name = str(value.data.dtype.name)
    if name in NUMERIC:
        return name
    if value.data.dtype.kind in "OU" and all(isinstance(item, str) for item in value.data):
        return TEXT
    raise TypeError(f"a Value of {value.dtype} keeps its elements as {name}, which no golden can hold")


def default_kept(dtype: str) -> str:
    """How the elements of a logical dtype are usually kept."""
    return dtype if dtype in NUMERIC else TEXT


def to_json(value: Value) -> Elements:
    """The elements as JSON scalars: numbers in their shortest form, `"nan"` and `"inf"` spelled, missing as null."""
    write = _json_writer(kept_as(value))
    return [None if gone else write(item) for item, gone in zip(value.data.tolist(), value.absent(), strict=True)]


def from_json(elements: Sequence[Any], kept: str) -> dict[str, Any]:
    """`data` and `missing` of the Value that has these elements."""
    return _gather(elements, kept, _json_reader(kept))


def to_cells(value: Value) -> list[str]:
    """The elements as cells of a table, in C order: missing is empty, empty text is `""`."""
    kept = kept_as(value)
    write = text_cell if kept == TEXT else spelled(kept)
    return ["" if gone else write(item) for item, gone in zip(value.data.tolist(), value.absent(), strict=True)]


def from_cells(cells: Sequence[str | None], kept: str) -> dict[str, Any]:
    """The same of the cells of a table."""
    return _gather(cells, kept, plain_text if kept == TEXT else read_as(kept))


def text_cell(text: str) -> str:
    """A text as one cell on one line: hidden characters and backslashes escaped, quoted where it must be."""
    escaped = HIDDEN.sub(_escape, text.replace("\\", "\\\\")) if not text.isalnum() else text
    if not escaped or escaped != escaped.strip() or "," in escaped or '"' in escaped:
        return quoted(escaped)
    return escaped


def plain_text(cell: str) -> str:
    """The text of a parsed cell, its escapes undone."""
    return _ESCAPED.sub(_unescape, cell) if "\\" in cell else cell


_ESCAPED = re.compile(r"\\(?:u[0-9a-f]{4}|[\\nrt])")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\"}
_LONG = {short: character for character, short in _SHORT.items()}


def _escape(match: re.Match[str]) -> str:
    return _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}"


def _unescape(match: re.Match[str]) -> str:
    return _LONG.get(match[0]) or chr(int(match[0][2:], 16))


def _gather(items: Sequence[Any], kept: str, read: Callable[[Any], Any]) -> dict[str, Any]:
    if None not in items:
        return {"data": _array(list(map(read, items)), kept), "missing": None}
    fill = "" if kept == TEXT else math.nan if kept in FLOATS or kept in COMPLEX else 0
    values = [fill if item is None else read(item) for item in items]
    return {"data": _array(values, kept), "missing": np.array([item is None for item in items], dtype=bool)}


def _array(values: list[Any], kept: str) -> np.ndarray[Any, Any]:
    with np.errstate(over="raise"):
        return np.array(values, dtype=object if kept == TEXT else kept)


def _json_writer(kept: str) -> Callable[[Any], Any]:
    if kept in FLOATS:
        shorten = shortest(kept)
        return lambda item: shorten(item) if math.isfinite(item) else repr(item)
    return spelled(kept) if kept in COMPLEX else lambda item: item


def _json_reader(kept: str) -> Callable[[Any], Any]:
    if kept in FLOATS:
        return _float
    return complex if kept in COMPLEX else _of_type(str if kept == TEXT else bool if kept == "bool" else int)


def _of_type(kind: type) -> Callable[[Any], Any]:
    def read(item: Any) -> Any:
        if type(item) is not kind:
            raise ValueError(f"{item!r} is no {kind.__name__}")
        return item

    return read


def _float(item: Any) -> float:
    if isinstance(item, str) and item not in _UNREADABLE:
        raise ValueError(f"{item!r} is no number")
    return float(item)
