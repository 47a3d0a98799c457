"""A Value: the one comparable form of a scalar, array or column, with its logical dtype and shape."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

DIGEST = "digest"
"""The dtype of a content digest, which is compared exactly and has no tolerance."""


@dataclass(frozen=True, eq=False)
class Value:
    """A scalar, array or column in the form in which it is compared and stored."""

    dtype: str
    """Logical element type: `float64`, `int64`, `bool`, `text`, `date`, `decimal`, `digest`, …"""
    shape: tuple[int, ...]
    """Shape of the value; `()` for a scalar."""
    data: np.ndarray[Any, Any]
    """The elements in C order, one axis: numbers and booleans as NumPy keeps them, everything else as text."""
    missing: np.ndarray[Any, Any] | None = None
    """Where an element is missing, as booleans; None where none is. A float's missing element is NaN instead."""
    rows: tuple[str, ...] | None = None
    """Names of the rows along the first axis, where they have any."""
    new_form: bool = False
    """Whether release 0.1.0 kept no such Value, or kept it otherwise: its goldens are not compared with it."""

    @property
    def is_float(self) -> bool:
        """Whether elements are floating or complex numbers, and so compared within a Tolerance."""
        return self.data.dtype.kind in "fc"

    @property
    def is_numeric(self) -> bool:
        """Whether elements are numbers, so that a difference has a size."""
        return self.data.dtype.kind in "iufc"

    @property
    def size(self) -> int:
        """Number of elements."""
        return int(self.data.size)

    @property
    def scale(self) -> float:
        """The largest finite magnitude, against which differences are measured; 0.0 where there is none."""
        if not self.is_numeric or not self.size:
            return 0.0
        magnitudes = np.abs(self.data.astype(np.complex128 if self.data.dtype.kind == "c" else np.float64))
        finite = magnitudes[np.isfinite(magnitudes)]
        return float(finite.max()) if finite.size else 0.0

    @property
    def row_width(self) -> int:
        """Number of elements in one row along the first axis; 1 for scalars."""
        return int(np.prod(self.shape[1:], dtype=np.int64)) if self.shape else 1

    def absent(self) -> np.ndarray[Any, Any]:
        """Where elements are missing, as booleans of the length of `data`."""
        if self.missing is not None:
            return self.missing
        return np.zeros(self.size, dtype=bool)

    def row_name(self, element: int) -> str:
        """What to call the place of an element: its row's name, or its index."""
        if self.rows is not None and self.row_width:
            name = self.rows[element // self.row_width]
            return name if self.row_width == 1 else f"{name}, {element % self.row_width}"
        index = np.unravel_index(element, self.shape) if self.shape else ()
        return ", ".join(str(int(i)) for i in index)

    def element(self, index: int) -> object:
        """One element as a Python object; None where it is missing."""
        if self.missing is not None and self.missing[index]:
            return None
        value = self.data[index]
        return value.item() if isinstance(value, np.generic) else value

    def take_rows(self, positions: Sequence[int]) -> Value:
        """The same value with only these rows, in this order."""
        chosen = np.asarray(positions, dtype=np.int64)
        width = self.row_width
        elements = (chosen[:, None] * width + np.arange(width)[None, :]).ravel()
        return Value(
            dtype=self.dtype,
            shape=(len(chosen), *self.shape[1:]),
            data=self.data[elements],
            missing=None if self.missing is None else self.missing[elements],
            rows=None if self.rows is None else tuple(self.rows[i] for i in positions),
            new_form=self.new_form,
        )

    def spelled_anew(self, old: str, new: str) -> Value:
        """The same value with one text in place of another wherever it stands in an element; numbers hold none."""
        if self.data.dtype != object or not any(old in text for text in self.data):
            return self
        data = self.data.copy()
        data[:] = [text.replace(old, new) for text in self.data]
        return replace(self, data=data)

    def digest(self) -> str:
        """A content digest that differs whenever dtype, shape, an element, a missing position or a row name does."""
        content = hashlib.sha256()
        content.update(f"{self.dtype}|{self.shape}|".encode())
        if self.data.dtype == object:
            for text in self.data:
                encoded = str(text).encode("utf-8", "surrogatepass")
                content.update(f"{len(encoded)}:".encode() + encoded)
        else:
            content.update(np.ascontiguousarray(self.data).astype(self.data.dtype.newbyteorder("<")).tobytes())
        content.update(self.absent().tobytes())
        if self.rows is not None:
            content.update("\0".join(self.rows).encode("utf-8", "surrogatepass"))
        return f"sha256:{content.hexdigest()}"


def number(value: float | int | bool) -> Value:
    """A scalar Value of a Python number or truth."""
    array = np.asarray(value)
    return Value(dtype=array.dtype.name, shape=(), data=array.reshape(1))


def text(value: str, *, dtype: str = "text") -> Value:
    """A scalar Value of a text."""
    return Value(dtype=dtype, shape=(), data=np.array([value], dtype=object))


def texts(values: Iterable[str], *, dtype: str = "text", rows: Sequence[str] | None = None) -> Value:
    """A one-dimensional Value of texts."""
    items = list(values)
    data = np.empty(len(items), dtype=object)
    data[:] = items
    return Value(dtype=dtype, shape=(len(items),), data=data, rows=None if rows is None else tuple(rows))


def numbers(values: np.ndarray[Any, Any], *, rows: Sequence[str] | None = None) -> Value:
    """A Value of a NumPy array of numbers or booleans."""
    array = np.asarray(values)
    return Value(
        dtype=array.dtype.name,
        shape=array.shape,
        data=np.ascontiguousarray(array).reshape(-1),
        rows=None if rows is None else tuple(rows),
    )


def digest_of(value: str) -> Value:
    """A scalar Value that holds a content digest."""
    return text(value, dtype=DIGEST)
