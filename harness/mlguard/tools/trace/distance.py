"""Whether two fingerprints are equal within a tolerance, whatever their parts are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from mlguard.core.columns import EPS
from mlguard.core.difference import difference, has_moved
from mlguard.core.tolerance import ANSWERING_FLOOR, ZERO, Tolerance
from mlguard.core.value import Value
from mlguard.tracing.trace import FILE, ORDER, Fingerprint, Leaf

ROUND_OFF = 100.0
"""Units of eps, per unit of scale, by which the same calculation in another order may differ."""


class Step(IntEnum):
    """How far two fingerprints are apart, least first."""

    EQUAL = 0
    """Every bit is the same."""
    CLOSE = 1
    """Equal within the tolerance."""
    STRUCTURE = 2
    """What both have is close, but parts came, went, or stand in another order or type."""
    MOVED = 3
    """A part that both have moved."""


@dataclass(frozen=True)
class Distance:
    """What lies between two fingerprints."""

    step: Step
    """How far they are apart."""
    exact: bool = True
    """Whether every part that both have is bitwise equal."""
    unshared: frozenset[bytes] = frozenset()
    """Digests of the contents that came, went or moved."""


def round_off(value: Value) -> Tolerance:
    """About 100 eps of the scale: what a vectorised loop moves even on one machine."""
    return Tolerance(ROUND_OFF * EPS.get(_precision(value), EPS["float64"]), zero=ZERO, whole=True)


def solver(value: Value) -> Tolerance:
    """Where the inputs differ in their last digits, what a solver's stopping rule makes of it."""
    return Tolerance(ANSWERING_FLOOR.get(_precision(value), ANSWERING_FLOOR["float64"]), zero=ZERO, whole=True)


def distance(before: Fingerprint, after: Fingerprint, *, behind_noise: bool = False) -> Distance:
    """Compare two fingerprints part by part: by path, else by content, since parts may have been renamed.

    `behind_noise`: whether what they were calculated from differs in its last digits already.
    """
    if before.digest == after.digest:
        return Distance(Step.EQUAL)
    pairs, alone = _paired(before.leaves, after.leaves)
    differing = [pair for pair in pairs if pair[0].digest != pair[1].digest]
    found = [_part(*pair, behind_noise=behind_noise) for pair in differing]
    unshared = {leaf.digest for leaf in alone}
    for pair, part in zip(differing, found, strict=True):
        if part.step >= Step.STRUCTURE:
            unshared |= {leaf.digest for leaf in pair}
    if alone:
        found.append(Distance(Step.STRUCTURE))
    most = max((part.step for part in found), default=Step.CLOSE)
    return Distance(most, all(part.exact for part in found), frozenset(unshared))


def is_close(before: Fingerprint, after: Fingerprint) -> bool:
    """Whether nothing that both have moved; as `distance` says, without looking on once something did."""
    if before.digest == after.digest:
        return True
    differing = ((one, other) for one, other in _paired(before.leaves, after.leaves)[0] if one.digest != other.digest)
    return not any(_has_moved(*pair) for pair in differing)


def _part(one: Leaf, other: Leaf, *, behind_noise: bool) -> Distance:
    if {one.value.dtype, other.value.dtype} & {ORDER, FILE}:
        return Distance(Step.STRUCTURE)
    moved = difference(one.value, other.value, _coarse(one, other, solver if behind_noise else round_off))
    if moved.moved or one.shape != other.shape:
        return Distance(Step.MOVED, exact=False)
    return Distance(Step.STRUCTURE if moved.structure else Step.CLOSE, moved.max_abs == 0.0)


def _has_moved(one: Leaf, other: Leaf) -> bool:
    if {one.value.dtype, other.value.dtype} & {ORDER, FILE}:
        return False
    return one.shape != other.shape or has_moved(one.value, other.value, _coarse(one, other, round_off))


def _coarse(one: Leaf, other: Leaf, rule: Callable[[Value], Tolerance]) -> Tolerance:
    """The wider one of the tolerances of two Values: of two precisions, the lower one's."""
    return rule(max((one.value, other.value), key=lambda value: EPS.get(_precision(value), 0.0)))


def _precision(value: Value) -> str:
    return {"complex64": "float32", "complex128": "float64"}.get(value.dtype, value.dtype)


def _paired(before: Iterable[Leaf], after: Iterable[Leaf]) -> tuple[list[tuple[Leaf, Leaf]], list[Leaf]]:
    """Leaves that belong together, and those that only one side has."""
    ours, theirs = {leaf.path: leaf for leaf in before}, {leaf.path: leaf for leaf in after}
    pairs = [(ours.pop(path), theirs.pop(path)) for path in list(ours) if path in theirs]
    renamed = list(_by_content(ours, theirs))
    return pairs + renamed, [*ours.values(), *theirs.values()]


def _by_content(ours: dict[str, Leaf], theirs: dict[str, Leaf]) -> Iterator[tuple[Leaf, Leaf]]:
    """Leaves under another name with the same or close content, taken out of both sides."""
    for same in (_is_same, _is_close):
        for path, leaf in list(ours.items()):
            found = next((name for name, other in theirs.items() if same(leaf, other)), None)
            if found is not None:
                yield ours.pop(path), theirs.pop(found)


def _is_same(one: Leaf, other: Leaf) -> bool:
    return one.digest == other.digest


def _is_close(one: Leaf, other: Leaf) -> bool:
    return one.value.is_numeric and other.value.is_numeric and not _has_moved(one, other)
