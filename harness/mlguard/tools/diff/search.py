"""Which edits are to be undone: those that each bring back some of what moved, else the smallest set that restores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")

Moves = Mapping[str, Any]
"""What moved by its name, with how it did."""


@dataclass
class Separation(Generic[T]):
    """Takes a move apart into what several suspects moved each, as long as undoing takes moves away.

    A group without which the same moves are left is idle; one without which fewer are left holds a suspect, and is
    halved. So each run tells of every value that moved, and k suspects of n are found in about k log n runs, as in
    group testing (Dorfman 1943).
    """

    moved: Callable[[Sequence[T]], Moves | None]
    """What still moves without these suspects; None where that does not run."""
    left: Moves
    """What moves without those that were found."""
    found: dict[T, tuple[str, ...]] = field(default_factory=dict)
    """The suspects so far, with what came back without each and those before it."""
    unclear: list[T] = field(default_factory=list)
    """Those without which other values move than before, or nothing runs."""
    is_clean: bool = True
    """Whether what did not come back moved as before, each time."""

    def without(self, group: Sequence[T], came: Moves | None = None) -> None:
        """Search a group; `came` is what is left without it, where that is known."""
        came = self.moved([*self.found, *group]) if came is None else came
        if came is None or (came != self.left and not came.keys() < self.left.keys()):
            self.unclear += group
        elif came == self.left:
            return
        elif len(group) == 1:
            self.found[group[0]] = tuple(name for name in self.left if name not in came)
            self.is_clean &= all(came[name] == self.left[name] for name in came)
            self.left = came
        else:
            self._halves(group, came)

    def _halves(self, group: Sequence[T], came: Moves) -> None:
        """Search both halves: what the first does not bring back the second does, unless the first was unclear."""
        half, unclear = len(group) // 2, len(self.unclear)
        self.without(group[:half])
        if self.left != came:
            self.without(group[half:], came if len(self.unclear) == unclear else None)


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


def first(suspects: Sequence[T], restores: Callable[[Sequence[T]], bool]) -> tuple[T, ...] | None:
    """The shortest beginning of the suspects that restores; None where not even all of them do."""
    length = _shortest([], suspects, restores)
    return None if length is None else tuple(suspects[:length])


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
