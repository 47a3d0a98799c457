"""Columns that differ only in the form that their rows give them are equal; a cell that differs is seen in any form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlguard.core.difference import Difference, difference
from mlguard.core.tolerance import Tolerance
from mlguard.core.value import Value, numbers, texts

BIG = 2**53 + 1


def compared(golden: Value, new: Value) -> Difference:
    return difference(golden, new, Tolerance(1.5e-8))


def cells(*spelled: str, dtype: str = "list") -> Value:
    return texts(spelled, dtype=dtype)


def gaps(value: Value, *places: int) -> Value:
    return replace(value, missing=np.isin(np.arange(value.size), places))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (cells("[]"), cells("[]", dtype="nested")),
        (cells("[1]", "[2, 3]"), cells("list:[1]", "list:[2, 3]", dtype="mixed")),
        (cells("[]"), cells("nested:[]", dtype="mixed")),
        (numbers(np.array([[0.5, 2.0], [1.5, 3.0]])), cells("[0.5, 2.0]", "[1.5, 3.0]")),
        (numbers(np.array([[0.5, 2.0], [1.5, 3.0]])), cells("[0.5, 2]", "[1.5, 3]")),
        (numbers(np.array([[0.1]], dtype="float32")), cells("[0.1f32]", dtype="nested")),
        (numbers(np.array([[[1, BIG]]])), cells(f"[[1, {BIG}]]")),
        (numbers(np.array([[1, BIG]])), cells(f"list:[1, {BIG}]", dtype="mixed")),
        (numbers(np.array([1, 2])), cells("int64:1", "int64:2", dtype="mixed")),
        (numbers(np.array([True])), cells("bool:true", dtype="mixed")),
        (numbers(np.array([1.0, 2.5])), cells("int64:1", "float64:2.5", dtype="mixed")),
        (gaps(cells("[]", ""), 1), gaps(cells("list:[]", "", dtype="mixed"), 1)),
        (gaps(cells("", dtype="missing"), 0), gaps(cells(""), 0)),
        (numbers(np.array([np.nan])), gaps(cells("", dtype="mixed"), 0)),
        (gaps(numbers(np.array([np.nan, 1.0])), 0), numbers(np.array([np.nan, 1.0]))),
    ],
)
def test_the_same_cells_in_two_forms_are_equal(one: Value, other: Value) -> None:
    assert compared(one, other).close
    assert compared(other, one).close


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (numbers(np.array([[1, BIG]])), cells(f"[1, {BIG + 1}]")),
        (numbers(np.array([[1, BIG]])), cells(f"list:[1, {BIG + 1}]", dtype="mixed")),
        (numbers(np.array([[0.5, float(BIG - 1)]])), cells(f"[0.5, {BIG}]")),
        (numbers(np.array([[1.0, 2.0]])), cells("[1, 2]")),
        (numbers(np.array([[1, 2]])), cells("[1.0, 2.0]")),
        (numbers(np.array([[1, 2], [3, 4]])), cells("[1, 2, 3, 4]")),
        (numbers(np.array([[[1, 2], [3, 4]]])), cells("[1, 2, 3, 4]")),
        (numbers(np.array([[1, 2]])), cells("['1', '2']")),
        (numbers(np.array([[0.1]])), cells("[0.1f32]", dtype="nested")),
        (numbers(np.array([1, 2])), cells("int64:1", "text:2", dtype="mixed")),
        (numbers(np.array([1])), cells("float64:1.0", dtype="mixed")),
        (cells("[1]", "[2]"), cells("list:[1]", "int64:2", dtype="mixed")),
        (numbers(np.array([1, 2])), gaps(cells("", "", dtype="missing"), 0, 1)),
        (cells("[]"), gaps(cells("", dtype="missing"), 0)),
    ],
)
def test_other_cells_in_another_form_are_seen(one: Value, other: Value) -> None:
    assert not compared(one, other).close
    assert not compared(other, one).close


def test_a_number_of_a_table_keeps_its_limit_in_cells() -> None:
    table = numbers(np.array([[0.5, 2.0], [1.5, 3.0]]))
    assert compared(table, cells("[0.5, 2.000000000000001]", "[1.5, 3.0]")).close
    assert not compared(table, cells("[0.5, 2.0001]", "[1.5, 3.0]")).close
