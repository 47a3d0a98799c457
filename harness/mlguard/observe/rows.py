"""Rows in whatever form guarded code passes them: frames, arrays, lists, mappings and tuples of them."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mlguard.observe import narwhals
from mlguard.observe.kinds import is_frame, is_pandas, is_sparse
from mlguard.observe.leaf import is_leaf, to_value
from mlguard.observe.walk import walk


def count(rows: Any) -> int | None:
    """Number of rows; None where an object has no rows."""
    if isinstance(rows, Mapping):
        lengths = {count(part) for part in rows.values()}
        return lengths.pop() if len(lengths) == 1 else None
    if isinstance(rows, tuple) and rows:
        lengths = {count(part) for part in rows}
        return lengths.pop() if len(lengths) == 1 else None
    if is_sparse(rows):
        return int(rows.shape[0])
    if isinstance(rows, str | bytes) or not hasattr(rows, "__len__"):
        return None
    if getattr(rows, "shape", None) == ():
        return None  # An array or a tensor without dimensions has no length.
    return len(rows)


def take(rows: Any, positions: Sequence[int]) -> Any:
    """These rows, in this order, in the same form; the index of pandas objects goes along."""
    if is_frame(rows) or is_pandas(rows, "Series"):
        return rows.iloc[list(positions)]
    if narwhals.is_foreign(rows):
        return narwhals.take(rows, list(positions))
    if isinstance(rows, Mapping):
        return {name: take(part, positions) for name, part in rows.items()}
    if isinstance(rows, tuple):
        return tuple(take(part, positions) for part in rows)
    if isinstance(rows, list):
        return [rows[position] for position in positions]
    if is_pandas(rows, "Index"):
        return rows.take(list(positions))
    return rows[np.asarray(positions, dtype=np.int64)]


def duplicate(value: Any) -> Any:
    """A copy that shares nothing with the original; the original where it cannot be copied."""
    try:
        return copy.deepcopy(value)
    except Exception:  # Anything may go wrong in a user's own __deepcopy__ or in an open resource.
        return value


def renumbered(rows: Any) -> Any:
    """The same rows under a plain index."""
    if is_frame(rows) or is_pandas(rows, "Series"):
        return rows.reset_index(drop=True)
    if isinstance(rows, tuple):
        return tuple(renumbered(part) for part in rows)
    return rows


def fingerprint(value: Any) -> dict[str, str]:
    """Content digests by part: what must not change when a method is given this object.

    A frame's parts are its columns, its index and the order of its columns, so that a message can name what changed.
    """
    value = dict(value) if isinstance(value, Mapping) else narwhals.as_pandas(value)
    if is_frame(value):
        return _frame_fingerprint(value)
    if is_pandas(value, "Series"):
        return {"values": _digest(value), "index": _digest(value.index)}
    if isinstance(value, dict) and any(_is_table(part) for part in value.values()):
        return {f"{name}.{part}": d for name, child in value.items() for part, d in fingerprint(child).items()}
    if isinstance(value, tuple):
        return {f"{i}.{part}": d for i, child in enumerate(value) for part, d in fingerprint(child).items()}
    if is_leaf(value):
        return {"values": _digest(value)}
    return {name or "values": leaf.digest() for name, leaf in walk(value, whole=True)}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The parts that differ between two fingerprints, in order."""
    return [part for part in dict.fromkeys([*before, *after]) if before.get(part) != after.get(part)]


def _frame_fingerprint(frame: Any) -> dict[str, str]:
    columns = [str(column) for column in frame.columns]
    parts = {"columns": hashlib.sha256("\0".join(columns).encode()).hexdigest(), "index": _digest(frame.index)}
    for position, column in enumerate(columns):
        parts[f"column {column}"] = _digest(frame.iloc[:, position])
    return parts


def _digest(column: Any) -> str:
    return to_value(column).digest()


def _is_table(value: Any) -> bool:
    return is_frame(value) or isinstance(value, np.ndarray) or is_pandas(value, "Series")
