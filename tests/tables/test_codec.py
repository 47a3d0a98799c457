"""What is written is read back exactly, in every format and for every logical type."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlguard.core.error import GoldenError, UsageError
from mlguard.files.numbers import FLOATS, INTEGERS
from mlguard.tables.codec import CSV, JSONL, decode_table
from mlguard.tables.logical import TICKS
from mlguard.tables.sheet import sheet
from tests.properties import examples
from tests.tables.columns import ALL, NASTY, check_round_trips, encode_table, plain

FORMATS = (CSV, JSONL)


@given(drawn=ALL)
@examples(20)
def test_every_type_survives_with_its_digest_in_every_format(drawn):
    check_round_trips(drawn, *FORMATS)


@given(drawn=ALL)
@examples(20)
def test_types_are_named_alike_whatever_pandas_calls_them(drawn):
    frame = pd.DataFrame({name: column.series for name, column in drawn.items()})
    for found, column in zip(sheet(frame).schema.columns, drawn.values(), strict=True):
        assert found.type.name.startswith(column.type), found.name
        assert found.missing == column.values.count(None)


@pytest.mark.parametrize("format", FORMATS)
@given(array=hnp.arrays(st.sampled_from(["f8", "f4", "i8", "u1", "?"]), hnp.array_shapes(min_dims=1, max_dims=4)))
@examples(25)
def test_arrays_of_any_rank_survive(format, array):
    back = decode_table(encode_table(array, format=format), sheet(array).schema, format=format)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize(
    "array",
    [
        np.array(["<U3", "", 'a"b']),
        np.array(["x\0", None], dtype=object),
        np.array([[1, None], [2**53 + 1, 3]], dtype=object),
        np.array(["2024-01-01", "NaT"], dtype="datetime64[D]"),
        np.array([np.datetime64("2024-01-01T03"), None], dtype=object),
        np.array([np.timedelta64(90, "s"), None], dtype=object),
        np.array([], dtype="float64"),
    ],
    ids=["text", "objects", "gaps", "days", "moments", "durations", "no rows"],
)
def test_arrays_of_other_things_survive(array):
    back = decode_table(encode_table(array), sheet(array).schema)
    assert back.shape == array.shape
    assert back.astype(str).tolist() == array.astype(back.dtype).astype(str).tolist()


@pytest.mark.parametrize("format", FORMATS)
def test_the_ends_of_every_type_survive(format):
    whole = {name: pd.Series([np.iinfo(name).min, np.iinfo(name).max], dtype=name) for name in INTEGERS}
    floats = {name: pd.Series([np.finfo(name).max, np.finfo(name).smallest_subnormal], dtype=name) for name in FLOATS}
    ticks = np.array([2**63 - 1, -(2**63) + 1])
    units = {f"{letter}8[{unit}]": pd.Series(ticks.view(f"{letter}8[{unit}]")) for letter in "Mm" for unit in TICKS}
    many = pd.Series([Decimal("-" + "9" * 60 + ".000" + "1" * 60), Decimal("1E+999999")], dtype=object)
    days = pd.Series([dt.date.min, dt.date.max], dtype=object)
    zoned = units["M8[ns]"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    frame = pd.DataFrame({**whole, **floats, **units, "decimal": many, "date": days, "zoned": zoned})
    held = sheet(frame).schema
    back = decode_table(encode_table(frame, format=format), held, format=format)
    assert sheet(back).schema == held
    for name in frame.columns:
        assert back[name].dtype == frame[name].dtype, name
        assert back[name].equals(frame[name]), name


@pytest.mark.parametrize("format", FORMATS)
def test_text_survives_in_a_table_of_one_column_and_in_its_name(format):
    for name in NASTY:
        frame = pd.DataFrame({name: [*NASTY, None]})
        back = decode_table(encode_table(frame, format=format), sheet(frame).schema, format=format)
        assert plain(back[name]) == [*NASTY, None]


def test_csv_looks_as_documented():
    frame = pd.DataFrame(
        {
            "id": ["007", "", None],
            "n": pd.array([2**53 + 1, None, -1], dtype="Int64"),
            "x": [0.1 + 0.2, float("nan"), float("inf")],
            "f": np.array([0.1, 1e16, -0.0], dtype="float32"),
            "ok": [True, False, True],
            "at": pd.to_datetime(["2024-03-31T01:30:00Z", None, "2024-03-31T01:30:00.25Z"], format="ISO8601"),
            "took": pd.to_timedelta(["1h", "-0.5s", None]),
        }
    )
    assert encode_table(frame).decode() == (
        "id,n,x,f,ok,at,took\n"
        "007,9007199254740993,0.30000000000000004,0.1,true,2024-03-31T01:30:00Z,3600\n"
        '"",,,1e+16,false,,-0.5\n'
        ",-1,inf,0.0,true,2024-03-31T01:30:00.25Z,\n"
    )


def test_json_lines_look_as_documented():
    frame = pd.DataFrame({"id": ["007", None], "x": [0.5, float("-inf")], "tags": [["a", 1], None], 3: [1, 2]})
    assert encode_table(frame, format="jsonl").decode() == (
        '{"id": "007", "x": 0.5, "tags": ["a",1], "3": 1}\n{"id": null, "x": "-inf", "tags": null, "3": 2}\n'
    )


def test_whole_numbers_as_column_names_survive():
    frame = pd.DataFrame({0: [1.0], 1: [2.0], "x": [3.0]})
    assert list(decode_table(encode_table(frame), sheet(frame).schema).columns) == [0, 1, "x"]


def test_unused_categories_and_their_order_survive():
    frame = pd.DataFrame({"size": pd.Categorical(["m", None], categories=["s", "m", "l"], ordered=True)})
    back = decode_table(encode_table(frame), sheet(frame).schema)
    assert list(back["size"].cat.categories) == ["s", "m", "l"]
    assert back["size"].cat.ordered
    assert sheet(frame).schema.columns[0].type.name == 'category[text; ordered; ["s", "m", "l"]]'


def test_timestamps_beyond_nanoseconds_use_the_next_unit():
    frame = pd.DataFrame({"day": pd.Series(np.array(["3000-01-01", "2000-01-01"], dtype="datetime64[s]"))})
    assert sheet(frame).schema.columns[0].type.name == "timestamp[us]"
    assert decode_table(encode_table(frame), sheet(frame).schema)["day"].dt.year.tolist() == [3000, 2000]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pd.DataFrame({"x": [1, "a"]}), "table 'rows', column 'x' holds a mixture of integer and text"),
        (pd.DataFrame({"x": [object()]}), "column 'x' holds objects of type object"),
        (pd.DataFrame({"x": [1 + 2j]}), "column 'x' holds complex128 values"),
        (pd.DataFrame({"x": [2**64, -1]}, dtype=object), "integers beyond 64 bits"),
        (pd.DataFrame({"x": [Decimal("sNaN")]}), "column 'x' holds a signalling NaN among decimals"),
        (pd.DataFrame({"x": pd.period_range("2020", periods=2, freq="Y")}), "column 'x' holds period"),
        (pd.DataFrame({"x": pd.cut(pd.Series([1, 2, 3]), 2)}), "column 'x' holds interval"),
        (pd.DataFrame({"x": [[1, {2}]]}), "lists of set"),
        (pd.DataFrame({"x": pd.Series(["\ud800"], dtype=object)}), "no Unicode text"),
        (pd.DataFrame({"x": [1, 2]}, index=[1, 2]), "call reset_index(drop=True)"),
        (pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="id")), "call reset_index()"),
        (pd.DataFrame([[1, 2]], columns=["x", "x"]), "several columns named 'x'"),
        (pd.DataFrame([[1, 2]], columns=[3, "3"]), "several columns named '3'"),
        (pd.DataFrame([[1]], columns=[("a", "b")]), "a column named"),
        (pd.DataFrame(index=[0, 1]), "no columns"),
        (np.array(3.0), "shape ()"),
        ([1, 2], "table 'rows' is a list"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_cannot_be_written_is_refused_by_name(table, said):
    with pytest.raises(UsageError) as raised:
        encode_table(table)
    assert said in raised.value.message


@pytest.mark.parametrize("format", FORMATS)
def test_damage_is_noticed(format):
    frame = pd.DataFrame({"x": [1, 2, 3], "name": ["a", "b", None]})
    data = encode_table(frame, format=format)
    for damaged in (data[:-1], data[: len(data) // 2], b"", b"<<<<<<< HEAD\n" + data):
        with pytest.raises(GoldenError, match=r"rows\.csv is damaged"):
            decode_table(damaged, sheet(frame).schema, format=format, file="rows.csv")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("values", "cell", "other"),
    [
        (pd.to_datetime(["2026-01-02T03:04:05"]), b"2026-01-02T03:04:05", other)
        for other in (
            b"2026-01-02T03:04:05+01:00",
            b"2026-01-02T03:04:05Z+1",
            b"2026-01-02",
            b"20260102T030405",
            b"now",
            b"NaT",
        )
    ]
    + [
        (np.array([1.5], dtype="float16"), b"1.5", b"1e9"),
        (np.array([1.5], dtype="float32"), b"1.5", b"1e99"),
        (np.array([True]), b"true", b"tru"),
        (np.array([7], dtype="int8"), b"7", b"300"),
    ],
)
def test_a_cell_that_no_column_of_its_type_has_is_damage_and_no_warning(values, cell, other, format, recwarn):
    frame = pd.DataFrame({"x": values})
    data = encode_table(frame, format=format)
    assert cell in data
    with pytest.raises(GoldenError, match=r"^the table is damaged"):
        decode_table(data.replace(cell, other), sheet(frame).schema, format=format)
    assert [str(warning.message) for warning in recwarn] == []
