"""Bring one scalar, array or column to a Value, with a logical dtype that no library version changes."""

from __future__ import annotations

import datetime
import decimal
import enum
import fractions
import numbers
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np

from mlguard.core.value import Value

Texts = Callable[[Any], str]

_NAMED: tuple[tuple[type | tuple[type, ...], str, Texts], ...] = (
    ((bool, np.bool_), "bool", lambda v: "true" if v else "false"),
    (enum.Enum, "text", lambda v: f"{type(v).__name__}.{v.name}"),
    # Before whole numbers: NumPy's durations are a kind of them.
    ((datetime.timedelta, np.timedelta64), "duration", lambda v: _duration(v)),
    ((int, np.integer), "int64", lambda v: str(int(v))),
    ((float, np.floating), "float64", lambda v: repr(float(v))),
    ((complex, np.complexfloating), "complex128", repr),
    (str, "text", str),
    ((bytes, bytearray, np.void), "bytes", lambda v: bytes(v).hex()),
    (decimal.Decimal, "decimal", str),
    (fractions.Fraction, "fraction", str),
    ((datetime.datetime, np.datetime64), "timestamp", lambda v: _timestamp(v)),
    (datetime.date, "date", lambda v: v.isoformat()),
    (datetime.time, "time", lambda v: v.isoformat()),
    (uuid.UUID, "text", str),
    (PurePath, "path", lambda v: v.as_posix()),
    ((list, tuple, np.ndarray, set, frozenset, dict), "list", lambda v: nested_text(v)),
)


def is_leaf(value: object) -> bool:
    """Whether this is one scalar, array, tensor or column, which becomes a single Value."""
    if value is None or isinstance(value, np.ndarray | np.generic):
        return True
    if is_pandas(value, "Series", "Index", "MultiIndex", "RangeIndex") or _is_pandas_array(value) or is_sparse(value):
        return True
    if is_tensor(value):
        return True
    return _named(value) is not None and not isinstance(value, list | tuple | set | frozenset | dict)


def to_value(value: Any, *, rows: Sequence[str] | None = None) -> Value:
    """The Value of a scalar, array, tensor, pandas Series or Index, or sparse matrix (as its dense numbers).

    Text is `text` whatever pandas calls it; a category is its labels; whole numbers with gaps stay whole.
    """
    if is_sparse(value):
        value = value.toarray()
    value = unwrapped(value)
    if is_pandas(value, "Series", "Index", "MultiIndex", "RangeIndex") or _is_pandas_array(value):
        return _column(value, rows)
    array = value if isinstance(value, np.ndarray) else _scalar_array(value)
    return _array(array, rows)


def is_pandas(value: object, *names: str) -> bool:
    """Whether a value is one of these pandas classes or a subclass; pandas itself is never imported for it."""
    return any(klass.__name__ in names and klass.__module__.split(".")[0] == "pandas" for klass in type(value).__mro__)


def is_frame(value: object) -> bool:
    """Whether a value is a pandas DataFrame."""
    return is_pandas(value, "DataFrame")


def is_sparse(value: object) -> bool:
    """Whether a value is a SciPy sparse matrix or array."""
    return type(value).__module__.startswith("scipy.sparse") and hasattr(value, "toarray")


def is_tensor(value: object) -> bool:
    """Whether a value is a tensor of torch, or an array of JAX, TensorFlow or another that NumPy can take over."""
    kind = type(value)
    if not hasattr(kind, "__array__") or not hasattr(kind, "dtype") or not hasattr(kind, "shape"):
        return False  # Every number of a list comes by here: no loop.
    return not any(base.__module__.split(".")[0] in ("numpy", "pandas", "scipy") for base in kind.__mro__)


def unwrapped(value: Any) -> Any:
    """A tensor as an array of NumPy, one without dimensions as a scalar; anything else as it is."""
    if not is_tensor(value):
        return value
    array = _dense(value) if hasattr(value, "detach") else np.asarray(value)
    return array if array.ndim else array[()]


def nested_text(value: object) -> str:
    """A container's content as text, independent of set order and dict identity."""
    value = unwrapped(value)
    if isinstance(value, np.ndarray):
        return nested_text(value.tolist())
    if isinstance(value, dict):
        return "{" + ", ".join(f"{nested_text(k)}: {nested_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(nested_text(item) for item in value) + "]"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(nested_text(item) for item in value)) + "}"
    named = _named(value)
    if named is None:
        return type(value).__name__
    return repr(value) if isinstance(value, str) else named[1](value)


def _is_pandas_array(value: object) -> bool:
    return is_pandas(value, "ExtensionArray")


def _dense(tensor: Any) -> np.ndarray[Any, Any]:
    """A tensor of torch in NumPy's terms, in which sparse, quantised and brain floats have no type of their own."""
    plain = tensor.detach().cpu()
    if plain.is_quantized:
        plain = plain.dequantize()
    if str(plain.layout) != "torch.strided":
        plain = plain.to_dense()
    if str(plain.dtype) == "torch.bfloat16":
        plain = plain.float()
    array: np.ndarray[Any, Any] = plain.resolve_conj().resolve_neg().numpy()
    return array


def _scalar_array(value: Any) -> np.ndarray[Any, Any]:
    if isinstance(value, bool | int | float | complex | np.generic) and not isinstance(value, enum.Enum):
        array = np.asarray(value)
        if array.dtype != object:
            return array
    box = np.empty((), dtype=object)
    box[()] = value
    return box


def _array(array: np.ndarray[Any, Any], rows: Sequence[str] | None) -> Value:
    kind = array.dtype.kind
    if kind in "iufcb":
        return _numeric(array, rows)
    if kind == "V" and array.dtype.names:
        return _from_items([tuple(item) for item in array.reshape(-1).tolist()], array.shape, rows)
    return _from_items(array.reshape(-1), array.shape, rows)


def _numeric(array: np.ndarray[Any, Any], rows: Sequence[str] | None) -> Value:
    native = array.astype(array.dtype.newbyteorder("="), copy=False)
    if native.dtype == np.longdouble and native.dtype != np.float64:
        native = native.astype(np.float64)
    data = np.array(native, order="C", copy=True).reshape(-1)
    return Value(data.dtype.name, array.shape, data, rows=None if rows is None else tuple(rows))


def _column(column: Any, rows: Sequence[str] | None) -> Value:
    dtype = str(column.dtype)
    if dtype == "category":
        column = column.astype(object)
    elif dtype.lower() in _NULLABLE:
        return _nullable(column, _NULLABLE[dtype.lower()], rows)
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufcb":
        return _numeric(np.asarray(column), rows)
    if dtype.startswith(("datetime64", "timedelta64")) and "," not in dtype:
        return _array(np.asarray(column), rows)
    return _from_items(list(column), (len(column),), rows)


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


def _from_items(items: Iterable[Any], shape: tuple[int, ...], rows: Sequence[str] | None) -> Value:
    """A Value of objects: one dtype where they agree, else `mixed`, with each element's own dtype written out."""
    values = list(items)
    missing = np.array([_is_missing(value) for value in values], dtype=bool)
    named = [None if gone else _named(value) for value, gone in zip(values, missing, strict=True)]
    kinds = sorted({name[0] if name else "object" for name, gone in zip(named, missing, strict=True) if not gone})
    row_names = None if rows is None else tuple(rows)
    if not kinds:
        return Value("missing" if values else "object", shape, _texts(["" for _ in values]), _mask(missing), row_names)
    if kinds in (["float64"], ["float64", "int64"]) and _fit_floats(values, missing):
        floats = np.array([np.nan if gone else float(v) for v, gone in zip(values, missing, strict=True)])
        return Value("float64", shape, floats, None, row_names)
    if kinds == ["list"] and not missing.any():
        table = _rectangle(values)
        if table is not None:
            return Value(table.dtype.name, (*shape, *table.shape[1:]), table.reshape(-1), None, row_names)
    if kinds == ["bool"]:
        truths = np.array([bool(v) and not gone for v, gone in zip(values, missing, strict=True)])
        return Value("bool", shape, truths, _mask(missing), row_names)
    if kinds == ["int64"]:
        whole = _whole(values, missing)
        if whole is not None:
            return Value("int64", shape, whole, _mask(missing), row_names)
    texts = [_element_text(v, n, kinds) if not gone else "" for v, n, gone in zip(values, named, missing, strict=True)]
    return Value(kinds[0] if len(kinds) == 1 else "mixed", shape, _texts(texts), _mask(missing), row_names)


def _fit_floats(values: list[Any], missing: np.ndarray[Any, Any]) -> bool:
    """Whether no whole number among floats is too long for one."""
    whole = (v for v, gone in zip(values, missing, strict=True) if not gone and isinstance(v, int | np.integer))
    return all(abs(int(v)) <= 2**53 for v in whole)


def _rectangle(values: list[Any]) -> np.ndarray[Any, Any] | None:
    """Cells that hold equally many numbers each, such as embeddings, as one array: text would know no tolerance."""
    if not all(isinstance(value, list | tuple | np.ndarray) for value in values):
        return None
    if len({np.shape(value) if isinstance(value, np.ndarray) else (len(value),) for value in values}) != 1:
        return None
    cells = np.asarray([list(value) for value in values], dtype=object)
    flat = cells.reshape(-1).tolist()
    if not flat or not all(isinstance(v, int | float | np.number) and not isinstance(v, bool) for v in flat):
        return None
    present = np.zeros(len(flat), dtype=bool)
    if all(isinstance(v, int | np.integer) for v in flat):
        return cells.astype(np.int64) if _whole(flat, present) is not None else None
    return cells.astype(np.float64) if _fit_floats(flat, present) else None


def _whole(values: list[Any], missing: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    try:
        return np.array([0 if gone else int(v) for v, gone in zip(values, missing, strict=True)], dtype=np.int64)
    except OverflowError:
        return None  # Whole numbers past 64 bits are kept as text, digit by digit.


def _element_text(value: Any, named: tuple[str, Texts] | None, kinds: list[str]) -> str:
    text = named[1](value) if named else f"<{type(value).__module__}.{type(value).__qualname__}>"
    return text if len(kinds) == 1 else f"{named[0] if named else 'object'}:{text}"


def _named(value: object) -> tuple[str, Texts] | None:
    if is_pandas(value, "Timestamp"):
        return "timestamp", _timestamp
    if is_pandas(value, "Timedelta"):
        return "duration", _duration
    if is_pandas(value, "Period", "Interval"):
        return "text", str
    for klass, dtype, text in _NAMED:
        if isinstance(value, klass):
            return dtype, text
    return ("float64", lambda v: repr(float(v))) if isinstance(value, numbers.Real) else None


def _is_missing(value: Any) -> bool:
    if value is None:
        return True
    if isinstance(value, float | np.floating):
        return bool(np.isnan(value))
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    if isinstance(value, decimal.Decimal):
        return value.is_nan()
    return type(value).__name__ in ("NAType", "NaTType")


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


def _texts(values: list[str]) -> np.ndarray[Any, Any]:
    data = np.empty(len(values), dtype=object)
    data[:] = values
    return data


def _mask(missing: np.ndarray[Any, Any]) -> np.ndarray[Any, Any] | None:
    return missing if missing.any() else None
