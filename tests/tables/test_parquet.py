"""Parquet keeps what the other formats keep, needs an extra, and says so."""

from __future__ import annotations

import datetime as dt
import io
import sys

import numpy as np
import pandas as pd
import pyarrow.parquet
import pytest
from hypothesis import given

from mlguard.core.error import GoldenError, UsageError
from mlguard.tables.codec import decode_table
from mlguard.tables.sheet import sheet
from tests.properties import examples
from tests.tables.columns import ALL, check_round_trips, encode_table

FRAME = pd.DataFrame(
    {"n": [1, 2], "at": pd.to_datetime(["2024-01-01T00:00Z", None]), "day": [dt.date(2024, 1, 1), None]}
)


@given(drawn=ALL)
@examples(10)
def test_every_type_survives(drawn):
    check_round_trips(drawn, "parquet")


def test_arrays_survive():
    array = np.arange(24.0).reshape(2, 3, 4)
    back = decode_table(encode_table(array, format="parquet"), sheet(array).schema, format="parquet")
    np.testing.assert_array_equal(back, array)


def test_other_tools_see_real_types():
    table = pyarrow.parquet.read_table(io.BytesIO(encode_table(FRAME, format="parquet")))
    assert [str(kind) for kind in table.schema.types[:3]] == ["int64", "timestamp[ns, tz=UTC]", "date32[day]"]


def test_damage_is_noticed():
    data = encode_table(FRAME, format="parquet")
    for damaged in (data[:-1], data[: len(data) // 2], b"", b"<<<<<<< HEAD\n" + data):
        with pytest.raises(GoldenError, match=r"rows\.parquet is damaged"):
            decode_table(damaged, sheet(FRAME).schema, format="parquet", file="rows.parquet")


def test_without_pyarrow_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(UsageError, match=r"pytest-mlguard\[parquet\]"):
        encode_table(pd.DataFrame({"x": [1]}), format="parquet")


def test_an_unknown_format_is_refused():
    with pytest.raises(UsageError, match="no format 'xlsx'; known are csv, jsonl, parquet"):
        encode_table(pd.DataFrame({"x": [1]}), format="xlsx")


def test_a_timestamp_that_parquet_has_no_room_for_is_refused():
    frame = pd.DataFrame({"late": pd.Series(np.array([2**62], dtype="datetime64[s]"))})
    check = decode_table(encode_table(frame), sheet(frame).schema)
    assert check["late"].astype("int64").tolist() == [2**62]
    with pytest.raises(UsageError, match=r"Parquet cannot keep a table of the columns late: .*; use --format csv"):
        encode_table(frame, format="parquet")
