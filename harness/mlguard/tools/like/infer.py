"""Say what the text of a column means: whole numbers, numbers, truths, dates, timestamps, or text after all."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from mlguard.tables.logical import nullable

GAPS = frozenset({"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"})
"""Texts that stand for a missing element."""

# A leading zero says that digits are a name, as in a postal code.
_INTEGER = re.compile(r"[+-]?(0|[1-9]\d*)")
_NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[iI]nf)")
_PADDED = re.compile(r"[+-]?0\d")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?")
_TRUTHS = {"true": True, "false": False, "True": True, "False": False, "TRUE": True, "FALSE": False}


def typed(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column of text or JSON values as the type that all of its elements share; text where they share none."""
    present = [value for value in column if not _is_gap(value)]
    if not present:
        return pd.Series([math.nan] * len(column), dtype="float64")
    if all(isinstance(value, str) for value in present):
        return _from_text(column, present)
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in present):
        return _numbers(column, present)
    if all(isinstance(value, bool) for value in present):
        return pd.Series([None if _is_gap(v) else v for v in column], dtype="boolean" if _gaps(column) else bool)
    return pd.Series([None if value is None else value for value in column], dtype=object)


def _is_gap(value: object) -> bool:
    return value is None or (isinstance(value, str) and value in GAPS) or (isinstance(value, float) and value != value)


def _gaps(column: pd.Series[Any]) -> bool:
    return any(_is_gap(value) for value in column)


def _from_text(column: pd.Series[Any], present: list[str]) -> pd.Series[Any]:
    for pattern, build in _KINDS:
        if all(pattern.fullmatch(text) for text in present):
            try:
                return build(column, present)
            except (ValueError, OverflowError):
                continue  # The 30th of February is text.
    return pd.Series([None if _is_gap(value) else value for value in column], dtype=object)


def _numbers(column: pd.Series[Any], present: list[Any]) -> pd.Series[Any]:
    if all(isinstance(value, int) for value in present):
        return _integers(column, present)
    return pd.Series([math.nan if _is_gap(value) else float(value) for value in column], dtype="float64")


def _integers(column: pd.Series[Any], present: list[Any]) -> pd.Series[Any]:
    values = [None if _is_gap(value) else int(value) for value in column]
    low, high = min(map(int, present)), max(map(int, present))
    if low < -(2**63) or high >= (2**64 if low >= 0 else 2**63):
        return pd.Series(values, dtype=object)  # No column holds them; `logical_type` says so.
    width = "int64" if high < 2**63 else "uint64"
    return pd.Series(values, dtype=nullable(width) if _gaps(column) else width)


def _floats(column: pd.Series[Any], present: list[str]) -> pd.Series[Any]:
    if any(_PADDED.match(text) and "." not in text for text in present):
        raise ValueError("digits with a leading zero")
    if any(math.isinf(float(text)) and "inf" not in text.lower() for text in present):
        raise ValueError("more than a double holds")
    return pd.Series([math.nan if _is_gap(value) else float(value) for value in column], dtype="float64")


def _booleans(column: pd.Series[Any], present: list[str]) -> pd.Series[Any]:
    return pd.Series([_TRUTHS.get(value) for value in column], dtype="boolean" if _gaps(column) else bool)


def _dates(column: pd.Series[Any], present: list[str]) -> pd.Series[Any]:
    return pd.Series([None if _is_gap(value) else dt.date.fromisoformat(value) for value in column], dtype=object)


def _times(column: pd.Series[Any], present: list[str]) -> pd.Series[Any]:
    zoned = {bool(re.search(r"(Z|[+-]\d{2}:?\d{2})$", text[10:])) for text in present}
    if len(zoned) > 1:
        raise ValueError("some with and some without a zone")
    values = [None if _is_gap(value) else value for value in column]
    return pd.Series(pd.to_datetime(pd.Series(values, dtype=object), utc=zoned.pop(), format="ISO8601"))


_KINDS: tuple[tuple[re.Pattern[str], Callable[[pd.Series[Any], list[str]], pd.Series[Any]]], ...] = (
    (_INTEGER, _integers),
    (_NUMBER, _floats),
    (re.compile("|".join(_TRUTHS)), _booleans),
    (_DATE, _dates),
    (_TIME, _times),
)
"""What text may mean, by its form; the first that all elements share."""
