"""What a schema refuses is told with its cases, in whichever form pandera raises it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pytest

from mlguard.observe.refused import refused


def raised(said: str, cases: Any, *notes: str) -> Exception:
    """An exception of the shape of pandera's, which the default tests do not install."""
    error = type("SchemaError", (Exception,), {"__module__": "pandera.errors"})(said)
    error.failure_cases = cases
    for note in notes:
        error.add_note(note)
    return error


COLLECTED = {
    "column": ["area", None, "b"],
    "check": ["greater_than(0)", "column_in_dataframe", "ttest"],
    "failure_case": [-2.0, "floor", False],
    "index": [3, None, None],
}


def test_one_case_is_told_in_its_own_words_with_its_rows() -> None:
    cases = pd.DataFrame({"index": [4, 7], "failure_case": [-2.0, -3.0]})
    assert refused(raised("Column 'area' failed: -2.0, -3.0", cases)) == "Column 'area' failed: -2.0, -3.0 (rows 4, 7)"
    assert refused(raised("contains null values:\n4  NaN", cases[:1])) == "contains null values (row 4)"
    assert refused(raised("column 'floor' not in dataframe", "floor")) == "column 'floor' not in dataframe"


@pytest.mark.parametrize("table", [pd.DataFrame, lambda cases: pl.DataFrame(cases, strict=False)])
def test_collected_cases_are_told_one_by_one(table: Any) -> None:
    cases = {**COLLECTED, "failure_case": ["-2.0", "floor", "x"]}
    told = "area: greater_than(0) fails for -2.0 (row 3); column_in_dataframe fails for floor; b: ttest fails for x"
    assert refused(raised("{", table(cases))) == told


def test_a_check_of_a_whole_column_has_no_value_of_its_own() -> None:
    assert str(refused(raised("{", pd.DataFrame(COLLECTED)))).endswith("; b: ttest")


def test_more_than_a_few_are_counted_and_the_place_is_named() -> None:
    cases = pd.DataFrame({"column": ["a"] * 7, "check": ["ge(0)"] * 7, "failure_case": range(7), "index": range(7)})
    told = str(refused(raised("{", cases, "in task Clean")))
    assert told.startswith("a: ge(0) fails for 0 (row 0); ")
    assert told.endswith("fails for 4 (row 4); 2 more (in task Clean)")


def test_no_other_exception_is_taken_for_one() -> None:
    assert refused(ValueError("failed")) is None
    error = ValueError("failed")
    error.failure_cases = "floor"  # type: ignore[attr-defined]
    assert refused(error) is None
