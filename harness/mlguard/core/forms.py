"""One column in the forms that its rows may give it: numbers, a table, cells of one type, or cells of mixed types.

Which form a column takes depends on which rows stand in it; what a cell holds does not. Two columns of different forms
are brought into one before they are compared, so that only a cell that changed is a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from mlguard.core.nested import SUFFIXES
from mlguard.core.value import Value, texts

CELLS = ("list", "nested")
"""The dtypes of a column whose cells hold several values."""

MIXED = "mixed"
"""The dtype of a column whose cells name their own types."""

LARGEST = 2**53
"""Whole numbers up to this size are the same number as a float."""

_NUMBER = re.compile(r"(-?\d+(\.\d+)?(?:e[+-]?\d+)?|-?inf|nan)(f16|f32)?")

_NARROW = re.compile(r"^float(16|32):")


def in_one_form(golden: Value, new: Value) -> tuple[Value, Value]:
    """The two columns in one form where their forms differ or name types cell by cell; else as they are."""
    if golden.dtype == new.dtype and (golden.data.dtype == object) != (new.data.dtype == object):
        return _digits(golden), _digits(new)
    if golden.dtype in CELLS and new.dtype in CELLS:
        return replace(golden, dtype="nested"), replace(new, dtype="nested")
    if golden.dtype in CELLS and len(new.shape) > 1:
        return _tabled(golden, new) or golden, new
    if new.dtype in CELLS and len(golden.shape) > 1:
        return golden, _tabled(new, golden) or new
    named = {golden.dtype, new.dtype} & {*CELLS, MIXED, "missing"}
    flat = golden.shape[1:] == new.shape[1:] == () or MIXED in named
    if not named or not flat or not golden.shape or not new.shape or golden.dtype == new.dtype != MIXED:
        return golden, new
    return _as_floats(_widened(_as_lists(mixed(golden)), new), _widened(_as_lists(mixed(new)), golden))


def mixed(value: Value) -> Value:
    """A column whose cells name their own types, one cell per row."""
    if value.dtype == MIXED:
        return value
    gone = value.absent().copy()
    if value.data.dtype.kind == "f" and len(value.shape) == 1:
        gone |= np.isnan(value.data)
    if len(value.shape) > 1:
        gone = np.zeros(value.shape[0], dtype=bool)
    cells = ("" if gone[row] else _cell(value, row) for row in range(value.shape[0]))
    return replace(texts(cells, dtype=MIXED, rows=value.rows), missing=gone if gone.any() else None)


def kinds(value: Value) -> set[str]:
    """The types of the cells of a mixed column."""
    present = (text for text, gone in zip(value.data, value.absent(), strict=True) if not gone)
    return {text.partition(":")[0] for text in present}


def fits(numbers: Iterable[int]) -> bool:
    """Whether all these whole numbers are floats, too."""
    return all(abs(number) <= LARGEST for number in numbers)


def _digits(value: Value) -> Value:
    """Whole numbers digit by digit, as a column keeps them where one is past 64 bits."""
    return value if value.data.dtype == object else replace(value, data=texts(map(str, value.data.tolist())).data)


def _cell(value: Value, row: int) -> str:
    """One row as a cell that names its type; the row of a table is a list."""
    if len(value.shape) == 1:
        kind = "int64" if value.data.dtype.kind in "iu" else value.dtype
        return f"{kind}:{_plain(value.element(row))}"
    whole = value.data.reshape(value.shape)
    gone = value.absent().reshape(value.shape)
    return f"list:{_listed(whole[row], gone[row], SUFFIXES.get(value.dtype, ''))}"


def _plain(item: Any) -> str:
    return str(item).lower() if isinstance(item, bool) else item if isinstance(item, str) else repr(item)


def _listed(part: Any, gone: Any, suffix: str) -> str:
    if isinstance(part, np.ndarray):
        return "[" + ", ".join(_listed(item, empty, suffix) for item, empty in zip(part, gone, strict=True)) + "]"
    if gone:
        return "NoneType"
    if suffix and np.isfinite(part):
        return f"{float(np.format_float_scientific(part))!r}{suffix}"
    item = part.item() if isinstance(part, np.generic) else part
    return repr(item) + suffix if not isinstance(item, bool) else _plain(item)


def _tabled(cells: Value, like: Value) -> Value | None:
    """Lists as a table of the same shape and type; None where they are none.

    Whole numbers among the floats of a table are floats, as they are in a column.
    """
    form, narrow = _form(like.shape[1:]), SUFFIXES.get(like.dtype)
    if like.data.dtype.kind not in "iuf" or cells.absent().any():
        return None
    if any(_NUMBER.sub("#", text) != form for text in cells.data):
        return None
    found = [match for text in cells.data for match in _NUMBER.finditer(text)]
    whole = [int(match[0]) for match in found if match[0].lstrip("-").isdigit()]
    if like.is_float:
        of_type = all(match[3] == narrow for match in found if not match[0].lstrip("-").isdigit())
        if not of_type or not fits(whole) or (found and len(whole) == len(found)):
            return None
        numbers: list[Any] = [float(match[1]) for match in found]
    else:
        if len(whole) < len(found) or any(not -(2**63) <= number < 2**63 for number in whole):
            return None
        numbers = whole
    data = np.array(numbers, dtype=like.dtype if like.is_float else np.int64)
    return Value(like.dtype, (cells.shape[0], *like.shape[1:]), data, None, cells.rows, cells.new_form)


def _form(shape: tuple[int, ...]) -> str:
    return "#" if not shape else "[" + ", ".join([_form(shape[1:])] * shape[0]) + "]"


def _as_lists(value: Value) -> Value:
    """A mixed column in which lists are of one type, whatever lies in them."""
    if not any(text.startswith("nested:") for text in value.data):
        return value
    cells = (f"list:{text[7:]}" if text.startswith("nested:") else text for text in value.data)
    return replace(value, data=texts(cells).data)


def _widened(cells: Value, other: Value) -> Value:
    """A mixed column with narrow floats as double ones beside other numbers, as in a column of numbers alone."""
    if other.dtype != "float64" or len({kind for kind in kinds(cells) if kind.startswith(("int", "float"))}) < 2:
        return cells
    return replace(cells, data=texts(_NARROW.sub("float64:", text) for text in cells.data).data)


def _as_floats(golden: Value, new: Value) -> tuple[Value, Value]:
    """Two mixed columns, with whole numbers as floats where they stand among floats and the other column has one."""
    one, other = golden.data.copy(), new.data.copy()
    for cells, beside, among in ((one, other, kinds(golden)), (other, one, kinds(new))):
        floats = any(kind.startswith("float") for kind in among)
        for place, (text, opposite) in enumerate(zip(cells, beside, strict=False)):
            if floats and text.startswith("int64:") and opposite.startswith("float") and fits([int(text[6:])]):
                cells[place] = f"{opposite.partition(':')[0]}:{float(text[6:])!r}"
    return replace(golden, data=one), replace(new, data=other)
