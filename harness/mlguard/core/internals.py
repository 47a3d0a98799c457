"""Match what was found inside two models: by name first, by content where a name is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlguard.core.difference import difference
from mlguard.core.record import Observation
from mlguard.core.tolerance import Tolerances

DISTINCTIVE = 2
"""Elements from which on equal content is no accident, so that a renamed array is recognised by it."""


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
