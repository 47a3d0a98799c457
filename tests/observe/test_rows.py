from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse

from mlguard.observe.rows import changed, count, duplicate, fingerprint, renumbered, take

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]}, index=[7, 8, 9])


@pytest.mark.parametrize(
    ("rows", "length"),
    [
        (FRAME, 3),
        (np.zeros((3, 2)), 3),
        (scipy.sparse.csr_matrix(np.eye(3)), 3),
        (["a", "b"], 2),
        ((FRAME, np.zeros(3)), 3),
        ({"x": np.zeros(3), "y": [1, 2, 3]}, 3),
        ({"x": np.zeros(3), "y": [1]}, None),
        (pd.Series([1, 2]), 2),
        (np.array(1), None),
        ("text", None),
        (None, None),
        (3, None),
    ],
)
def test_rows_are_counted_in_any_form(rows: Any, length: int | None) -> None:
    assert count(rows) == length


def test_rows_are_taken_in_the_form_in_which_they_came() -> None:
    assert take(FRAME, [2, 0]).index.tolist() == [9, 7]
    assert take((FRAME, [1, 2, 3]), [1])[1] == [2]
    assert take({"x": np.arange(3)}, [2])["x"].tolist() == [2]
    assert take(scipy.sparse.csr_matrix(np.eye(3)), [1]).toarray().tolist() == [[0, 1, 0]]
    assert take(pd.Index(["a", "b"]), [1]).tolist() == ["b"]
    assert renumbered((FRAME, 1))[0].index.tolist() == [0, 1, 2]


def test_a_copy_shares_nothing_and_what_cannot_be_copied_stays() -> None:
    copy = duplicate({"frame": FRAME, "list": [1]})
    copy["list"].append(2)
    copy["frame"].loc[7, "a"] = 9
    assert FRAME.loc[7, "a"] == 1
    stream = (i for i in range(2))
    assert duplicate(stream) is stream


def first_entry(rows: Any) -> None:
    rows[-1]["a"] = 5


def late_entry(rows: Any) -> None:
    rows[30].append(1)


@pytest.mark.parametrize(
    ("value", "change", "parts"),
    [
        (FRAME, lambda v: v.insert(0, "new", 1), ["columns", "column new"]),
        (FRAME, lambda v: v.__setitem__("b", "q"), ["column b"]),
        (FRAME, lambda v: setattr(v, "index", [9, 8, 7]), ["index"]),
        (FRAME, lambda v: setattr(v, "columns", ["c", "b"]), ["columns", "column a", "column c"]),
        (np.zeros(3), lambda v: v.__setitem__(2, np.nan), ["values"]),
        (pd.Series([1, 2]), lambda v: v.__setitem__(0, 5), ["values"]),
        ((FRAME, np.zeros(3)), lambda v: v[1].__setitem__(0, -0.0), ["1.values"]),
        (MappingProxyType({"t": np.zeros(2)}), lambda v: v["t"].__setitem__(0, 1), ["t.values"]),
        ({"a": {"n_jobs": 1}}, lambda v: v["a"].update(n_jobs=2), ["a.n_jobs"]),
        ([{"a": i} for i in range(40)], first_entry, ["a"]),
        ([[0] * (i + 1) for i in range(40)], late_entry, ["[30]"]),
        ({"C": 1.0}, lambda v: v.pop("C"), ["C"]),
        (FRAME, lambda v: None, []),
    ],
)
def test_what_changed_in_place_is_named(value: Any, change: Any, parts: list[str]) -> None:
    own = value if isinstance(value, MappingProxyType) else duplicate(value)
    before = fingerprint(own)
    change(own)
    assert changed(before, fingerprint(own)) == parts
