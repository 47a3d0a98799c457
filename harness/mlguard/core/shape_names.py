"""Names for the axes of values that no comment gives a shape: equal sizes, in each call, have one name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlguard.core.shape import Dims

LETTERS = ("n", "m", "k", "p", "q", "r", "s", "t")
"""What axes are called that nothing in the code has a name for."""

VARIES = -1
"""In place of the size of an axis that has several in one call, such as the last batch of a loop."""

Where = tuple[int, str]
"""The last line of a statement, and the value that it makes."""


@dataclass(frozen=True)
class ShownCall:
    """What one call of a function showed."""

    function: tuple[str, int]
    """The source file and the first line of the function."""
    shapes: Mapping[Where, tuple[int, ...]]
    """The shapes of values without a comment: VARIES for an axis of several sizes, () for another number of axes."""
    names: Mapping[str, int]
    """What names stand for in the call: those of comments, and parameters that hold a whole number."""
    taken: frozenset[str] = frozenset()
    """Those of LETTERS that are names of the code itself."""


def both(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """What is common to two shapes that a value has in one call."""
    return tuple(a if a == b else VARIES for a, b in zip(one, other, strict=True)) if len(one) == len(other) else ()


def proposed(calls: Sequence[ShownCall]) -> dict[Where, Dims]:
    """Axes for each value of one function; nothing for one that has not always the same number of axes."""
    groups = [(name, _of_name(name, calls)) for name in dict.fromkeys(name for call in calls for name in call.names)]
    taken = frozenset[str]().union(*(call.taken for call in calls))
    fresh = (letter for letter in LETTERS if letter not in taken and letter not in dict(groups))
    found = {}
    # By lines; of one line in the order of the code.
    for place in sorted(dict.fromkeys(place for call in calls for place in call.shapes), key=lambda place: place[0]):
        dims = _dims([call.shapes.get(place) for call in calls], groups, fresh)
        if dims:
            found[place] = dims
    return found


Sizes = list[int | None]
"""A size per call; None where it was not there."""


def _dims(shapes: list[tuple[int, ...] | None], groups: list[tuple[str, Sizes]], fresh: Iterator[str]) -> Dims | None:
    numbers = {len(shape) for shape in shapes if shape is not None}
    if len(numbers) != 1:
        return None
    dims = [_dim([None if s is None else s[axis] for s in shapes], groups, fresh) for axis in range(numbers.pop())]
    known = tuple(dim for dim in dims if dim is not None)
    return known if len(known) == len(dims) else None


def _dim(sizes: Sizes, groups: list[tuple[str, Sizes]], fresh: Iterator[str]) -> str | None:
    """The name of an axis; None where there are no more letters."""
    if VARIES in sizes:
        return "_"
    if all(size in (None, 1) for size in sizes):
        return "1"
    for name, group in groups:
        if _is_equal(sizes, group):
            group[:] = [old if old is not None else new for old, new in zip(group, sizes, strict=True)]
            return name
    letter = next(fresh, None)
    if letter is not None:
        groups.append((letter, sizes))
    return letter


def _is_equal(one: Sizes, other: Sizes) -> bool:
    """Whether two sizes are equal in each call that shows both, and some call does."""
    both = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    return bool(both) and all(a == b for a, b in both)


def _of_name(name: str, calls: Sequence[ShownCall]) -> Sizes:
    return [call.names.get(name) for call in calls]
