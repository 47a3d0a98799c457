"""What generators may return, from descriptions in JSON that a fuzzer can change."""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from mlguard.core.dataset import Dataset

DESCRIPTIONS: tuple[Any, ...] = (
    {"rows": {"x": [1, 2], "y": ["a", None], "z": [0.5, {"t": "nan"}]}},
    {"a": {"t": "array", "v": [[1, 2], [3, 4]]}, "b": {"x": [{"t": "date"}, {"t": "decimal", "v": "1.5"}]}},
    {"target": "x", "decimals": 3, "tables": {"rows": {"x": [1, 2], "long": [10**30, 1]}}},
)
"""Mappings of mappings are tables, `{"t": …}` is an odd value, and a mapping with `tables` a whole Dataset."""

_MAKERS: dict[str, Callable[[Any], Any]] = {
    "nan": lambda inner: math.nan,
    "date": lambda inner: dt.date(2026, 1, 1),
    "decimal": lambda inner: decimal.Decimal(str(inner)),
    "array": np.array,
    "complex": lambda inner: 1j,
    "bytes": lambda inner: b"x",
    "set": lambda inner: {1},
    "time": lambda inner: pd.Timestamp(2026, 1, 1, tz="UTC"),
}


def built(document: Any) -> Any:
    """What a description stands for."""
    if isinstance(document, dict) and "tables" in document:
        return Dataset(_tables(document["tables"]), target=document.get("target"), decimals=document.get("decimals", 6))
    return _tables(document)


def _tables(document: Any) -> Any:
    if not isinstance(document, dict):
        return _value(document)
    return {name: _table(table) for name, table in document.items()}


def _table(document: Any) -> Any:
    if not isinstance(document, dict) or "t" in document:
        return _value(document)
    with contextlib.suppress(Exception):  # What pandas itself refuses no generator returns.
        return pd.DataFrame({name: _cells(cells) for name, cells in document.items()})
    return None


def _cells(document: Any) -> Any:
    return [_value(cell) for cell in document] if isinstance(document, list) else _value(document)


def _value(document: Any) -> Any:
    if not isinstance(document, dict) or "t" not in document:
        return document
    kind = document["t"]
    with contextlib.suppress(Exception):
        return _MAKERS[kind](document.get("v")) if isinstance(kind, str) and kind in _MAKERS else object()
    return None
