"""Rankings: lists in the order of a score, and which of their items changed places by nothing but round-off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlguard.core.decision import Array, Columns, Sides, elements, is_score
from mlguard.core.value import Value


@dataclass(frozen=True)
class _Items:
    """The items of one list, on both sides."""

    before: Array
    """The rank of each in the golden."""
    after: Array
    """Its new rank."""
    old: Array
    """Its score in the golden."""
    now: Array
    """Its new score."""
    reach: Array
    """How far its score may move."""

    def are_sorted(self, sign: int) -> bool:
        """Whether the score rises (1) or falls (-1) with the rank, on both sides."""
        sides = ((self.before, self.old), (self.after, self.now))
        return all(bool(np.all(sign * np.diff(score[np.argsort(rank)]) >= 0)) for rank, score in sides)

    def only_ties_swapped(self) -> bool:
        """Whether all that changed places were equal within their limits, and not bit for bit on both sides."""
        kept = np.flatnonzero(self.old == self.now)
        in_order = bool(np.all(np.diff(self.after[kept][np.argsort(self.before[kept])]) > 0))
        near = self._near(self.after, self.before, self.old) and self._near(self.before, self.after, self.now)
        return in_order and near

    def _near(self, ranks: Array, others: Array, score: Array) -> bool:
        """Whether the scores of any two that stand in another order by `others` are within their limits.

        Of those that come before an item by `ranks`, the last one by `others` is the farthest from it.
        """
        order, by_other = np.argsort(ranks), np.argsort(others)
        last = np.maximum.accumulate(others[order])
        inverted = last > others[order]
        one, other = order[inverted], by_other[np.searchsorted(others[by_other], last[inverted])]
        return bool(np.all(np.abs(score[one] - score[other]) <= np.maximum(self.reach[one], self.reach[other])))


def swapped_rows(sides: Sides, key: Sequence[str]) -> Array | None:
    """Which row of the golden has the item of each new row, where ranked items changed places by round-off alone.

    One part of the `key` is the rank, the others name the list. None unless each list still holds the same items, a
    score orders all lists on both sides, and whatever changed places is tied.
    """
    golden, new = sides.golden, sides.new
    for rank in (part for part in key if part in golden):
        lists = _lists(golden, [part for part in key if part != rank])
        for item in golden:
            places = _places(golden[item], new[item], lists) if item not in key and not is_score(golden[item]) else None
            if places is not None and _tied(sides, lists, (golden[rank], golden[rank]), places):
                return places
    return None


def tied_ranks(rank: str, sides: Sides, key: Sequence[str]) -> bool:
    """Whether a column of ranks changed by round-off alone, in one list or in those that parts of the `key` name."""
    same = np.arange(len(sides.names))
    named = [[], *([part] for part in key), *([other for other in key if other != part] for part in key)]
    ranks = sides.golden[rank], sides.new[rank]
    return any(_tied(sides, _lists(sides.golden, parts), ranks, same) for parts in named if rank not in parts)


def _tied(sides: Sides, lists: Sequence[Array], ranks: tuple[Value, Value], places: Array) -> bool:
    """Whether each list has the same ranks, some score orders all of them on both sides, and only ties swapped."""
    if not all(rank.is_numeric and rank.data.dtype.kind != "c" for rank in ranks):
        return False
    before, after = (rank.data.astype(np.float64) for rank in ranks)
    if not all(len(set(before[rows])) == len(rows) and set(before[rows]) == set(after[rows]) for rows in lists):
        return False
    for score, value in sides.golden.items():
        if not is_score(value) or not is_score(sides.new[score]):
            continue
        old, now, reach = value.data.astype(np.float64), sides.new[score].data.astype(np.float64), sides.limits[score]
        found = [
            _Items(before[places[rows]], after[rows], old[places[rows]], now[rows], reach[places[rows]])
            for rows in lists
        ]
        ordered = any(all(items.are_sorted(sign) for items in found) for sign in (1, -1))
        if ordered and all(items.only_ties_swapped() for items in found):
            return True
    return False


def _lists(columns: Columns, names: Sequence[str]) -> list[Array]:
    """The rows of each list; all rows where nothing names one."""
    found: dict[tuple[object, ...], list[int]] = {}
    named = [elements(columns[name]) for name in names if name in columns]
    for row in range(next(iter(columns.values())).size):
        found.setdefault(tuple(column[row] for column in named), []).append(row)
    return [np.array(rows) for rows in found.values()]


def _places(golden: Value, new: Value, lists: Sequence[Array]) -> Array | None:
    """Where the item of each new row stood in its list; None where a list holds other items, or one of them twice."""
    before, after = elements(golden), elements(new)
    places = np.arange(golden.size)
    for rows in lists:
        stood = {before[row]: row for row in rows.tolist()}
        held = {after[row] for row in rows.tolist()}
        if len(stood) != len(rows) or held != stood.keys():
            return None
        places[rows] = [stood[after[row]] for row in rows.tolist()]
    return places
