from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlguard.core.difference import BLOCK, SHOWN, Difference, difference, has_moved
from mlguard.core.tolerance import SOLVER_FLOOR, Tolerance
from mlguard.core.value import Value, number, numbers, text, texts
from mlguard.report.sentence import change_in_words
from tests.core.records import floats
from tests.properties import examples

RULE = Tolerance(SOLVER_FLOOR["float64"])
EXACT = Tolerance(0.0)

FLOATS = hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=6))
ANY = st.one_of(
    FLOATS,
    hnp.arrays(np.float32, st.integers(0, 6)),
    hnp.arrays(np.int64, st.integers(0, 6)),
    hnp.arrays(np.bool_, st.integers(0, 6)),
    hnp.arrays(np.complex128, st.integers(0, 6)),
).map(numbers)


@examples(40)
@given(ANY)
def test_a_value_is_bit_for_bit_itself(value: Value) -> None:
    same = difference(value, value, RULE)
    assert same.close
    assert same.exact
    assert (same.moved, same.worst, same.rows) == (0, (), ())


def test_large_values_are_found_equal_without_a_copy_of_them() -> None:
    golden, new = numbers(np.arange(1e6)), numbers(np.arange(1e6))
    tracemalloc.start()
    try:
        assert difference(golden, new, RULE).exact
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < golden.data.nbytes / 8


@pytest.mark.parametrize("place", [0, BLOCK - 1, BLOCK, 2 * BLOCK, -1])
def test_one_bit_is_seen_in_whichever_block_it_lies(place: int) -> None:
    golden = numbers(np.ones(2 * BLOCK + 5))
    moved = golden.data.copy()
    moved[place] = np.nextafter(1.0, 2.0)
    found = difference(golden, numbers(moved), RULE)
    assert (found.exact, found.close) == (False, True)
    assert difference(golden, numbers(golden.data.copy()), RULE).exact


@examples(40)
@given(st.one_of(ANY, st.lists(st.text(), max_size=4).map(texts)))
def test_equal_values_are_told_apart_from_others_without_their_limits(value: Value) -> None:
    with pytest.MonkeyPatch.context() as patch:
        quick = difference(value, replace(value), RULE)
        patch.setattr("mlguard.core.difference._is_same", lambda golden, new: False)
        whole = difference(value, replace(value), RULE)
    assert quick == replace(whole, limit=None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (floats(0.0, 1.0), floats(-0.0, 1.0)),
        (floats(1.0), numbers(np.array([1.0], np.float32))),
        (texts(["a"]), texts(["a"], rows=["x"])),
        (texts(["a", "b"]), replace(texts(["a", "b"]), missing=np.array([False, True]))),
        (texts(["1"]), texts(["1"], dtype="decimal")),
    ],
)
def test_nothing_else_counts_as_equal(one: Value, other: Value) -> None:
    assert not difference(one, other, EXACT).exact
    assert not difference(other, one, EXACT).exact


@examples(80)
@given(ANY, ANY)
def test_that_something_moved_is_known_without_knowing_what(one: Value, other: Value) -> None:
    for value in (one, other):
        assert has_moved(one, value, RULE) == (difference(one, value, RULE).moved > 0)


@examples(40)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=8), st.data())
def test_tolerance_does_not_depend_on_signs(values: list[float], data: st.DataObject) -> None:
    shift = data.draw(st.floats(0, 1e-6))
    up = difference(floats(*values), floats(*[v + shift for v in values]), RULE)
    down = difference(floats(*[-v for v in values]), floats(*[-v - shift for v in values]), RULE)
    assert (up.close, up.max_abs, up.moved) == (down.close, down.max_abs, down.moved)


@examples(40)
@given(FLOATS.filter(lambda a: a.size > 0), st.data())
def test_a_move_beyond_the_limit_is_never_close(array: np.ndarray, data: st.DataObject) -> None:
    array = np.clip(np.nan_to_num(array, nan=0.5, posinf=1e6, neginf=-1e6), -1e6, 1e6)
    place = data.draw(st.integers(0, array.size - 1))
    golden = numbers(array)
    moved = array.copy().reshape(-1)
    moved[place] += max(2 * RULE.limits(golden)[place], 1e-9) * data.draw(st.sampled_from([-1, 1, 1000]))
    found = difference(golden, numbers(moved.reshape(array.shape)), RULE)
    assert not found.close
    assert found.moved == 1
    assert found.worst[0].new == moved[place]


@pytest.mark.parametrize("place", [0, 1, 999, 1998, 1999])
def test_one_of_two_thousand_is_found_wherever_it_stands(place: int) -> None:
    golden = np.linspace(0, 1, 2000)
    new = golden.copy()
    new[place] += 1e-6
    found = difference(numbers(golden), numbers(new), RULE)
    assert (found.moved, found.total, found.worst[0].place, found.rows) == (1, 2000, str(place), (str(place),))


def words_of(found: Difference) -> tuple[str, ...]:
    return tuple(map(change_in_words, found.structure))


def test_a_number_is_zero_only_where_round_off_shook_it() -> None:
    assert not difference(number(3e-17), number(-5e-17), RULE).close
    shaken = replace(RULE, zero=1e-15)
    assert difference(number(3e-17), number(-5e-17), shaken).close
    assert difference(number(0.0), number(1e-15), shaken).close
    assert not difference(number(0.0), number(1e-12), shaken).close


def test_five_times_as_much_at_a_billionth_alarms() -> None:
    assert not difference(number(1e-9), number(5e-9), RULE).close
    assert not difference(floats(1e-9, 2e-9), floats(5e-9, 1e-8), RULE).close


def test_negative_zero_moves_a_bit_and_passes() -> None:
    found = difference(floats(0.0, 1.0), floats(-0.0, 1.0), RULE)
    assert found.close
    assert not found.exact
    assert not difference(numbers(np.array([0j])), numbers(np.array([complex(0.0, -0.0)])), RULE).exact


@pytest.mark.parametrize(
    ("golden", "new"),
    [
        ((np.nan, 1.0), (1.0, np.nan)),
        ((np.inf, 1.0), (-np.inf, 1.0)),
        ((np.inf, 1.0), (1e308, 1.0)),
        ((1.0, 1.0), (np.nan, 1.0)),
    ],
)
def test_positions_of_nan_and_infinities_are_exact(golden: tuple[float, ...], new: tuple[float, ...]) -> None:
    assert not difference(floats(*golden), floats(*new), Tolerance(1e9)).close
    assert difference(floats(*golden), floats(*golden), EXACT).exact


def test_whole_numbers_are_exact_beyond_float_precision() -> None:
    found = difference(number(2**53), number(2**53 + 1), Tolerance(1.0))
    assert (found.close, found.max_abs, found.limit) == (False, 1.0, None)
    low, high = number(np.iinfo(np.int64).min), number(np.iinfo(np.int64).max)
    assert difference(low, high, RULE).max_abs == float(2**64 - 1)


@pytest.mark.parametrize(
    ("golden", "new", "words"),
    [
        (np.array([1.0]), np.array([1.0], dtype=np.float32), "dtype float64 -> float32"),
        (np.array([1]), np.array([1.0]), "dtype int64 -> float64"),
        (np.array([True]), np.array([1]), "dtype bool -> int64"),
        (np.array([1, 0], dtype=np.int32), np.array([1, 0]), "dtype int32 -> int64"),
    ],
)
def test_another_dtype_is_a_shift_even_where_all_values_agree(golden: np.ndarray, new: np.ndarray, words: str) -> None:
    found = difference(numbers(golden), numbers(new), RULE)
    assert (words_of(found), found.dtype_only, found.moved, found.close) == ((words,), True, 0, False)


def test_text_is_exact_and_text_that_looks_like_a_number_is_none() -> None:
    assert not difference(texts(["a", "b "]), texts(["a", "b"]), RULE).close
    assert words_of(difference(text("1"), number(1), RULE)) == ("dtype text -> int64",)
    assert difference(text("1"), number(1), RULE).moved == 1


def test_missing_is_not_empty() -> None:
    gap = Value("text", (2,), np.array(["", "x"], dtype=object), np.array([True, False]))
    found = difference(texts(["", "x"]), gap, RULE)
    assert (found.moved, found.exact) == (1, False)
    assert (found.worst[0].golden, found.worst[0].new) == ("", None)


def test_a_whole_number_that_went_missing_is_the_worst_move() -> None:
    golden = numbers(np.array([1, 2, 3]))
    new = Value("int64", (3,), np.array([1, 9, 0]), np.array([False, False, True]))
    assert [m.place for m in difference(golden, new, RULE).worst] == ["2", "1"]


@pytest.mark.parametrize("shapes", [((3,), (3, 1)), ((1,), (3,)), ((), (1,)), ((2, 3), (3, 2)), ((0,), (0, 2))])
def test_shapes_are_exact_and_never_broadcast(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    golden, new = (numbers(np.ones(shape)) for shape in shapes)
    assert words_of(difference(golden, new, Tolerance(1e9))) == (f"shape {shapes[0]} -> {shapes[1]}",)
    assert not difference(golden, new, Tolerance(1e9)).close


def test_rows_in_another_order_are_a_shift_that_says_so() -> None:
    found = difference(floats(1, 2, 3, rows="abc"), floats(2, 1, 3, rows="bac"), RULE)
    assert words_of(found) == ("rows in another order, first at position 0: row a -> row b",)
    assert found.moved == 0


def test_lost_and_renamed_rows_are_named_and_the_others_are_compared() -> None:
    found = difference(floats(1, 2, 3, rows="abc"), floats(1, 9, rows="ac"), RULE)
    assert words_of(found) == ("shape (3,) -> (2,)", "1 row gone (b)")
    assert (found.moved, found.rows) == (1, ("c",))
    assert words_of(difference(floats(1, rows="a"), floats(1, rows="b"), RULE)) == ("1 row gone (a), 1 row added (b)",)
    assert words_of(difference(floats(1, rows="a"), floats(1), RULE)) == ("rows lost their names",)
    assert words_of(difference(floats(1), floats(1, rows="a"), RULE)) == ("rows gained names",)


def test_a_row_that_was_named_twice_and_is_no_more_is_a_shift() -> None:
    found = difference(floats(1, 1, 2, rows="aab"), floats(1, 2, rows="ab"), RULE)
    assert words_of(found) == ("shape (3,) -> (2,)", "the same rows, 3 times -> 2 times in all")
    assert not difference(floats(1, 1, rows="aa"), floats(1, rows="a"), RULE).close


def test_a_row_of_a_matrix_is_told_with_its_column() -> None:
    golden, new = np.zeros((2, 3)), np.zeros((2, 3))
    new[1, 2] = 1.0
    found = difference(numbers(golden, rows="ab"), numbers(new, rows="ab"), RULE)
    assert (found.worst[0].place, found.rows) == ("b, 2", ("b",))


def test_the_worst_elements_come_first_and_are_few() -> None:
    golden = np.zeros(20) + 1.0
    new = golden + np.arange(20) / 10
    new[7] = np.nan
    found = difference(numbers(golden), numbers(new), RULE)
    assert [m.place for m in found.worst] == ["7", "19", "18", "17", "16"]
    assert len(found.worst) == SHOWN
    assert (found.moved, found.max_abs, found.max_scaled) == (19, pytest.approx(1.9), pytest.approx(1.9))


def test_the_direction_of_a_shift_is_kept() -> None:
    assert difference(floats(1, 2), floats(2, 4), RULE).signed == 1.5
    assert difference(floats(1, 2), floats(0, 1), RULE).signed == -1.0
    assert difference(floats(1, 2), floats(1, 2), RULE).signed is None


def test_between_the_noise_and_the_floor_a_move_passes_and_says_so() -> None:
    rule = Tolerance(1e-8, noise=1e-15)
    quiet, loud = (difference(number(1.0), number(1.0 + size), rule) for size in (5e-14, 1e-10))
    assert (quiet.close, quiet.beyond_noise) == (True, False)
    assert (loud.close, loud.beyond_noise) == (True, True)


def test_from_nothing_to_something_is_infinitely_far_per_unit_of_scale() -> None:
    found = difference(floats(0.0, 0.0), floats(0.0, 1.0), RULE)
    assert (found.max_scaled, found.limit, found.moved) == (np.inf, 0.0, 1)
