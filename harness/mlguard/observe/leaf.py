"""Bring one scalar, array or column to a Value, with a logical dtype that no library version changes."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from mlguard.core.forms import CELLS, fits
from mlguard.core.nested import SUFFIXES
from mlguard.core.value import Value
from mlguard.observe.kinds import is_column, is_sparse, is_tensor, unwrapped
from mlguard.observe.spelling import Speller, is_container, is_gap, scalar


def is_leaf(value: object) -> bool:
    """Whether this is one scalar, array, tensor or column, which becomes a single Value."""
    if value is None or isinstance(value, np.ndarray | np.generic):
        return True
    if is_column(value) or is_sparse(value) or is_tensor(value):
        return True
    return scalar(value) is not None or type(value).__name__ in ("NAType", "NaTType")


def to_value(value: Any, *, rows: Sequence[str] | None = None, strict: bool = False) -> Value:
    """The Value of a scalar, array, tensor, pandas Series or Index, or sparse matrix (as its dense numbers).

    Text is `text` whatever pandas calls it; a category is its labels; whole numbers with gaps stay whole. With
    `strict`, raises InexactError for elements that cannot be described exactly, and describes each cell by itself;
    without, the name of their class stands for them, and cells of equally many numbers are a table.
    """
    if is_sparse(value):
        value = value.toarray()
    value = unwrapped(value)
    if is_column(value):
        return _column(value, rows, strict=strict)
    array = value if isinstance(value, np.ndarray) else _scalar_array(value)
    return _array(array, rows, strict=strict)


def _scalar_array(value: Any) -> np.ndarray[Any, Any]:
    if isinstance(value, bool | int | float | complex | np.generic) and not isinstance(value, enum.Enum):
        array = np.asarray(value)
        if array.dtype != object:
            return array
    box = np.empty((), dtype=object)
    box[()] = value
    return box


def _array(array: np.ndarray[Any, Any], rows: Sequence[str] | None, *, strict: bool) -> Value:
    kind = array.dtype.kind
    if kind in "iufcb":
        return _numeric(array, rows)
    if kind == "V" and array.dtype.names:
        records = [tuple(item) for item in array.reshape(-1).tolist()]
        return _from_items(records, array.shape, rows, strict=strict)
    return _from_items(_elements(array), array.shape, rows, strict=strict)


def _elements(array: np.ndarray[Any, Any]) -> list[Any]:
    """The elements of an array that holds no numbers; a masked one is missing."""
    hidden = np.ma.getmaskarray(array).reshape(-1)
    flat = np.ma.getdata(array).reshape(-1)
    return [None if gone else item for item, gone in zip(flat, hidden, strict=True)]


def _numeric(array: np.ndarray[Any, Any], rows: Sequence[str] | None) -> Value:
    hidden = _mask(np.ma.getmaskarray(array).reshape(-1)) if isinstance(array, np.ma.MaskedArray) else None
    plain = np.ma.getdata(array)
    native = plain.astype(plain.dtype.newbyteorder("="), copy=False)
    if native.dtype == np.longdouble and native.dtype != np.float64:
        native = native.astype(np.float64)
    data = np.array(native, order="C", copy=True).reshape(-1)
    if hidden is not None:
        data[hidden] = np.nan if data.dtype.kind in "fc" else 0
    names = None if rows is None else tuple(rows)
    return Value(data.dtype.name, array.shape, data, hidden, names, new_form=hidden is not None)


def _column(column: Any, rows: Sequence[str] | None, *, strict: bool) -> Value:
    dtype = str(column.dtype)
    if dtype == "category":
        column = column.astype(object)
    elif dtype.lower() in _NULLABLE:
        return _nullable(column, _NULLABLE[dtype.lower()], rows)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufcb":
        return _numeric(np.asarray(column), rows)
    if dtype.startswith(("datetime64", "timedelta64")) and "," not in dtype:
        return _array(np.asarray(column), rows, strict=strict)
    return _from_items(list(column), (len(column),), rows, strict=strict)


_NULLABLE = {
    **{f"{sign}int{width}": f"{sign}int{width}" for sign in ("", "u") for width in (8, 16, 32, 64)},
    "float32": "float32",
    "float64": "float64",
    "boolean": "bool",
}


def _nullable(column: Any, dtype: str, rows: Sequence[str] | None) -> Value:
    if isinstance(column.dtype, np.dtype):
        return _numeric(np.asarray(column), rows)
    missing = np.asarray(column.isna(), dtype=bool)
    fill: Any = np.nan if dtype.startswith("float") else 0
    data = np.asarray(column.to_numpy(dtype=dtype, na_value=fill) if missing.any() else column.to_numpy(dtype=dtype))
    masked = missing if missing.any() and not dtype.startswith("float") else None
    return Value(dtype, (len(data),), data, masked, None if rows is None else tuple(rows))


def _from_items(items: Iterable[Any], shape: tuple[int, ...], rows: Sequence[str] | None, *, strict: bool) -> Value:
    """A Value of objects: one dtype where they agree, else `mixed`, with each element's own dtype written out."""
    values = [unwrapped(item) for item in items]
    missing = np.array([is_gap(value) for value in values], dtype=bool)
    present = [value for value, gone in zip(values, missing, strict=True) if not gone]
    row_names = None if rows is None else tuple(rows)
    if not present:
        return Value("missing" if values else "object", shape, _texts(["" for _ in values]), _mask(missing), row_names)
    spelled = [_Element(value, strict=strict) for value in present]
    kinds = {element.dtype for element in spelled}
    if kinds == set(CELLS):
        kinds = {"nested"}
    whole = not strict and len(present) == len(values) and kinds <= set(CELLS)
    table = table_of(present) if whole else None
    if table is not None:
        narrow = table.dtype.name in SUFFIXES
        return Value(table.dtype.name, (*shape, *table.shape[1:]), table.reshape(-1), None, row_names, new_form=narrow)
    if len(kinds) == 1 or kinds <= {"int64", *_FLOATS}:
        numbers = _numbers(values, missing, kinds)
        if numbers is not None:
            gaps = None if numbers.dtype.kind == "f" else _mask(missing)
            return Value(numbers.dtype.name, shape, numbers, gaps, row_names, new_form=numbers.dtype.name in SUFFIXES)
    new_form = not kinds.isdisjoint(NEW_FORMS)
    dtype = kinds.pop() if len(kinds) == 1 else "mixed"
    texts = iter([element.text if dtype != "mixed" else f"{element.dtype}:{element.text}" for element in spelled])
    data = _texts(["" if gone else next(texts) for gone in missing])
    return Value(dtype, shape, data, _mask(missing), row_names, new_form=new_form)


def in_first_form(value: Value) -> Value | None:
    """A Value as release 0.1.0 kept it; None where its elements do not tell that."""
    if value.dtype not in _END:
        return None
    end = _END[value.dtype]
    data = _texts([text.partition(end)[0] if end else text for text in value.data])
    return Value("text", value.shape, data, value.missing, value.rows)


_FLOATS = ("float64", *SUFFIXES)

NEW_FORMS = frozenset({"enum", "uuid", "period", "interval", "nested", *SUFFIXES})
"""The dtypes of objects that release 0.1.0 did not know."""

_END = {"enum": " = ", "uuid": "", "period": "[", "interval": ""}
"""What follows the text of the first release, by the dtypes that it called text."""


class _Element:
    """One element of a column of objects: its dtype and how it is spelled."""

    def __init__(self, value: Any, *, strict: bool) -> None:
        found = scalar(value)
        speller = Speller(strict=strict)
        if found is not None:
            self.dtype = found[0]
            self.text = found[1](value)
        elif is_container(value) or strict:
            self.text = speller.spell(value)
            self.dtype = speller.dtype
        else:
            self.dtype, self.text = "object", f"<{type(value).__module__}.{type(value).__qualname__}>"


def _numbers(values: list[Any], missing: np.ndarray[Any, Any], kinds: set[str]) -> np.ndarray[Any, Any] | None:
    """A column of truths, whole numbers or floats as NumPy keeps them; None where it is none, or a number would change.

    Whole numbers among floats are floats, as long as they fit; those past 64 bits are kept as text, digit by digit.
    """
    (dtype,) = kinds if len(kinds) == 1 else (np.result_type(*kinds).name,)
    if dtype == "bool":
        return np.array([bool(v) and not gone for v, gone in zip(values, missing, strict=True)])
    if dtype == "int64":
        try:
            return np.array([0 if gone else int(v) for v, gone in zip(values, missing, strict=True)], dtype=np.int64)
        except OverflowError:
            return None
    if dtype not in _FLOATS or not all(gone or _fits(v) for v, gone in zip(values, missing, strict=True)):
        return None
    return np.array([np.nan if gone else float(v) for v, gone in zip(values, missing, strict=True)], dtype=dtype)


def _fits(number: Any) -> bool:
    """Whether a number is one of the floats."""
    return not isinstance(number, int | np.integer) or fits([int(number)])


def table_of(cells: list[Any]) -> np.ndarray[Any, Any] | None:
    """Cells that hold equally many numbers each, such as embeddings, as one array; None for anything else."""
    if not all(isinstance(cell, list | tuple | np.ndarray) and not hasattr(cell, "mask") for cell in cells):
        return None
    if len({np.shape(cell) if isinstance(cell, np.ndarray) else (len(cell),) for cell in cells}) != 1:
        return None
    if hasattr(type(cells[0]), "_fields") or getattr(getattr(cells[0], "dtype", None), "names", None):
        return None
    box = np.asarray([list(cell) for cell in cells], dtype=object)
    flat = box.reshape(-1).tolist()
    kinds = {found[0] if (found := scalar(item)) else "" for item in flat}
    if not flat or "bool" in kinds or not (len(kinds) == 1 or kinds == {"float64", "int64"}):
        return None
    numbers = _numbers(flat, np.zeros(len(flat), dtype=bool), kinds)
    return None if numbers is None else numbers.reshape(box.shape)


def _texts(values: list[str]) -> np.ndarray[Any, Any]:
    data = np.empty(len(values), dtype=object)
    data[:] = values
    return data


def _mask(missing: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    return missing if missing.any() else None
