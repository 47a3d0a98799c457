"""What peers are given: the columns of any answer, and which trials they cannot tell apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.answers import Answer, columns, same

FRAME = pd.DataFrame({"score": [0.25, 0.5], "label": ["a", "b"]})


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (FRAME, ["score", "label"]),
        (np.zeros(3), ["prediction"]),
        (np.zeros((3, 2)), ["prediction_0", "prediction_1"]),
        ([1, 2], ["prediction"]),
        ({"label": [1, 0], "proba": np.zeros((2, 2))}, ["label", "proba_0", "proba_1"]),
    ],
)
def test_every_answer_becomes_columns(raw: object, names: list[str]) -> None:
    assert [name for name, _ in columns(raw)] == names


def test_answers_are_the_same_but_for_the_last_digits() -> None:
    one = Answer(FRAME, {"auc": 0.5})
    assert same(one, Answer(FRAME.assign(score=FRAME["score"] * (1 + 1e-13)), {"auc": 0.5}))
    assert not same(one, Answer(FRAME.assign(score=FRAME["score"] * (1 + 1e-7)), {"auc": 0.5}))
    assert not same(one, Answer(FRAME.assign(label=["a", "c"]), {"auc": 0.5}))
    assert not same(one, Answer(FRAME, {"auc": 0.6}))
    assert not same(one, Answer(FRAME.iloc[:1], {"auc": 0.5}))
    assert not same(one, Answer(raised="ValueError: no"))
