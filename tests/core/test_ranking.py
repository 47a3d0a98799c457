"""Items of a ranking may change places only where nothing but round-off told them apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.core.decision import Columns, Sides
from mlguard.core.ranking import swapped_rows, tied_ranks
from mlguard.core.value import numbers, texts

STEP = 1e-13
"""Round-off between scores that are equal."""

LIMIT = 1e-9
"""How far a score may move here."""


def ranking(items: Sequence[str], scores: Sequence[float], users: Sequence[str] | None = None) -> Columns:
    """One list, or one for each user, in the order of the rows."""
    users = users or ["u"] * len(items)
    ranks = [sum(users[before] == user for before in range(row)) for row, user in enumerate(users)]
    return {
        "user": texts(list(users)),
        "rank": numbers(np.array(ranks)),
        "item": texts(list(items)),
        "score": numbers(np.array(scores)),
    }


def sides(golden: Columns, new: Columns) -> Sides:
    count = golden["rank"].size
    return Sides(tuple(f"r{row}" for row in range(count)), golden, new, {"score": np.full(count, LIMIT)})


def places(golden: Columns, new: Columns) -> list[int] | None:
    found = swapped_rows(sides(golden, new), ("user", "rank"))
    return None if found is None else found.tolist()


def test_two_items_of_one_score_may_change_places() -> None:
    golden, new = ranking("abc", [3.0, 2.0, 2.0]), ranking("acb", [3.0, 2.0 + STEP, 2.0])
    assert places(golden, new) == [0, 2, 1]


@pytest.mark.parametrize(
    ("items", "scores"),
    [
        ("acb", [3.0, 2.0, 2.0]),  # Not a bit moved, so round-off did not do it.
        ("acb", [3.0, 2.0 + 1e-6, 2.0]),  # Further than the limit.
        ("bac", [3.0, 2.0 + STEP, 2.0]),  # An item that was not tied.
        ("abd", [3.0, 2.0 + STEP, 2.0]),  # Another item.
        ("abb", [3.0, 2.0 + STEP, 2.0]),  # One item twice.
        ("acb", [3.0, 2.0, 2.0 + STEP]),  # The score does not order the list any more.
    ],
)
def test_other_changes_are_no_ties(items: str, scores: list[float]) -> None:
    assert places(ranking("abc", [3.0, 2.0, 2.0]), ranking(items, scores)) is None


def test_items_stay_in_their_own_list() -> None:
    users, golden = ["u", "u", "v", "v"], [2.0, 2.0, 2.0, 2.0]
    within, across = [2.0 + STEP, 2.0, 2.0, 2.0], [2.0, 2.0 + STEP, 2.0, 2.0]
    assert places(ranking("abcd", golden, users), ranking("bacd", within, users)) == [1, 0, 2, 3]
    assert places(ranking("abcd", golden, users), ranking("acbd", across, users)) is None


@given(st.lists(st.integers(0, 3), min_size=2, max_size=7), st.randoms(use_true_random=False))
def test_any_order_of_what_is_tied_is_traced_back(groups: list[int], random: object) -> None:
    scores = [-float(group) for group in sorted(groups)]
    items = [f"i{place}" for place in range(len(scores))]
    turned = sorted(zip(scores, items, strict=True), key=lambda pair: (-pair[0], random.random()))  # type: ignore[attr-defined]
    pushed = [score - STEP * (1 + place) for place, (score, _) in enumerate(turned)]
    found = places(ranking(items, scores), ranking([item for _, item in turned], pushed))
    assert found == [items.index(item) for _, item in turned]


def test_ranks_beside_fixed_items_may_change_as_their_scores_do() -> None:
    def ranked(ranks: list[int], scores: list[float]) -> Columns:
        return {"item": texts(["a", "b", "c"]), "rank": numbers(np.array(ranks)), "score": numbers(np.array(scores))}

    golden = ranked([0, 1, 2], [3.0, 2.0, 2.0])
    assert tied_ranks("rank", sides(golden, ranked([0, 2, 1], [3.0, 2.0, 2.0 + STEP])), ("item",))
    assert not tied_ranks("rank", sides(golden, ranked([1, 0, 2], [3.0, 2.0, 2.0 + STEP])), ("item",))
    assert not tied_ranks("rank", sides(golden, ranked([0, 1, 1], [3.0, 2.0, 2.0 + STEP])), ("item",))
