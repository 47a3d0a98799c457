"""Values that are too large to read: numbers as NumPy's own file format, texts and row names as JSON; never pickle."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from math import prod
from typing import Any, TypedDict

import numpy as np

from mlguard.core.value import Value
from mlguard.files.tree import check_size
from mlguard.files.typed import checked
from mlguard.golden.elements import TEXT, from_json, kept_as, to_json
from mlguard.golden.strict import dump, parse

_HEAD = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '(.{1,9}?)', 'fortran_order': False, 'shape': \(([0-9, ]*)\), \} *\n", re.DOTALL
)
"""What `numpy.lib.format` writes before the elements; its own reader takes other forms too, some with a warning."""

Read = Callable[[str], bytes]
"""Gives the content of a golden's file by its name."""


def write_array(value: Value, name: str) -> dict[str, bytes]:
    """The files of a large Value: `name.npy` for its numbers, `name.json` for texts, row names and gaps.

    Raises UsageError for what is too large for any file, before a copy of it is made.
    """
    check_size(f"{name}.npy", value.data.nbytes)
    files: dict[str, bytes] = {}
    beside: dict[str, Any] = {}
    if kept_as(value) == TEXT:
        beside["data"] = to_json(value)
    else:
        files[f"{name}.npy"] = _npy(value)
        if value.missing is not None and value.missing.any():
            beside["missing"] = np.flatnonzero(value.missing).tolist()
    if value.rows is not None:
        beside["rows"] = list(value.rows)
    if beside:
        # One element per line, so that a difference of two versions can be read.
        files[f"{name}.json"] = (dump(beside, indent=1) + "\n").encode()
    return files


class _Beside(TypedDict, total=False):
    """What lies beside the numbers."""

    data: list[str | None]
    missing: list[int]
    rows: list[str]


def read_array(read: Read, names: Sequence[str], kept: str, size: int) -> dict[str, Any]:
    """What `write_array` wrote into these files: `data`, `missing` and `rows` of a Value of so many such elements.

    Raises ValueError where a file is no array of plain numbers.
    """
    documents = [name for name in names if name.endswith(".json")]
    beside = checked(_Beside, parse(read(documents[0]).decode()) if documents else {}, *documents[:1])
    rows = tuple(beside["rows"]) if "rows" in beside else None
    if kept == TEXT:
        return {**from_json(beside["data"], TEXT), "rows": rows}
    (name,) = (name for name in names if name.endswith(".npy"))
    array = _numbers(read(name), np.dtype(kept).newbyteorder("<"), size)
    missing = None
    if "missing" in beside:
        missing = np.zeros(array.size, dtype=bool)
        missing[beside["missing"]] = True
    return {"data": array.astype(kept), "missing": missing, "rows": rows}


def _numbers(content: bytes, dtype: np.dtype[Any], size: int) -> np.ndarray[Any, Any]:
    """The elements of an `.npy` file, whose head must say what it holds: nothing is made room for by its word."""
    head = _HEAD.match(content)
    if head is None:
        raise ValueError("its head is not the one that mlguard writes")
    told, shape = head[1].decode(), [int(length) for length in head[2].split(b",") if length.strip()]
    held = len(content) - head.end()
    if told != dtype.str or prod(shape) != size or held != size * dtype.itemsize:
        raise ValueError(f"it says {told} of shape {shape} and holds {held} bytes; expected {size} times {dtype}")
    return np.frombuffer(content, dtype, offset=head.end())


def _npy(value: Value) -> bytes:
    # What lies behind a missing element is nobody's business, and must not differ from run to run.
    fill = np.asarray(np.nan if value.is_float else 0).astype(value.data.dtype)
    elements = np.where(value.absent(), fill, value.data)
    array = elements.astype(value.data.dtype.newbyteorder("<")).reshape(value.shape)
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)
    return file.getvalue()
