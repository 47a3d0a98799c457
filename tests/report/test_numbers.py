"""Numbers are written with the digits that differ, and the difference beside them."""

from __future__ import annotations

import pytest

from mlguard.report.numbers import counted, pair, shown


@pytest.mark.parametrize(
    ("golden", "new", "text"),
    [
        (0.9369123456, 0.9342123456, "0.9369 -> 0.9342 (-0.0027)"),
        (0.123456789012, 0.123456789999, "0.123456789 -> 0.12345679 (+9.87e-10)"),
        (1.0, 1.0 + 2**-52, "1 -> 1.0000000000000002 (+2.22e-16)"),
        (100.0, 250.0, "100 -> 250 (+150)"),
        (3, 4, "3 -> 4 (+1)"),
        (1234567, 1234500, "1234567 -> 1234500 (-67)"),
        (2**53, 2**53 + 1, "9007199254740992 -> 9007199254740993 (+1)"),
        (2**53, 0.5, "9.007e+15 -> 0.5 (-9.01e+15)"),
        (0.0, 1e-300, "0 -> 1e-300 (+1e-300)"),
        (0.5, float("nan"), "0.5 -> NaN"),
        (float("-inf"), 2.25, "minus infinite -> 2.25"),
        ("yes", "no", "'yes' -> 'no'"),
        (None, 0.5, "missing -> 0.5"),
        (True, False, "True -> False"),
    ],
)
def test_a_pair_shows_what_differs(golden: object, new: object, text: str) -> None:
    assert pair(golden, new) == text


@pytest.mark.parametrize(("value", "text"), [(None, "missing"), (0.1 + 0.2, "0.3"), ("x" * 90, "'" + "x" * 76 + "…")])
def test_one_element_is_short(value: object, text: str) -> None:
    assert shown(value) == text


def test_one_is_no_plural() -> None:
    assert (counted(1, "row"), counted(0, "row"), counted(2, "row")) == ("1 row", "0 rows", "2 rows")
