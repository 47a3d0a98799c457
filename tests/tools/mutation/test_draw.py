"""Drawing: evenly over operators, the same for the same seed, and nothing lost."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from mlguard.runner.order import Change
from mlguard.tools.mutation import Mutant, sample


def mutants(counts: dict[str, int]) -> list[Mutant]:
    return [
        Mutant(operator, "code", "shop.py", line, None, "a", "b", Change())
        for operator, count in counts.items()
        for line in range(count)
    ]


COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 8), min_size=1)


@given(counts=COUNTS, count=st.integers(0, 20), seed=st.integers(0, 5))
def test_a_draw_is_even_over_the_operators(counts: dict[str, int], count: int, seed: int):
    drawn = sample(mutants(counts), count, seed=seed)
    assert len(drawn) == min(count, sum(counts.values()))
    assert len({(m.operator, m.line) for m in drawn}) == len(drawn)
    had = Counter(m.operator for m in drawn)
    most = max(had.values(), default=0)
    for operator, available in counts.items():
        assert had[operator] >= min(available, most - 1)


@given(counts=COUNTS, count=st.integers(0, 20), seed=st.integers(0, 5))
def test_a_draw_hangs_on_the_seed_alone_and_begins_with_every_shorter_one(
    counts: dict[str, int], count: int, seed: int
):
    whole = sample(mutants(counts), seed=seed)
    assert len(whole) == sum(counts.values())
    assert sample(mutants(counts), count, seed=seed) == whole[:count]
    backwards = sample(mutants(dict(reversed(list(counts.items())))), seed=seed)
    assert backwards == whole


def test_another_seed_draws_others():
    many = mutants({"a": 50, "b": 50})
    assert sample(many, 20, seed=0) != sample(many, 20, seed=1)
