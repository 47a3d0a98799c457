"""The smallest set whose undoing restores: few runs where the first suspect is the one, a halving where it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def smallest(suspects: Sequence[T], restores: Callable[[Sequence[T]], bool]) -> tuple[T, ...] | None:
    """A set of suspects that restores, none of which can be left out; None where not even all of them do.

    The shortest sequence of first suspects that restores ends with one that is
    needed: it is kept, and the rest of the sequence searched again, as in QuickXplain (Junker 2004), for the logarithm
    of the number of suspects in runs each. Assumes that a set restores if a part of it does.
    """
    found: list[T] = []
    rest = list(suspects)
    while not (found and restores(found)):
        length = _shortest(found, rest, restores)
        if length is None:
            return None
        found.append(rest[length - 1])
        rest = rest[: length - 1]
    return tuple(found)


def _shortest(found: Sequence[T], rest: Sequence[T], restores: Callable[[Sequence[T]], bool]) -> int | None:
    """How many of the rest restore beside what was found, by halving; None where all of them do not."""
    short, long = 0, len(rest)
    if found and rest and restores([*found, rest[0]]):
        return 1  # The likeliest of all is likely to be one of several, too.
    while long - short > 1:
        middle = (short + long) // 2
        short, long = (short, middle) if restores([*found, *rest[:middle]]) else (middle, long)
    is_all = long == len(rest)  # Which nobody has tried, since it nearly always restores.
    return None if not rest or (is_all and not restores([*found, *rest])) else long
