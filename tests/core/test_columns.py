"""Units and limits by column: the law that limits keep, and columns without a usual spread."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlguard.core.columns import columns_of
from mlguard.core.difference import difference
from mlguard.core.loose import loosely_guarded
from mlguard.core.record import Observation, Record
from mlguard.core.symmetry import PERMUTATION, symmetry
from mlguard.core.tolerance import LOOSEST, Tolerance, Tolerances
from mlguard.core.value import Value, numbers

SPREAD = np.random.RandomState(3).randn(60)
SIZES = st.sampled_from([1e-200, 1e-16, 1e-3, 1.0, 1e3, 1e9, 1e200, 1e308])
ELEMENTS = st.one_of(
    st.floats(-1, 1), st.sampled_from([0.0, -0.0, 1.0, 0.25, 1e9, np.inf, -np.inf, np.nan, 5e-324, 1.7e9])
)
TABLES = st.builds(
    lambda table, size: table * size if size < 1e100 else np.clip(table, -1, 1) * size,
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=14), elements=ELEMENTS),
    SIZES,
).map(np.asarray)
RULE = Tolerance(2.0**-26, eps=2.0**-52)


def unit(*values: float) -> list[float]:
    value = numbers(np.array(values, dtype=np.float64), rows=[str(i) for i in range(len(values))])
    return columns_of(value).units(value).tolist()


def limits(values: object) -> np.ndarray:
    return RULE.limits(numbers(np.asarray(values)))


@pytest.mark.filterwarnings("error")
@given(TABLES)
def test_a_value_is_close_to_itself_and_limits_are_finite(table: np.ndarray) -> None:
    value = numbers(table)
    found = difference(value, value, RULE)
    assert (found.close, found.exact, found.max_scaled in (None, 0.0)) == (True, True, True)
    assert np.isfinite(RULE.limits(value)).all()
    assert (RULE.limits(value) >= 0).all()
    assert symmetry(value, value, RULE) in (None, PERMUTATION)


@given(TABLES.filter(lambda table: table.size > 0), st.data())
def test_what_moves_beyond_the_limit_of_its_own_element_is_never_close(table: np.ndarray, data: st.DataObject) -> None:
    value = numbers(table)
    place = data.draw(st.integers(0, value.size - 1))
    moved = value.data.copy()
    step = RULE.limits(value)[place] * data.draw(st.sampled_from([1.001, 2.0, 1e6]))
    moved[place] += data.draw(st.sampled_from([-1, 1])) * step
    if not np.isfinite(moved[place]) or not abs(moved[place] - value.data[place]) > RULE.limits(value)[place]:
        return  # Too large a number for so small a step, or none at all.
    found = difference(value, replace(value, data=moved), RULE)
    assert not found.close
    assert (found.moved, found.worst[0].new) == (1, moved[place])
    assert found.max_abs is None or found.max_abs > found.limit


@given(
    hnp.arrays(np.float64, st.integers(1, 30), elements=st.floats(0, 1)), st.sampled_from([1e9, -1e9, np.inf, np.nan])
)
def test_a_matrix_holds_each_column_as_that_column_alone(column: np.ndarray, other: float) -> None:
    rows = [str(i) for i in range(len(column))]
    alone = RULE.limits(numbers(column, rows=rows))
    beside = RULE.limits(numbers(np.column_stack([column, np.full(len(column), other)]), rows=rows))
    assert beside.reshape(-1, 2)[:, 0].tolist() == alone.tolist()


@pytest.mark.parametrize(
    ("values", "place", "expected"),
    [
        pytest.param([0.3], 0, 0.3, id="a single number"),
        pytest.param([0.3] * 5, 0, 0.3, id="a constant"),
        pytest.param([0.3, 0.3 + 5e-17] * 5, 0, 0.3, id="a constant but for round-off"),
        pytest.param([0.3, 1e9], 0, 0.3, id="two values"),
        pytest.param([1.7e9, 1.7e9 + 60], 0, 1700.0, id="two values far off zero"),
        pytest.param([-1.2, 2e-16, 1.2], 1, 1.2, id="nothing between two values"),
        pytest.param([0.0] * 50 + [0.3] * 3, 50, 0.3, id="nearly all zero"),
        pytest.param([0.0], 0, 0.0, id="zero"),
        pytest.param([np.nan, np.inf, 0.3], 2, 0.3, id="alone among undefined ones"),
        pytest.param([1e6 + x * 1e-4 for x in SPREAD], 0, 1.0, id="a spread far below the size"),
    ],
)
def test_columns_without_a_usual_spread(values: list[float], place: int, expected: float) -> None:
    assert unit(*values)[place] == pytest.approx(expected, rel=1e-6)


def test_a_usual_column_has_its_standard_deviation_for_unit_and_outliers_their_own() -> None:
    assert unit(*SPREAD)[int(np.abs(SPREAD).argmin())] == pytest.approx(SPREAD.std(), rel=0.35)
    with_sentinel = unit(*SPREAD, *[1e9] * 20)
    assert with_sentinel[0] == pytest.approx(unit(*SPREAD)[0], rel=0.1)
    assert with_sentinel[-1] == pytest.approx(1e9)


@pytest.mark.parametrize(
    ("values", "move", "passes"),
    [
        ([3.0], 4e-16, True),
        ([3.0], 1e-9, False),
        ([12.34, 5.67], 2e-15, True),
        ([12.34, 5.67], 0.004, False),
        ([1e10 + 7, 1e10 + 3], 1.0, False),
        ([4.3e14 + 7 * i * i for i in range(9)], 0.5, False),
        ([np.pi, np.e], 1e-9, True),
    ],
)
def test_rounded_numbers_move_by_round_off_only(values: list[float], move: float, passes: bool) -> None:
    golden = np.array(values)
    new = golden.copy()
    new[0] += move
    assert difference(numbers(golden), numbers(new), RULE).close is passes


def test_no_number_of_few_or_infinite_elements_is_too_strange() -> None:
    for shape in [(0,), (0, 3), (3, 0), (2, 0, 2)]:
        assert limits(np.zeros(shape)).tolist() == []
    assert limits([np.nan, np.inf]).tolist() == [0.0, 0.0]
    gap = Value("int64", (2,), np.array([1, 0]), np.array([False, True]))
    assert RULE.limits(gap)[0] > 0


def test_how_loose_is_told_in_units_of_the_answer() -> None:
    visits = Observation("predict", "test.visits", numbers(1000 + SPREAD * 200), column="visits")
    metric = Observation("evaluate", "mae", numbers(np.array(1 / 3)))
    golden = Record("Line", (visits, metric), tolerances=Tolerances(noise={"column visits": 1e-2}))
    (loose,) = loosely_guarded(golden)
    assert (loose.name, loose.share, loose.noise, loose.held) == ("visits", LOOSEST, 1e-2, True)
    assert loose.limit == pytest.approx(0.2, rel=0.5)
    asked = replace(golden, tolerances=replace(golden.tolerances, loose={"test.visits": "its filter amplifies"}))
    assert loosely_guarded(asked)[0].limit == pytest.approx(6, rel=0.5)
    assert loosely_guarded(replace(golden, tolerances=Tolerances(noise={"column visits": 1e-9}))) == ()
