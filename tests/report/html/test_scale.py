from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.report.html.scale import MOST_TICKS, Scale, linear, powers, shortly

EXTREME = [
    [0.0],
    [1e308, -1e308],
    [5e-324, 0.0],
    [1.0, 1.0 + 2**-52],
    [1e18, 1e18 + 128],
    [math.nan, math.inf, -math.inf],
    [math.inf, 3.0],
    [],
]


@pytest.mark.parametrize("numbers", EXTREME)
def test_any_numbers_have_places_inside_the_picture(numbers: list[float]) -> None:
    for scale in (linear(numbers, 10, 90), powers(numbers, 10, 90)):
        for number in [*numbers, *scale.ticks()]:
            if math.isfinite(number):
                assert 9.99 <= scale.place(number) <= 90.01
        told = shortly(scale.ticks())
        assert len(told) <= MOST_TICKS + 1
        assert len(set(told)) == len(told)


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=5))
def test_places_keep_the_order_of_numbers(numbers: list[float]) -> None:
    for scale in (linear(numbers, 0, 100), powers(numbers, 0, 100)):
        places = [scale.place(number) for number in sorted(numbers)]
        assert places == sorted(places)


def test_ticks_are_round_and_told_shortly() -> None:
    assert shortly(Scale(0.03, 0.97, 0, 100).ticks()) == ["0.2", "0.4", "0.6", "0.8"]
    assert shortly(Scale(1e-9, 1e3, 0, 100, log=True).ticks()) == ["1e-9", "1e-6", "0.001", "1", "1000"]
    assert shortly(Scale(1_711_700_000, 1_712_300_000, 0, 100).ticks()) == ["1.7118e9", "1.712e9", "1.7122e9"]


def test_usual_numbers_are_written_as_people_do() -> None:
    assert shortly([1000, 2000, 30000]) == ["1000", "2000", "30000"]
    assert shortly([1e-10, 1e-5, 1e5]) == ["1e-10", "1e-5", "1e5"]


def test_an_axis_may_run_upwards() -> None:
    scale = linear([0.0, 1.0], 200, 0)
    assert scale.place(1.0) < scale.place(0.0)


def test_zero_stands_at_the_low_end_of_powers() -> None:
    assert powers([1e-3, 1.0], 0, 100).place(0.0) == 0
