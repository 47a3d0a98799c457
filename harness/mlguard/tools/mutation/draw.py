"""Draw from many mutants: evenly over the operators, and the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterable

from mlguard.tools.mutation.mutant import Mutant


def sample(mutants: Iterable[Mutant], count: int | None = None, *, seed: int = 0) -> list[Mutant]:
    """At most `count` mutants, all without it: one of each operator by turns, for as long as it has any left.

    A longer draw begins with every shorter one of the same seed.
    """
    chance = random.Random(seed)  # noqa: S311 -- nothing is kept secret with it.
    piles: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        piles.setdefault(mutant.operator, []).append(mutant)
    # Sorted first: the draw shall not hang on the order in which operators were met.
    turns = [piles[operator] for operator in sorted(piles)]
    for pile in turns:
        chance.shuffle(pile)
    chance.shuffle(turns)
    drawn = [pile[turn] for turn in range(max(map(len, turns), default=0)) for pile in turns if turn < len(pile)]
    return drawn if count is None else drawn[:count]
