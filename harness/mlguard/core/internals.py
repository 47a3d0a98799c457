"""Match what was found inside two models: by name first, by content where a name is gone.

Two versions of a library may write down the same in different ways, which says nothing about the project's code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlguard.core.difference import difference
from mlguard.core.record import INTERNAL, Key, Observation, Record
from mlguard.core.symmetry import SIGN, symmetry
from mlguard.core.tolerance import Tolerances

DISTINCTIVE = 2
"""Elements from which on equal content is no accident, so that a renamed array is recognised by it."""

KEYS, VALUES = "keys", "values"
"""What the two columns are called as which a large mapping is kept."""


def match_internals(
    golden: Sequence[Observation], new: Sequence[Observation], tolerances: Tolerances
) -> Iterator[tuple[Observation, Observation | None]]:
    """Pair each internal of the golden with the new one of the same name, else of the same content, else None.

    An internal of another dtype or shape is another thing: a renamed or restructured model is no move.
    """
    by_key = {observation.key: observation for observation in new}
    known = {observation.key for observation in golden}
    left = [o for o in new if o.key not in known]
    for observation in golden:
        same = by_key.get(observation.key)
        if same is not None and _comparable(observation, same):
            yield observation, same
        else:
            yield observation, _by_content(observation, left, tolerances)


def _comparable(golden: Observation, new: Observation) -> bool:
    return golden.value.dtype == new.value.dtype and golden.value.shape == new.value.shape


def _by_content(golden: Observation, candidates: list[Observation], tolerances: Tolerances) -> Observation | None:
    if golden.value.size < DISTINCTIVE:
        return None
    rule = tolerances.rule(golden)
    for candidate in candidates:
        if _comparable(golden, candidate) and difference(golden.value, candidate.value, rule).close:
            return candidate
    return None


def written_otherwise(golden: Record, new: Record) -> set[tuple[str, str]]:
    """Stage and name of each internal that in some run is the same but for dtype, signs or the order of a mapping.

    Between versions, libraries store a number in another type, turn a component round, and sort ties in another order.
    A run that keeps one number for an array cannot tell these from a move: what another run shows of it decides.
    """
    before, after = golden.by_key(), new.by_key()
    both = [key for key, old in before.items() if old.role == INTERNAL and key in after]
    return {key[1:] for key in both if _is_written_otherwise(key, before, after, golden.tolerances)}


def _is_written_otherwise(
    key: Key, before: Mapping[Key, Observation], after: Mapping[Key, Observation], tolerances: Tolerances
) -> bool:
    old, new, rule = before[key].value, after[key].value, tolerances.rule(before[key])
    moved = difference(old, new, rule)
    if moved.close:
        return False
    if moved.dtype_only and not moved.moved:
        return True
    return symmetry(old, new, rule) == SIGN or _entries(key, before) == _entries(key, after) != {}


def _entries(key: Key, observations: Mapping[Key, Observation]) -> dict[Any, Any]:
    """The mapping of which an internal is a column; empty where it is no column of one."""
    run, stage, name = key
    mapping, _, column = name.rpartition(".")
    columns = [observations.get((run, stage, f"{mapping}.{one}")) for one in (KEYS, VALUES)]
    if column not in (KEYS, VALUES) or None in columns:
        return {}
    keys, values = ([o.value.element(i) for i in range(o.value.size)] for o in columns if o is not None)
    return dict(zip(keys, values, strict=False))
