from __future__ import annotations

import datetime as dt
import decimal
import enum
import fractions
import pathlib
import uuid
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.difference import difference
from mlguard.core.tolerance import Tolerance
from mlguard.observe.leaf import is_leaf, to_value
from tests.properties import examples

BIG = 2**53 + 1


class Size(enum.Enum):
    SMALL = 1


class Level(enum.IntEnum):
    LOW = 1


def column(*cells: Any, dtype: Any = object) -> pd.Series:
    made = pd.Series(np.fromiter(cells, dtype=object, count=len(cells)), dtype=object)
    return made if dtype is object else made.astype(dtype)


def elements(value: Any) -> list[object]:
    made = to_value(value)
    return [made.element(i) for i in range(made.size)]


KINDS: list[tuple[Any, str, list[object]]] = [
    (1.5, "float64", [1.5]),
    (True, "bool", [True]),
    (np.float32(0.5), "float32", [0.5]),
    (BIG, "int64", [BIG]),
    (2**70, "int64", [str(2**70)]),
    (np.uint64(2**64 - 1), "uint64", [2**64 - 1]),
    (1 + 2j, "complex128", [1 + 2j]),
    ("a", "text", ["a"]),
    (np.str_("a"), "text", ["a"]),
    (None, "missing", [None]),
    (b"\x00a", "bytes", ["0061"]),
    (decimal.Decimal("1.10"), "decimal", ["1.10"]),
    (fractions.Fraction(1, 3), "fraction", ["1/3"]),
    (Size.SMALL, "enum", ["Size.SMALL = 1"]),
    (Level.LOW, "enum", ["Level.LOW = 1"]),
    (pathlib.PurePosixPath("a/b"), "path", ["a/b"]),
    (uuid.UUID(int=1), "uuid", ["00000000-0000-0000-0000-000000000001"]),
    (dt.date(2024, 2, 29), "date", ["2024-02-29"]),
    (dt.time(1, 2), "time", ["01:02:00"]),
    (dt.datetime(2024, 2, 29, 1, 2, 3, 500_000), "timestamp", ["2024-02-29T01:02:03.5"]),
    (dt.timedelta(days=1, microseconds=1), "duration", ["86400000001000ns"]),
    (np.datetime64("2024-02-29"), "timestamp", ["2024-02-29T00:00:00"]),
    (np.datetime64("3024-02-29", "us"), "timestamp", ["3024-02-29T00:00:00"]),
    (np.timedelta64(2, "D"), "duration", ["172800000000000ns"]),
    (np.timedelta64(10**6, "D"), "duration", [f"{86400 * 10**15}ns"]),
    (np.array(3.5), "float64", [3.5]),
    (np.array([[1, 2], [3, 4]], order="F"), "int64", [1, 2, 3, 4]),
    (np.array([1.0], dtype=">f8"), "float64", [1.0]),
    (np.array(["007", ""]), "text", ["007", ""]),
    (np.array([b"a"]), "bytes", ["61"]),
    (np.array([(1, "0")], dtype=[("a", "i4"), ("b", "U1")]), "list", ["[1, '0']"]),
    (np.array([(1, 0.5)], dtype=[("a", "i4"), ("b", "f8")]), "float64", [1.0, 0.5]),
    (column([BIG, 0.5], [1, 0.5]), "list", [f"[{BIG}, 0.5]", "[1, 0.5]"]),
    (column([BIG, 1], [1, 2]), "int64", [BIG, 1, 1, 2]),
    (column([True, 1], [False, 2]), "list", ["[true, 1]", "[false, 2]"]),
    (np.array(["2024-01-01", "NaT"], dtype="M8[D]"), "timestamp", ["2024-01-01T00:00:00", None]),
    (np.array([], dtype=object), "object", []),
    (scipy.sparse.csr_matrix([[0.0, 1.0]]), "float64", [0.0, 1.0]),
    (scipy.sparse.coo_array([[0, 2]]), "int64", [0, 2]),
    (column("a", None, "", np.nan), "text", ["a", None, "", None]),
    (column("a", None, "", dtype="string"), "text", ["a", None, ""]),
    (column(1, None, BIG), "int64", [1, None, BIG]),
    (column(1, None, BIG, dtype="Int64"), "int64", [1, None, BIG]),
    (column(1.5, None, 2), "float64", [1.5, np.nan, 2.0]),
    (column(1.5, BIG), "mixed", ["float64:1.5", f"int64:{BIG}"]),
    (column(True, None), "bool", [True, None]),
    (column(True, None, dtype="boolean"), "bool", [True, None]),
    (column(True, 1), "mixed", ["bool:true", "int64:1"]),
    (column("1", 1), "mixed", ["text:1", "int64:1"]),
    (column(decimal.Decimal("NaN"), decimal.Decimal("1.0")), "decimal", [None, "1.0"]),
    (column([1, "a"], {"b": {2, 1}}), "list", ["[1, 'a']", "{'b': {1, 2}}"]),
    (column([1, 2], [3]), "list", ["[1, 2]", "[3]"]),
    (column(None, None), "missing", [None, None]),
    (pd.Series(["b", None, "a"], dtype="category"), "text", ["b", None, "a"]),
    (pd.Categorical([3, None, 1]), "int64", [3, None, 1]),
    (pd.Series([1.0, np.nan], dtype="Float64"), "float64", [1.0, np.nan]),
    (pd.Series([1.0, 0.0], dtype="Sparse[float64]"), "float64", [1.0, 0.0]),
    (pd.Series(pd.to_datetime(["2024-03-31 01:30", None], utc=True)), "timestamp", ["2024-03-31T01:30:00+00:00", None]),
    (
        pd.Series(pd.to_datetime(["2024-07-01"])).dt.tz_localize("Europe/Berlin"),
        "timestamp",
        ["2024-07-01T00:00:00+02:00"],
    ),
    (pd.Series(pd.to_timedelta(["1s", None])), "duration", ["1000000000ns", None]),
    (pd.Index(["a", "b"]), "text", ["a", "b"]),
    (pd.RangeIndex(2), "int64", [0, 1]),
    (pd.Series(pd.period_range("2024-01", periods=1, freq="M")), "period", ["2024-01[M]"]),
]


@pytest.mark.parametrize(("value", "dtype", "cells"), KINDS, ids=[f"{i}-{kind[1]}" for i, kind in enumerate(KINDS)])
def test_every_kind_keeps_its_logical_type_and_every_element(value: Any, dtype: str, cells: list[object]) -> None:
    made = to_value(value)
    assert made.dtype == dtype
    assert [repr(cell) for cell in elements(value)] == [repr(cell) for cell in cells]
    assert made.size == len(cells)
    assert is_leaf(value)


def test_a_scalar_has_no_rows_and_a_matrix_keeps_its_shape() -> None:
    assert to_value(1).shape == to_value(np.array("a")).shape == ()
    assert to_value(np.zeros((2, 0, 3))).shape == (2, 0, 3)


def test_text_is_text_whatever_pandas_calls_it() -> None:
    kinds = [column("a", ""), column("a", "", dtype="string"), pd.Series(["a", ""]), np.array(["a", ""])]
    assert len({to_value(kind).digest() for kind in kinds}) == 1


def test_the_unit_of_a_timestamp_is_no_difference() -> None:
    units = [
        pd.Series(pd.to_datetime(["2024-01-01 10:00:00.25"])).astype(f"datetime64[{u}]") for u in ("ms", "us", "ns")
    ]
    assert len({to_value(kind).digest() for kind in units}) == 1


def test_cells_of_equally_many_numbers_are_compared_within_a_tolerance() -> None:
    golden, new = to_value(column([0.1, 0.2], [0.3, 0.4])), to_value(column([0.1, 0.2], [0.3, 0.4 + 1e-16]))
    assert (golden.dtype, golden.shape) == ("float64", (2, 2))
    assert difference(golden, new, Tolerance(1e-8)).close


def test_a_value_does_not_share_memory_with_what_it_was_made_of() -> None:
    array = np.zeros(3)
    value = to_value(array)
    array[0] = 1.0
    assert value.data.tolist() == [0.0, 0.0, 0.0]


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.decimals(), st.dates(),
    st.datetimes(), st.timedeltas(), st.binary(max_size=2), st.lists(st.integers(), max_size=2), st.uuids(),
    st.complex_numbers(),
)  # fmt: skip


@examples(40)
@given(st.lists(CELLS, max_size=5))
def test_any_column_has_one_form_that_is_its_own_match(cells: list[object]) -> None:
    one, other = to_value(column(*cells)), to_value(column(*cells))
    assert one.shape[:1] == (len(cells),)
    assert one.digest() == other.digest()
    assert difference(one, other, Tolerance(0.0)).exact


@examples(40)
@given(st.lists(st.integers(), min_size=1, max_size=4), st.data())
def test_no_two_columns_of_whole_numbers_look_alike(cells: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(cells) - 1))
    other = [cell + (position == place) for position, cell in enumerate(cells)]
    mixed = data.draw(st.sampled_from([[], [0.5], [None]]))
    assert to_value(column(*cells, *mixed)).digest() != to_value(column(*other, *mixed)).digest()
