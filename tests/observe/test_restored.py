"""Cells of another run are put into answers of every form, or the form is refused."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlguard.core.error import UsageError
from mlguard.observe.answers import read_answers
from mlguard.observe.restored import Restored

ROWS = ("4", "7", "9")
Pair = namedtuple("Pair", "label proba")
P = [0.1, 0.5, 0.9]

FORMS: list[tuple[Any, str, Any]] = [
    (np.array([0, 1, 1]), "prediction", 0),
    (pd.Series([0, 1, 1], index=[4, 7, 9]), "prediction", 0),
    ([0, 1, 1], "prediction", 0),
    (["no", "yes", "yes"], "prediction", "no"),
    (np.array([[0, 1], [1, 0], [1, 0]]), "0", 0),
    (pd.DataFrame({"label": ["no", "yes", "yes"], "p": P}), "label", "no"),
    (pd.DataFrame({"label": pd.Categorical(["no", "yes", "yes"]), "p": P}), "label", "no"),
    ({"label": np.array([False, True, True]), "p": np.array(P)}, "label", False),
    ({"out": {"label": [0, 1, 1]}, "p": P}, "out.label", 0),
    ((np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.5, 0.5], [0.1, 0.9]])), "0", 0),
    ([{"label": 0, "p": 0.1}, {"label": 1, "p": 0.5}, {"label": 1, "p": 0.9}], "label", 0),
    ([(0, 0.1), (1, 0.5), (1, 0.9)], "0", 0),
    ([Pair(0, 0.1), Pair(1, 0.5), Pair(1, 0.9)], "0", 0),
]


@pytest.mark.parametrize(("raw", "column", "cell"), FORMS)
def test_one_cell_is_put_into_a_copy(raw: Any, column: str, cell: Any) -> None:
    answers = read_answers(raw, guard="G", rows=3, key=None)
    before = {name: value.digest() for name, value in answers.columns.items()}
    written = Restored({column: {"7": cell}})(answers, ROWS)
    assert type(written.raw) is type(raw)
    found = read_answers(written.raw, guard="G", rows=3, key=None).columns
    assert [found[column].element(i) for i in (0, 1, 2)] == [
        answers.columns[column].element(0), cell, answers.columns[column].element(2)
    ]  # fmt: skip
    assert [name for name, value in found.items() if value.digest() != before[name]] == [column]
    unchanged = read_answers(raw, guard="G", rows=3, key=None).columns
    assert {name: value.digest() for name, value in unchanged.items()} == before, (
        "what `predict` returned is left alone"
    )


@pytest.mark.parametrize(
    ("raw", "cells"),
    [
        (pd.Series(pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"])), {"prediction": {"7": "soon"}}),
        (np.array([0, 1, 1]), {"label": {"7": 0}}),
        (np.array([0, 1, 1]), {"prediction": {"8": 0}}),
        (np.array(["a", "b", "b"]), {"prediction": {"7": "longer"}}),
    ],
)
def test_a_form_that_cannot_hold_the_cells_is_refused(raw: Any, cells: dict[str, Any]) -> None:
    answers = read_answers(raw, guard="G", rows=3, key=None)
    with pytest.raises(UsageError, match="cannot be written anew"):
        Restored(cells)(answers, ROWS)
