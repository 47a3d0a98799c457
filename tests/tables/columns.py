"""Columns of every logical type, drawn by hypothesis with the values that file formats are known to lose."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from mlguard import Dataset
from mlguard.tables.codec import CSV, decode_table, encode_sheet
from mlguard.tables.digest import column_digests_of, digest
from mlguard.tables.sheet import sheet

ROWS = 5


def encode_table(table: Any, *, format: str = CSV) -> bytes:
    """The file of a DataFrame or array."""
    return encode_sheet(sheet(table), format=format)


NASTY = ("", "NA", "nan", "None", "null", "007", "1e5", "true", " x", "x ", "\t", "a,b", '"', '""', "\n", "\r", "\r\n")
NASTY += (
    "a\rb",
    "\0",
    "x\0",
    "日本語",
    "é",
    "e\u0301",
    "\u2028",
    "\x85",
    "\ufeff",
    "😀",
    "=1+1",
    "#",
    "\\n",
    "[1]",
    "inf",
)
INT64 = st.one_of(st.integers(-(2**63), 2**63 - 1), st.sampled_from([2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)]))
FLOATS = st.one_of(st.floats(allow_nan=False), st.sampled_from([0.1 + 0.2, 5e-324, 1.797e308, math.inf, 1e16, 2.0**53]))
TEXT = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=8))
DATES = st.dates()
TIMES = st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1))
SPANS = st.timedeltas(dt.timedelta(days=-9000), dt.timedelta(days=9000))
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
LISTS = st.lists(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), TEXT), max_size=3)


@dataclass(frozen=True)
class Drawn:
    """A column, and what it must still be after a round trip."""

    series: pd.Series
    type: str
    values: list[Any]


def _column(values: st.SearchStrategy[Any], build: Callable[[list[Any]], Any], name: str, *, gaps: bool = True) -> Any:
    element = st.one_of(values, st.none()) if gaps else values
    lists = st.lists(element, min_size=ROWS, max_size=ROWS)
    if build is _objects:  # Of nothing but gaps, nobody can tell what they would be.
        lists = lists.filter(lambda drawn: any(value is not None for value in drawn))
    return lists.map(lambda drawn: Drawn(pd.Series(build(drawn)), name, drawn))


def _objects(values: list[Any]) -> pd.Series:
    array = np.empty(len(values), dtype=object)
    for position, value in enumerate(values):
        array[position] = value
    return pd.Series(array)


def _floats(dtype: str) -> Callable[[list[Any]], pd.Series]:
    return lambda values: pd.Series([math.nan if value is None else value for value in values], dtype=dtype)


def _stamps(zone: str | None, unit: str) -> Callable[[list[Any]], pd.Series]:
    def build(values: list[Any]) -> pd.Series:
        series = pd.Series(np.array(values, dtype="datetime64[us]").astype(f"datetime64[{unit}]"))
        return series.dt.tz_localize("UTC").dt.tz_convert(zone) if zone else series

    return build


def _category(values: list[Any]) -> pd.Series:
    known = list(dict.fromkeys(["", "never used", "b", "a", *(value for value in values if value is not None)]))
    return pd.Series(pd.Categorical(values, categories=known, ordered=True))


COLUMNS = {
    "int64": _column(INT64, lambda v: pd.Series(v, dtype="int64"), "int64", gaps=False),
    "int8": _column(st.integers(-128, 127), lambda v: pd.Series(v, dtype="int8"), "int8", gaps=False),
    "uint64": _column(st.integers(0, 2**64 - 1), lambda v: pd.Series(v, dtype="uint64"), "uint64", gaps=False),
    "Int64": _column(INT64, lambda v: pd.Series(_nullable(v)), "int64"),
    "int objects": _column(INT64, _objects, "int64"),
    "bool": _column(st.booleans(), lambda v: pd.Series(v, dtype=bool), "bool", gaps=False),
    "boolean": _column(st.booleans(), lambda v: pd.Series(v, dtype="boolean"), "bool"),
    "bool objects": _column(st.booleans(), _objects, "bool"),
    "float64": _column(FLOATS, _floats("float64"), "float64"),
    "float32": _column(st.floats(width=32, allow_nan=False), _floats("float32"), "float32"),
    "float16": _column(st.floats(width=16, allow_nan=False), _floats("float16"), "float16"),
    "text objects": _column(TEXT, _objects, "text"),
    "string": _column(TEXT, lambda v: pd.Series(v, dtype="string"), "text"),
    "date": _column(DATES, _objects, "date"),
    "timestamp[us]": _column(TIMES, _stamps(None, "us"), "timestamp[ns]"),
    "timestamp[ns]": _column(TIMES, _stamps(None, "ns"), "timestamp[ns]"),
    "timestamp UTC": _column(TIMES, _stamps("UTC", "ns"), "timestamp[ns, UTC]"),
    "timestamp Berlin": _column(TIMES, _stamps("Europe/Berlin", "us"), "timestamp[ns, Europe/Berlin]"),
    "timestamp offset": _column(TIMES, _stamps("UTC+05:30", "ns"), "timestamp[ns, UTC+05:30]"),
    "duration": _column(SPANS, lambda v: pd.Series(np.array(v, dtype="timedelta64[us]")), "duration[ns]"),
    "decimal": _column(DECIMALS, _objects, "decimal"),
    "list": _column(LISTS, _objects, "list"),
    "category": _column(TEXT, _category, "category["),
}
"""A strategy for Drawn columns of each type, by a name for the test's id."""


ALL = st.fixed_dictionaries(COLUMNS)
"""A Drawn column of each type."""


def check_round_trips(drawn: dict[str, Drawn], *formats: str) -> None:
    """Assert that a table of these columns is read back as it was written, in each format."""
    frame = pd.DataFrame({name: column.series for name, column in drawn.items()})
    held, digests, whole = sheet(frame).schema, column_digests_of(sheet(frame)), digest(Dataset(frame))
    for format in formats:
        back = decode_table(encode_table(frame, format=format), held, format=format)
        assert list(back.columns) == list(frame.columns)
        for name, column in drawn.items():
            assert plain(back[name]) == column.values, name
        assert sheet(back).schema == held
        assert column_digests_of(sheet(back)) == digests
        assert digest(Dataset(back)) == whole
        assert isinstance(back.index, pd.RangeIndex)


def _nullable(values: list[Any]) -> pd.arrays.IntegerArray:
    filled = np.array([0 if value is None else value for value in values], dtype=np.int64)
    return pd.arrays.IntegerArray(filled, np.array([value is None for value in values]))


def plain(series: Any) -> list[Any]:
    """The elements as plain Python objects, None where missing: what the round trip is judged by."""
    return [_plain(value) for value in series.astype(object).tolist()]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return (value.tz_convert("UTC").tz_localize(None) if value.tzinfo else value).to_pydatetime(warn=False)
    if isinstance(value, pd.Timedelta):
        return value.to_pytimedelta()
    return value
