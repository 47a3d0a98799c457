"""What differs between two Values beside their elements: dtype, shape, and the names of their rows.

To tell another difference in structure, add a class here, name it in `Change`, and word it in `report.sentence`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlguard.core.forms import MIXED, in_one_form, kinds
from mlguard.core.value import Value


@dataclass(frozen=True)
class Altered:
    """A property of the whole Value."""

    what: str
    """`dtype` or `shape`."""
    golden: str
    """What it was."""
    new: str
    """What it is."""


@dataclass(frozen=True)
class OtherRows:
    """Rows that only one of the two has."""

    gone: tuple[str, ...]
    """Names of rows that only the golden has."""
    added: tuple[str, ...]
    """Names of rows that only the new Value has."""


@dataclass(frozen=True)
class Reordered:
    """The same rows in another order."""

    position: int
    """The first place where another row stands."""
    golden: str
    """The row that stood there."""
    new: str
    """The row that stands there."""


@dataclass(frozen=True)
class Repeated:
    """The same rows, another number of times: a row can be named twice."""

    golden: int
    """Number of rows that there were."""
    new: int
    """Number of rows that there are."""


@dataclass(frozen=True)
class Unnamed:
    """Rows that have names on one side only."""

    lost: bool
    """Whether it is the new Value that has none."""


@dataclass(frozen=True)
class NotAnswered:
    """An answer column that is gone."""

    name: str
    """The Observation that held it."""


Change = Altered | OtherRows | Reordered | Repeated | Unnamed | NotAnswered


def structure_of(golden: Value, new: Value) -> tuple[Change, ...]:
    """Everything in which the structure of two Values differs."""
    found: list[Change] = []
    one, other = in_one_form(golden, new)
    if golden.dtype != new.dtype and (one.dtype != other.dtype or (one.dtype == MIXED and kinds(one) != kinds(other))):
        found.append(Altered("dtype", golden.dtype, new.dtype))
    if one.shape != other.shape:
        found.append(Altered("shape", str(golden.shape), str(new.shape)))
    if golden.rows is not None and new.rows is not None and golden.rows != new.rows:
        found.append(_rows(golden.rows, new.rows))
    elif (golden.rows is None) != (new.rows is None) and golden.shape == new.shape:
        found.append(Unnamed(lost=new.rows is None))
    return tuple(found)


def _rows(golden: Sequence[str], new: Sequence[str]) -> Change:
    gone, added = _minus(golden, new), _minus(new, golden)
    if gone or added:
        return OtherRows(gone, added)
    first = next((i for i, (a, b) in enumerate(zip(golden, new, strict=False)) if a != b), None)
    if len(golden) != len(new) or first is None:
        return Repeated(len(golden), len(new))
    return Reordered(first, golden[first], new[first])


def _minus(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    known = set(other)
    return tuple(name for name in one if name not in known)
