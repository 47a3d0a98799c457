from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest

from mlguard.core.dataset import Dataset, column_of


def test_a_single_table_is_called_rows_and_others_by_name() -> None:
    frame = pd.DataFrame({"a": [1]})
    assert Dataset(frame).rows is frame
    both = Dataset({"items": frame, "x": np.zeros(3)}, target="a")
    assert both["items"] is frame
    assert (list(both), len(both), both.x.shape, repr(both)) == (
        ["items", "x"],
        2,
        (3,),
        "Dataset(items (1, 1), x (3,))",
    )


def test_a_table_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(AttributeError, match=r"no table 'train' \(it has: rows\)"):
        Dataset(np.zeros(1)).train  # noqa: B018 -- asking is the test.
    with pytest.raises(KeyError, match=r"no table 'train' \(it has: rows\)"):
        Dataset(np.zeros(1))["train"]
    assert Dataset(np.zeros(1)).get("train") is None


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda d: pickle.loads(pickle.dumps(d))])
def test_it_can_be_copied_and_sent(again: object) -> None:
    made = again(Dataset(np.arange(3), target="y", decimals=2))
    assert (made.rows.tolist(), made.target, made.decimals) == ([0, 1, 2], "y", 2)


@pytest.mark.parametrize(
    ("columns", "name", "found"),
    [
        (["x", "0"], "0", "0"),
        (pd.RangeIndex(2), "0", 0),
        (["x", "0"], 0, "0"),
        ([0, "0"], "0", "0"),
        (["0", 0], 0, 0),
        (["x"], "0", None),
    ],
)
def test_a_column_is_found_by_its_number_or_by_its_text(columns: object, name: str | int, found: object) -> None:
    assert column_of(columns, name) == found
    assert type(column_of(columns, name)) is type(found)
