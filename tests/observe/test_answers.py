from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from mlguard.core.error import UsageError
from mlguard.core.value import numbers, texts
from mlguard.observe.answers import Answers, join, read_answers


def read(raw: Any, rows: int | None = 2, key: Any = None) -> Answers:
    return read_answers(raw, guard="Churn", rows=rows, key=key)


TWO_BY_TWO = np.array([[0.1, 0.9], [0.8, 0.2]])


@pytest.mark.parametrize(
    ("raw", "columns"),
    [
        (np.array([1, 0]), {"prediction": "int64"}),
        ([True, False], {"prediction": "bool"}),
        (["a", "b"], {"prediction": "text"}),
        (("a", "b"), {"prediction": "text"}),
        ([1, None], {"prediction": "int64"}),
        ([1, 0.5], {"prediction": "float64"}),
        (pd.Series([0.5, 0.1]), {"prediction": "float64"}),
        (pd.Index(["a", "b"]), {"prediction": "text"}),
        (pd.Categorical(["a", "b"]), {"prediction": "text"}),
        (TWO_BY_TWO, {"0": "float64", "1": "float64"}),
        (scipy.sparse.csr_matrix(TWO_BY_TWO), {"0": "float64", "1": "float64"}),
        (TWO_BY_TWO.tolist(), {"0": "float64", "1": "float64"}),
        ([np.zeros(2), np.ones(2)], {"0": "float64", "1": "float64"}),
        ([("spam", 0.9), ("ham", 0.2)], {"0": "text", "1": "float64"}),
        ([[None, 1], [2, 3]], {"0": "int64", "1": "int64"}),
        ([["a"], ["a", "b"]], {"prediction": "list"}),
        ([np.zeros(1), np.zeros(2)], {"prediction": "list"}),
        (np.zeros((2, 65)), {"prediction": "float64"}),
        (np.zeros((2, 3, 3)), {"prediction": "float64"}),
        (pd.DataFrame({"label": ["a", "b"], "score": [1.0, 2.0]}), {"label": "text", "score": "float64"}),
        (pd.DataFrame(TWO_BY_TWO, columns=["p", "p"]), {"p": "float64", "p#2": "float64"}),
        (pd.DataFrame({"top": [[1, 2], [3, 4]]}), {"top": "list"}),
        ({"label": ["a", "b"], "proba": TWO_BY_TWO}, {"label": "text", "proba.0": "float64", "proba.1": "float64"}),
        ((np.array([1, 0]), TWO_BY_TWO), {"0": "int64", "1.0": "float64", "1.1": "float64"}),
        ([{"label": "a", "p": 1.0}, {"label": "b"}], {"label": "text", "p": "float64"}),
    ],
)
def test_every_form_of_answers_gives_named_columns(raw: Any, columns: dict[str, str]) -> None:
    answers = read(raw)
    assert {name: value.dtype for name, value in answers.columns.items()} == columns
    assert answers.length == 2
    assert answers.names is None


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "returned nothing (None); return one answer per row: an array, a list, a frame"),
        (3.5, "returned a float without rows; return one answer per row"),
        ("ab", "returned a str without rows; return one answer per row"),
        (np.array(1), "returned a ndarray without rows; return one answer per row"),
        ({}, "returned a dict without rows; return one answer per row"),
        (pd.DataFrame(index=[0, 1]), "returned a DataFrame without rows; return one answer per row"),
        ((n for n in range(2)), "returned a generator; return one answer per row: an array, a list, a frame"),
        (
            type("DataFrame", (), {"__module__": "polars.frame"})(),
            "returned a DataFrame of polars; return one answer per row: an array, a list, a frame",
        ),
        ({1, 2}, "returned a set; return one answer per row: an array, a list, a frame"),
        ({"a": None}, "returned a dict; return one answer per row: an array, a list, a frame"),
        ([1, 2, 3], "returned 3 answers for 2 rows; return one per row, or set `key` to the columns that identify"),
        ([], "returned 0 answers for 2 rows; return one per row"),
        ({"a": [1, 2], "b": [1]}, "returned parts of unequal lengths (a 2, b 1); return the same number for each"),
        (([1, 2], [1]), "returned parts of unequal lengths (0 2, 1 1); return the same number for each"),
    ],
)
def test_what_is_no_answer_per_row_names_what_came_and_what_was_expected(raw: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(raw)
    assert caught.value.message.startswith(f"guard Churn: `predict` {words}")
    assert caught.value.slug == "predict-returned"


TOP = pd.DataFrame({"user": ["u1", "u1", "u2"], "rank": [1, 2, 1], "item": [7, 8, 7]})


NAMED = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["a", "b"], name="user"))
NUMBERED = pd.DataFrame({"x": [1, 2, 3]}).iloc[1:]


@pytest.mark.parametrize(
    ("raw", "rows", "facts"),
    [
        (np.array([1, 2]), NAMED, []),
        (pd.Series([1, 2]), NAMED, []),
        (pd.Series([1, 2], index=NAMED.index), NAMED, []),
        (pd.DataFrame({"label": [1, 2]}, index=NAMED.index), NAMED, []),
        (pd.Series([1, 2], index=[1, 2]), NUMBERED, []),
        (pd.Series([1, 2], index=["a", "b"]), NAMED, ["(index)"]),
        (pd.Series([1, 2], index=NAMED.index[::-1]), NAMED, ["(index)", "(index names)"]),
        (pd.Series([1, 2], index=["u1", "u2"]), NAMED, ["(index)"]),
        (pd.Series([1, 2], index=NAMED.index), NAMED.to_numpy(), ["(index)", "(index names)"]),
        (pd.Series([1, 2], index=[2, 1]), NUMBERED, ["(index)"]),
    ],
    ids=[
        "array", "numbered", "own", "own of a frame", "own numbers", "a name lost", "another order", "others",
        "rows without any", "other numbers",
    ],
)  # fmt: skip
def test_row_labels_are_kept_where_they_are_not_simply_those_of_the_rows(raw: Any, rows: Any, facts: list[str]) -> None:
    read_so = read_answers(raw, guard="Churn", rows=2, key=None, given=rows)
    assert list(read_so.facts) == facts


def test_several_answers_per_row_are_known_by_their_key() -> None:
    answers = read(TOP, key=("user", "rank"))
    assert (answers.names, answers.length) == (("u1|1", "u1|2", "u2|1"), 3)
    assert read(TOP.drop_duplicates("item"), key="item").names == ("7", "8")


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("user", "answered 'u1' twice; `key` user must identify each answer"),
        (("user", "place"), "returned no column place; `key` names user, place"),
    ],
)
def test_a_key_that_identifies_nothing_is_refused(key: Any, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(TOP, key=key)
    assert caught.value.message == f"guard Churn: `predict` {words}"


def test_parts_are_joined_in_a_common_type() -> None:
    whole, broken = numbers(np.array([1]), rows=["a"]), numbers(np.array([0.5]), rows=["b"])
    joined = join([whole, broken])
    assert (joined.dtype, joined.data.tolist(), joined.rows) == ("float64", [1.0, 0.5], ("a", "b"))
    mixed = join([texts(["x"]), whole])
    assert (mixed.dtype, mixed.data.tolist()) == ("mixed", ["text:x", "int64:1"])
