from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlguard.core.record import Observation
from mlguard.core.run_name import run_name
from mlguard.core.tolerance import Tolerances, coarser, pool, widened
from mlguard.core.value import numbers


def observation(run: str = "main", dtype: str = "float64", column: str | None = "proba") -> Observation:
    return Observation("predict", "test.proba", numbers(np.ones(1, dtype=dtype)), run=run_name(run), column=column)


@pytest.mark.parametrize(
    ("run", "dtype", "precision", "limit"),
    [
        ("main", "float64", "float64", 2.0**-26),
        ("refit", "float64", "float64", 2.0**-26),
        ("seed 1", "float64", "float64", 1e-6),
        ("config C", "float64", "float64", 1e-6),
        ("main", "float32", "float64", 2.0**-11),
        ("main", "float64", "float32", 2.0**-11),
        ("seed 1", "float32", "float64", 2.0**-11),
        ("main", "float16", "float64", 4 * 2.0**-10),
        ("main", "complex64", "float64", 2.0**-11),
        ("main", "int64", "float64", 2.0**-26),
    ],
)
def test_the_floor_depends_on_the_run_and_the_precision(run: str, dtype: str, precision: str, limit: float) -> None:
    assert Tolerances(precision=precision).rule(observation(run, dtype)).rtol == limit


def test_measured_noise_beats_the_floor_and_is_named_as_the_source() -> None:
    loud = Tolerances(noise={"column proba": 1e-7}).rule(observation())
    assert (loud.rtol, loud.source) == ((pytest.approx(1e-5),), "noise")
    quiet = Tolerances(noise={"column proba": 1e-15}).rule(observation())
    assert (quiet.rtol, quiet.source) == (2.0**-26, "floor")
    number = numbers(np.array([1 / 3]))
    assert loud.noise_limits(number) == pytest.approx(loud.limits(number))
    assert quiet.noise_limits(number) == pytest.approx((1e-13 + 64 * 2.0**-52) / 3)


@pytest.mark.parametrize(
    ("noise", "limit"),
    [(1e-12, 1e-10), (1e-6, 1e-4), (1e-5, 1e-4 * 10**0.5), (1e-4, 1e-3), (1e-2, 3e-2), (0.5, 1.5)],
)
def test_the_factor_falls_where_noise_is_more_than_round_off(noise: float, limit: float) -> None:
    assert widened(noise)[0] == pytest.approx(limit)


def test_without_the_owners_word_no_limit_is_wider_than_a_thousandth_of_the_spread() -> None:
    noise = {"column proba": (0.03, 1e-9)}
    matrix = Observation("predict", "test.proba", numbers(np.ones((2, 2))), column="proba")
    assert Tolerances(noise=noise).rule(matrix).rtol == (1e-3, pytest.approx(1e-7))
    asked = Tolerances(noise=noise, loose={"test.pro*": "its filter amplifies round-off"})
    assert asked.rule(matrix).rtol == (pytest.approx(0.09), pytest.approx(1e-7))


def test_noise_told_per_largest_number_widens_no_column_of_smaller_ones() -> None:
    column = numbers(np.array([1e9, *np.linspace(0, 1, 23) ** 2]))
    beside = Observation("predict", "test.proba", column, column="proba")
    old = Tolerances(noise={"column proba": 1e-18}, largest=True)
    assert old.rule(beside).limits(column)[12] == pytest.approx(100 * 1e-18 * 1e9, rel=0.9)
    loud = Tolerances(noise={"column proba": 1e-3}, largest=True)
    assert loud.rule(beside).limits(column)[12] < 1e-3


def test_a_closed_form_guard_has_no_floor_but_rounding() -> None:
    assert Tolerances(floor="noise").rule(observation()).rtol == 4 * 2.0**-52


def test_noise_is_shared_by_the_columns_of_one_data_seed_and_else_by_place() -> None:
    assert pool(observation()) == pool(observation("later")) == "column proba"
    assert pool(observation("seed 1")) == "seed 1: column proba"
    assert pool(observation(column=None)) == "main/predict/test.proba"
    assert coarser("text", "float32") == "float32"


def test_what_came_before_training_has_the_precision_of_its_own_type() -> None:
    seconds = numbers(1.7e9 + np.linspace(0, 1e5, 30) ** 1.01)
    rule = Tolerances(precision="float32").rule
    features, answers = Observation("features", "test.at", seconds), Observation("predict", "test.at", seconds)
    assert rule(features).limits(seconds).max() < 0.01
    assert rule(answers).limits(seconds).max() < 30
    widened = numbers(seconds.data.astype(np.float32).astype(np.float64))
    assert rule(replace(answers, value=widened)).eps == 2.0**-23
