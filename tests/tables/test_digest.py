"""A digest says what a Dataset means, and nothing about how it is kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlguard import Dataset
from mlguard.tables.digest import column_digests_of, digest, row_digests
from mlguard.tables.moved import differing
from mlguard.tables.sheet import sheet


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pd.Series(["a", None], dtype=object), pd.Series(["a", None], dtype="string")),
        (pd.Series([1, None], dtype=object), pd.Series([1, None], dtype="Int64")),
        (pd.Series([True, None], dtype=object), pd.Series([True, None], dtype="boolean")),
        (pd.Series([1.5, None], dtype="float64"), pd.Series([1.5, None], dtype="Float64")),
        (
            pd.Series(np.array(["2024-01-01"], dtype="datetime64[us]")),
            pd.Series(np.array(["2024-01-01"], dtype="datetime64[ns]")),
        ),
        (pd.Series([0.0]), pd.Series([-0.0])),
        (pd.Series([[1, 2]]), pd.Series([(1, 2)])),
    ],
    ids=["text", "integers", "booleans", "floats", "units", "zero", "lists"],
)
def test_how_pandas_keeps_it_does_not_matter(one, other):
    assert digest(Dataset(one.to_frame("x"))) == digest(Dataset(other.to_frame("x")))
    assert differing(Dataset(one.to_frame("x")), Dataset(other.to_frame("x"))) is None


BASE = {"a": [1, 2], "t": ["x", "y"]}
OTHERS = {
    "value": (
        pd.DataFrame({"a": [1, 3], "t": ["x", "y"]}),
        "column 'a': 1 of 2 elements, first in row 1: '3', was '2'",
    ),
    "width": (pd.DataFrame(BASE).astype({"a": "int32"}), "column 'a' is int32, was int64"),
    "type": (pd.DataFrame(BASE).astype({"a": "float64"}), "column 'a' is float64, was int64"),
    "number as text": (pd.DataFrame({**BASE, "a": ["1", "2"]}), "column 'a' is text, was int64"),
    "missing text": (pd.DataFrame({**BASE, "t": ["x", None]}), "column 't': 1 of 2 elements, first in row 1: None"),
    "empty text": (pd.DataFrame({**BASE, "t": ["x", ""]}), "column 't': 1 of 2 elements, first in row 1: ''"),
    "name": (pd.DataFrame({"b": [1, 2], "t": ["x", "y"]}), "has columns b, t, had a, t"),
    "order": (pd.DataFrame(BASE)[["t", "a"]], "has columns t, a, had a, t"),
    "rows": (pd.DataFrame(BASE).iloc[[1, 0]].reset_index(drop=True), "2 of 2 elements"),
    "fewer": (pd.DataFrame(BASE).head(1), "has shape (1, 2), had (2, 2)"),
    "array": (np.arange(4).reshape(2, 2), "is an array, was a table"),
}


@pytest.mark.parametrize(("other", "said"), OTHERS.values(), ids=OTHERS)
def test_whatever_it_means_matters_and_is_named(other, said):
    before, after = Dataset(pd.DataFrame(BASE)), Dataset(other)
    assert digest(before) != digest(after)
    assert said in differing(before, after)


def test_tables_and_target_matter():
    frame = pd.DataFrame(BASE)
    one = Dataset({"train": frame, "test": frame.head(1)}, target="a")
    assert digest(one) == digest(Dataset({"test": frame.head(1), "train": frame}, target="a"))
    assert "target is 't', was 'a'" in differing(one, Dataset(one.tables, target="t"))
    assert "table 'test' is gone" in differing(one, Dataset({"train": frame}, target="a"))
    assert len({digest(one), digest(Dataset(one.tables)), digest(Dataset({"train": frame}, target="a"))}) == 3


def test_rows_and_columns_have_digests_of_their_own():
    frame = pd.DataFrame({"a": [1, 2, 1], "t": ["x", "y", "x"]})
    first, second, third = row_digests(frame)
    assert first == third != second
    changed = frame.assign(a=[1, 2, 2])
    assert column_digests_of(sheet(frame))["t"] == column_digests_of(sheet(changed))["t"]
    assert column_digests_of(sheet(frame))["a"] != column_digests_of(sheet(changed))["a"]


def test_cells_that_read_alike_when_joined_are_kept_apart():
    frames = [pd.DataFrame({"t": texts}) for texts in (["a,b", "c"], ["a", "b,c"], ["a\nb", "c"], ["a", "b\nc"])]
    assert len({digest(Dataset(frame)) for frame in frames}) == 4
