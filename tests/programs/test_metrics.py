"""Numbers in what a program printed for people."""

from __future__ import annotations

import math

import pytest

from mlguard.programs.metrics import told


@pytest.mark.parametrize(
    ("text", "words", "numbers"),
    [
        ("accuracy: 0.850\nrows 12.", ["accuracy: #", "rows #"], [0.85, 12]),
        ("loss=-1.5e-3 (+.5)", ["loss=# (#)"], [-0.0015, 0.5]),
        ("model v2, 3rd fold, f1_0", ["model v2, 3rd fold, f1_0"], []),
        ("2024-05-17", ["#-#-#"], [2024, 5, 17]),
        ("85% of 3/4", ["#% of #/#"], [85, 3, 4]),
        ("score: -inf", ["score: -#"], [math.inf]),
        ("", [], []),
    ],
)
def test_numbers_are_told_from_the_words_between_them(text: str, words: list[str], numbers: list[float]) -> None:
    assert told(text) == {"text": words, "numbers": numbers}


def test_no_number_is_a_number_too() -> None:
    assert math.isnan(told("auc nan")["numbers"][0])
