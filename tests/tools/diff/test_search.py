"""The smallest set that restores is found, in few runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest

from mlguard.tools.diff.search import smallest


def searched(number: int, needed: set[int]) -> tuple[set[int] | None, int]:
    """What is found among so many suspects, and how many different sets are tried."""
    tried: set[frozenset[int]] = set()

    def restores(undone: Sequence[int]) -> bool:
        tried.add(frozenset(undone))
        return needed <= set(undone)

    found = smallest(range(number), restores)
    return None if found is None else set(found), len(tried)


@pytest.mark.parametrize("number", range(1, 8))
def test_any_one_two_or_three_are_found_among_any_number(number: int) -> None:
    for size in (1, 2, 3):
        for needed in combinations(range(number), size):
            assert searched(number, set(needed))[0] == set(needed)


def test_where_all_together_do_not_restore_nothing_is_found() -> None:
    assert searched(5, {7})[0] is None
    assert searched(0, {1})[0] is None


@pytest.mark.parametrize("position", range(16))
def test_one_among_sixteen_takes_its_logarithm_of_runs_and_two(position: int) -> None:
    assert searched(16, {position})[1] <= 4 + 2


def test_several_reasons_that_each_restore_give_one() -> None:
    found = smallest("abc", lambda undone: bool({"b", "c"} & set(undone)))
    assert found == ("b",)
