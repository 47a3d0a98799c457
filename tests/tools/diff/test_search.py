"""The smallest set that restores is found, in few runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest

from mlguard.tools.diff.search import Separation, smallest


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


def separated(number: int, moving: dict[int, str], *, known: bool = False) -> tuple[Separation[int], int]:
    """What is found of suspects that move a value of their own each, and the runs that it took."""
    runs = []

    def moved(undone: Sequence[int]) -> dict[str, int]:
        runs.append(set(undone))
        return {name: 0 for suspect, name in moving.items() if suspect not in undone}

    apart: Separation[int] = Separation(moved, moved([]))
    apart.without(range(number), {} if known else None)
    return apart, len(runs) - 1


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_each_of_several_is_found_with_what_it_brings_back(size: int) -> None:
    for some in combinations(range(9), size):
        moving = {suspect: f"y{suspect}" for suspect in some}
        apart, runs = separated(9, moving)
        assert apart.found == {suspect: (name,) for suspect, name in moving.items()}
        assert (apart.left, apart.unclear, apart.is_clean) == ({}, [], True)
        assert runs <= 2 * size * 3 + 1


def test_what_a_group_brings_back_is_asked_once() -> None:
    """Of two halves the second needs no run where the first did nothing, or all of it."""
    assert separated(8, {7: "y"}, known=True)[1] == 3
    assert separated(8, {0: "y"}, known=True)[1] == 3


def test_a_suspect_without_which_other_values_move_is_unclear() -> None:
    moves = {"y": 1, "z": 1}
    apart: Separation[str] = Separation(lambda undone: {**moves, "y": 2} if "a" in undone else moves, moves)
    apart.without(["a"])
    apart.without(["b"])
    assert (apart.found, apart.unclear) == ({}, ["a"])


def test_what_did_not_come_back_must_move_as_before_for_a_clean_answer() -> None:
    apart: Separation[str] = Separation(lambda undone: {"z": 2}, {"y": 1, "z": 1})
    apart.without(["a"])
    assert (apart.found, apart.is_clean) == ({"a": ("y",)}, False)
