"""Few combinations hold every pair of values, and only values that were offered."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.covering import covering, everything
from tests.properties import examples

FACTORS = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(
    lambda sizes: {f"knob {i}": list(range(size)) for i, size in enumerate(sizes)}
)


@examples(30)
@given(FACTORS)
def test_every_two_values_of_two_knobs_meet(factors: dict[str, list[int]]) -> None:
    rows = covering(factors)
    for one, other in combinations(factors, 2):
        met = {(row[one], row[other]) for row in rows}
        assert met == {(a, b) for a in factors[one] for b in factors[other]}
    assert all(row in everything(factors) for row in rows)


@examples(30)
@given(FACTORS)
def test_a_covering_is_never_larger_than_everything(factors: dict[str, list[int]]) -> None:
    assert len(covering(factors)) <= len(everything(factors))


def test_it_stays_close_to_the_least_that_is_possible() -> None:
    factors = {"guard": list(range(17)), "kernel": list("abcd"), "simd": [0, 1, 2], "libm": [0, 1], "threads": [0, 1]}
    assert len(covering(factors)) <= 72  # Guards times kernels, 68, is the least.
