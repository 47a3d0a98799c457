"""Learn what goes with what: a Gaussian copula, group by group of the target, as a few weights for each column."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mlguard.tools.like.described import Relation
from mlguard.tools.like.scores import Floats

MOST_PARENTS = 8
"""Earlier columns that a column leans on at most, so that the script can be read."""
SMALLEST = 0.05
"""Weight below which a column is not leant on."""

_STRONGEST = 0.98
_LEVEL = 0.1
_DISCRETE = 0.9


@dataclass(frozen=True)
class Groups:
    """The rows by the target's values."""

    at: npt.NDArray[np.int64]
    """The group of each row; -1 where the target is missing."""
    count: int
    """How many groups there are."""


def relations(scores: Mapping[str, Floats], groups: Groups | None) -> dict[str, Relation]:
    """The relation of each column to the target's groups and to the columns before it, in the order of `scores`."""
    names = list(scores)
    if not names:
        return {}
    shifts = {name: _shifted(scores[name], groups) for name in names}
    inner = np.column_stack([_inner(scores[name], groups, *shifts[name]) for name in names])
    correlation = _correlation(inner)
    least = max(SMALLEST, 2.0 / math.sqrt(len(inner)))
    found = {}
    for at, name in enumerate(names):
        parents, weights, own = _regressed(correlation, at, least)
        lean = tuple((names[parent], weight) for parent, weight in zip(parents, weights, strict=True))
        shift, spread = shifts[name]
        plain = groups is None or (np.abs(shift).max() < least and np.abs(spread - 1.0).max() < _LEVEL)
        found[name] = Relation(() if plain else _told(shift), () if plain else _told(spread), lean, own)
    return found


def _told(numbers: Floats) -> tuple[float, ...]:
    return tuple(round(float(number), 2) + 0.0 for number in numbers)


def _shifted(scores: Floats, groups: Groups | None) -> tuple[Floats, Floats]:
    """Mean and deviation of the score behind the elements, in each group.

    The score of an element with many ties is pulled to the middle, in proportion to the variance that its scores have
    lost: dividing by that variance gives what the score behind it must be (as a biserial correlation does).
    """
    if groups is None:
        return np.zeros(1), np.ones(1)
    variance = _variance(scores)
    members = [scores[(groups.at == group) & ~np.isnan(scores)] for group in range(groups.count)]
    shares = np.array([len(one) for one in members], dtype=np.float64)
    shares /= max(1.0, shares.sum())
    # Groups of few rows are drawn towards the middle.
    shift = np.array([one.sum() / (len(one) + 2.0) if len(one) else 0.0 for one in members]) / variance
    between = float((shares * shift * shift).sum())
    if between > _STRONGEST:
        shift *= math.sqrt(_STRONGEST / between)
        between = _STRONGEST
    if variance < _DISCRETE:
        return shift, np.full(groups.count, math.sqrt(1.0 - between))
    return shift, np.array([max(0.05, float(one.std())) if len(one) > 4 else 1.0 for one in members])


def _inner(scores: Floats, groups: Groups | None, shift: Floats, spread: Floats) -> Floats:
    """What is left of a column's score within its group, per unit of deviation; 0 where it is missing."""
    at = np.zeros(len(scores), dtype=np.int64) if groups is None else np.maximum(groups.at, 0)
    inner = (scores / _variance(scores) - shift[at]) / spread[at]
    if groups is not None:
        inner[groups.at < 0] = math.nan
    return inner


def _variance(scores: Floats) -> float:
    present = scores[~np.isnan(scores)]
    return max(0.05, float(present.var())) if len(present) else 1.0


def _correlation(inner: Floats) -> Floats:
    """The correlation of the scores behind the columns, made consistent: no negative eigenvalues."""
    present = ~np.isnan(inner)
    filled = np.where(present, inner, 0.0)
    together = present.astype(np.float64).T @ present.astype(np.float64)
    # Ten rows more that show nothing: what few rows show is believed less.
    found = (filled.T @ filled) / (together + 10.0)
    np.clip(found, -_STRONGEST, _STRONGEST, out=found)
    np.fill_diagonal(found, 1.0)
    values, vectors = np.linalg.eigh(found)
    mended = (vectors * np.maximum(values, 0.01)) @ vectors.T
    scale = np.sqrt(np.diag(mended))
    return np.asarray(mended / np.outer(scale, scale), dtype=np.float64)


def _regressed(correlation: Floats, at: int, least: float) -> tuple[list[int], list[float], float]:
    """The earlier columns that say most about one, found one after the other, their weights, and what is left."""
    chosen: list[int] = []
    weights: npt.NDArray[np.floating[Any]] = np.zeros(0)
    while len(chosen) < min(at, MOST_PARENTS):
        left = correlation[:at, at] - correlation[:at][:, chosen] @ weights
        left[chosen] = 0.0
        best = int(np.abs(left).argmax())
        if abs(left[best]) < least:
            break
        chosen.append(best)
        weights = np.linalg.solve(correlation[np.ix_(chosen, chosen)], correlation[chosen, at])
    kept = [(parent, round(float(w), 2)) for parent, w in zip(chosen, weights, strict=True) if abs(w) >= SMALLEST / 2]
    explained = float(weights @ correlation[chosen, at]) if chosen else 0.0
    own = round(math.sqrt(max(1.0 - _STRONGEST**2, 1.0 - explained)), 2)
    return [parent for parent, _ in kept], [weight for _, weight in kept], own


def best_order(labels: Sequence[str | None], known: Sequence[str], references: Sequence[Floats]) -> list[str]:
    """The labels in the order in which one of the references rises; the one that tells them apart best.

    A reference is a score for each row. Without any that differs between labels, the labels stay in their order.
    """
    codes = np.array([-1 if label is None else known.index(label) for label in labels])
    best, order = 0.0, list(known)
    for reference in references:
        usable = (codes >= 0) & ~np.isnan(reference)
        counts = np.bincount(codes[usable], minlength=len(known))
        means = np.bincount(codes[usable], reference[usable], minlength=len(known)) / (counts + 2.0)
        power = float((counts * means * means).sum()) / max(1, int(counts.sum()))
        if power > best + 1e-9:
            best, order = power, [known[i] for i in np.argsort(means, kind="stable")]
    return order
