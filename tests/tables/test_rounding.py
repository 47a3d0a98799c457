"""Rounding gives the same number everywhere, once and for all."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard import Dataset, settle
from mlguard.core.error import UsageError
from mlguard.tables.rounding import settle_dataset

DECIMALS = st.integers(0, 12)


@given(value=st.floats(), decimals=DECIMALS)
def test_settling_twice_changes_nothing(value, decimals):
    once = settle(value, decimals)
    assert math.isnan(once) if math.isnan(value) else settle(once, decimals) == once


@given(value=st.floats(width=32, allow_nan=False), decimals=DECIMALS)
def test_settling_narrow_floats_twice_changes_nothing(value, decimals):
    once = settle(np.array([value], dtype=np.float32), decimals)
    assert once.dtype == np.float32
    assert settle(once, decimals)[0] == once[0]


@given(value=st.floats(allow_nan=False, allow_infinity=False), decimals=DECIMALS)
def test_rounding_is_decimal_and_correct(value, decimals):
    exact = Decimal(value)
    with localcontext() as context:
        context.prec = 2000
        context.rounding = ROUND_HALF_EVEN
        # Twelve significant digits of a number whose first digit stands `adjusted` places left of the point.
        places = min(decimals, 11 - exact.adjusted()) if abs(value) >= float(f"1e{12 - decimals}") else decimals
        expected = float(round(exact, places))
    assert settle(value, decimals) == expected


def test_zero_loses_its_sign():
    assert math.copysign(1.0, settle(-0.0)) == 1.0
    assert math.copysign(1.0, settle(-1e-9)) == 1.0
    assert not np.signbit(settle(np.array([-0.0, -1e-12]))).any()


def test_each_kind_comes_back_as_its_kind():
    assert settle(3) == 3
    assert settle("text") == "text"
    assert settle(0.12345678) == 0.123457
    assert settle(0.12345678, 2) == 0.12
    assert isinstance(settle(np.float32(0.1)), np.float32)
    assert settle([0.12345678, 1]).tolist() == [0.123457, 1.0]
    whole = np.arange(3)
    assert settle(whole) is whole
    square = settle(np.full((2, 2), 1 / 3))
    assert square.tolist() == [[0.333333, 0.333333]] * 2
    series = settle(pd.Series([1 / 3, None], index=["a", "b"], name="x"))
    assert series.index.tolist() == ["a", "b"]
    assert series.name == "x"
    assert series["a"] == 0.333333
    assert settle(pd.Index([1 / 3], name="x")).equals(pd.Index([0.333333], name="x"))
    frame = settle(pd.DataFrame({"x": [1 / 3], "n": [7], "t": ["a"]}))
    assert frame.to_dict("list") == {"x": [0.333333], "n": [7], "t": ["a"]}
    assert frame["n"].dtype == np.int64


def test_nullable_and_nested_floats_are_rounded():
    frame = pd.DataFrame({"x": pd.array([1 / 3, None], dtype="Float64"), "l": [[1 / 3, "a"], None]})
    settled = settle(frame)
    assert settled["x"].tolist()[0] == 0.333333
    assert math.isnan(settled["x"].tolist()[1])
    assert settled["l"].tolist() == [[0.333333, "a"], None]


def test_significant_digits_are_limited_by_the_type():
    assert settle(123456789.123456) == 123456789.123
    assert settle(np.array([123.4567], dtype="float32")).tolist() == [np.float32(123.457)]


def test_a_dataset_is_rounded_by_column_and_left_as_it_was():
    raw = Dataset(
        {"rows": pd.DataFrame({"a": [1 / 3], "b": [1 / 3]}), "image": np.array([1 / 3])}, decimals={"a": 2, "image": 1}
    )
    settled = settle_dataset(raw)
    assert settled.rows.to_dict("list") == {"a": [0.33], "b": [0.333333]}
    assert settled.image.tolist() == [0.3]
    assert raw.rows["a"].tolist() == [1 / 3]


@pytest.mark.parametrize("decimals", [-1, 13, 2.0, True, "6"])
def test_impossible_decimals_are_refused(decimals):
    with pytest.raises(UsageError, match="from 0 to 12"):
        settle(1.5, decimals)


def test_decimals_of_unknown_columns_are_refused():
    with pytest.raises(UsageError, match="'prize'"):
        settle_dataset(Dataset(pd.DataFrame({"price": [1.5]}), decimals={"prize": 2}))


def test_float_categories_that_become_one_are_refused():
    raw = Dataset(pd.DataFrame({"x": pd.Categorical([0.1, 0.1 + 1e-9])}))
    with pytest.raises(UsageError, match="same number"):
        settle_dataset(raw)
