"""Choose few combinations of many settings: every value of one beside every value of each other, at least once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product

Pair = tuple[str, object, str, object]


def covering(factors: Mapping[str, Sequence[object]]) -> list[dict[str, object]]:
    """Rows with one value per factor, so that each two values of two factors stand together in some row.

    Greedy and deterministic: a row begins with the first pair that is still missing, and takes for every other factor
    the value that adds most missing pairs (the idea of Cohen et al., 1997, without its random tries).
    """
    missing = dict.fromkeys(_pairs(factors))
    rows = []
    while missing:
        one, value, other, second = next(iter(missing))
        row = {one: value, other: second}
        for name in factors:
            if name not in row:
                row[name] = max(factors[name], key=lambda v: _gain({**row, name: v}, name, factors, missing))
        for pair in _within(row, factors):
            missing.pop(pair, None)
        rows.append({name: row[name] for name in factors})
    return rows or [{name: values[0] for name, values in factors.items()}]


def everything(factors: Mapping[str, Sequence[object]]) -> list[dict[str, object]]:
    """Every combination."""
    return [dict(zip(factors, values, strict=True)) for values in product(*factors.values())]


def _pairs(factors: Mapping[str, Sequence[object]]) -> list[Pair]:
    return [
        (one, value, other, second)
        for one, other in combinations(factors, 2)
        for value in factors[one]
        for second in factors[other]
    ]


def _within(row: Mapping[str, object], factors: Mapping[str, Sequence[object]]) -> list[Pair]:
    known = [name for name in factors if name in row]
    return [(one, row[one], other, row[other]) for one, other in combinations(known, 2)]


def _gain(
    row: Mapping[str, object], name: str, factors: Mapping[str, Sequence[object]], missing: Mapping[Pair, None]
) -> int:
    return sum(pair in missing for pair in _within(row, factors) if name in (pair[0], pair[2]))
