from __future__ import annotations

import numpy as np
import pytest

from mlguard.core.record import Observation
from mlguard.core.run_name import run_name
from mlguard.core.tolerance import Tolerances, coarser, pool
from mlguard.core.value import numbers


def observation(run: str = "main", dtype: str = "float64", column: str | None = "proba") -> Observation:
    return Observation("predict", "test.proba", numbers(np.ones(1, dtype=dtype)), run=run_name(run), column=column)


EPS32 = 2.0**-23


@pytest.mark.parametrize(
    ("run", "dtype", "precision", "limit"),
    [
        ("main", "float64", "float64", 2.0**-26),
        ("refit", "float64", "float64", 2.0**-26),
        ("seed 1", "float64", "float64", 1e-6),
        ("config C", "float64", "float64", 1e-6),
        ("main", "float32", "float64", 400 * EPS32),
        ("main", "float64", "float32", 400 * EPS32),
        ("seed 1", "float32", "float64", 400 * EPS32),
        ("main", "float16", "float64", 4 * 2.0**-10),
        ("main", "complex64", "float64", 400 * EPS32),
        ("main", "int64", "float64", 2.0**-26),
    ],
)
def test_the_floor_depends_on_the_run_and_the_precision(run: str, dtype: str, precision: str, limit: float) -> None:
    assert Tolerances(precision=precision).rule(observation(run, dtype)).rtol == limit


def test_measured_noise_beats_the_floor_and_is_named_as_the_source() -> None:
    loud = Tolerances(noise={"column proba": 1e-5}).rule(observation("seed 1"))
    assert (loud.rtol, loud.source, loud.noise_limit) == (pytest.approx(1e-3), "noise", pytest.approx(1e-3))
    quiet = Tolerances(noise={"column proba": 1e-15}).rule(observation())
    assert (quiet.rtol, quiet.source, quiet.noise_limit) == (2.0**-26, "floor", pytest.approx(1e-13))


def test_a_closed_form_guard_has_no_floor_but_rounding() -> None:
    assert Tolerances(floor="noise").rule(observation()).rtol == 4 * 2.0**-52


def test_noise_is_shared_by_column_and_else_by_place() -> None:
    assert pool(observation()) == pool(observation("seed 1")) == "column proba"
    assert pool(observation(column=None)) == "main/predict/test.proba"
    assert coarser("text", "float32") == "float32"
