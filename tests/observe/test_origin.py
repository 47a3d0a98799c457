from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.dataset import Dataset
from mlguard.observe.origin import origin
from tests.observe.pipeline import make
from tests.properties import examples

TABLE = make(rows=12)
DATA = Dataset(TABLE)
TWICE = pd.concat([TABLE, TABLE.iloc[[2, 2]]], ignore_index=True)
"""Row 2 stands at 2, 12 and 13."""


@examples(40)
@given(st.lists(st.integers(0, 11), min_size=1, unique=True), st.booleans())
def test_rows_are_found_by_content_in_any_order_and_under_any_index(order: list[int], reset: bool) -> None:
    part = TABLE.iloc[order].reset_index(drop=True) if reset else TABLE.iloc[order]
    assert origin(part, DATA).rows == tuple(map(str, order))
    assert origin(part, DATA).unchanged == tuple(TABLE.columns)


@pytest.mark.parametrize("order", [[13, 5], [2, 12, 13], [12, 2]])
def test_equal_rows_are_one_another_whatever_the_index_says(order: list[int]) -> None:
    data = Dataset(TWICE)
    kept, reset = TWICE.iloc[order], TWICE.iloc[order].reset_index(drop=True)
    shuffled = kept.set_axis(list(range(len(order)))[::-1])
    assert origin(kept, data) == origin(reset, data) == origin(shuffled, data)


@pytest.mark.parametrize(
    ("change", "unchanged"),
    [
        (lambda t: t.fillna({"age": t["age"].mean()}), ("city", "visits", "bought")),
        (lambda t: t.assign(ratio=t["age"] / t["visits"]), tuple(TABLE.columns)),
        (lambda t: t.drop(columns=["bought"]), ("age", "city", "visits")),
        (lambda t: t[["visits", "age", "city"]], ("visits", "age", "city")),
        (lambda t: t.astype({"visits": "int8"}), ("age", "city", "bought")),
    ],
)
def test_columns_that_were_computed_do_not_hide_where_rows_come_from(change: Any, unchanged: tuple[str, ...]) -> None:
    part = change(TABLE).iloc[[7, 3, 9]]
    found = origin(part, DATA)
    assert (found.rows, found.unchanged) == (("7", "3", "9"), unchanged)


def test_rows_that_only_a_scaled_column_tells_apart_are_still_rows_of_the_table() -> None:
    found = origin(TABLE.assign(age=-TABLE["age"]).iloc[[7, 3, 9]], DATA)
    left = ["city", "visits", "bought"]
    assert (
        TABLE.iloc[[int(row) for row in found.rows]][left].values.tolist()
        == TABLE.iloc[[7, 3, 9]][left].values.tolist()
    )


def test_what_no_table_holds_is_new() -> None:
    strange = TABLE.iloc[[1, 2]].assign(age=[99.0, 98.0], city="Paris", visits=77, bought=5)
    assert origin(strange, DATA).rows == ("new 0", "new 1")
    assert origin(["a", "b", "c"], DATA).rows == ("new 0", "new 1", "new 2")


def test_rows_of_several_tables_carry_the_name_of_theirs() -> None:
    data = Dataset({"train": TABLE.iloc[:8], "test": TABLE.iloc[8:]})
    assert origin(TABLE.iloc[[9, 8]], data).rows == ("test 1", "test 0")


def test_rows_of_arrays_and_of_pairs_with_them_are_found() -> None:
    images = np.arange(24.0).reshape(6, 2, 2)
    data = Dataset({"images": images, "labels": np.arange(6)})
    assert origin(images[[4, 1]], data).rows == ("images 4", "images 1")
    assert origin((images[[4, 1]], np.array([4, 1])), data).rows == ("images 4", "images 1")
    assert origin(images[[4, 1]] * 2 + 1, data).rows == ("new 0", "new 1")


def test_cells_that_hold_lists_are_content_too() -> None:
    table = pd.DataFrame({"vector": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]})
    assert origin(table.iloc[[2, 0]], Dataset(table)).rows == ("2", "0")
