"""Why a guard is unstable, and what would cure it: guessed from what jumped together, and on which machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mlguard.checker.noise import Jump
from mlguard.core.record import CONTRACT_VALUE, GATE, INTERNAL
from mlguard.core.run_name import MAIN
from mlguard.worker.environment import Environment


@dataclass(frozen=True)
class Suspicion:
    """A likely cause and its cure, in words."""

    cause: str
    """What probably decides by round-off."""
    cure: str
    """What to change."""


SET_ORDER = Suspicion("the order of a set", "sort it before it is iterated")
TREE = Suspicion(
    "a tree split behind round-off",
    "round the features before the tree sees them, or let no two of them be equal but for round-off",
)
UNDEFINED = Suspicion(
    "a quotient or logarithm of something that is zero but for round-off", "guard it by a threshold well above 1e-12"
)
TIE = Suspicion(
    "a tie in a sort, a neighbour search or a maximum", "sort stably, and break ties by a key of the rows themselves"
)
CANCELLED = Suspicion(
    "a number that is only what round-off left of larger ones", "round it, or report what it is the difference of"
)
BEHIND = Suspicion(
    "a tie, a tree split or another decision taken on unrounded numbers",
    "sort stably, and round the features that decide",
)
CHANCE = Suspicion(
    "chance that no seed fixes, the time of day, or threads that update without a lock",
    "seed it, and use one thread where updates race",
)

_TREES = ("children_left", "children_right", ".feature", ".threshold", "n_node_samples", "split_indices")


def unstable(jumps: Sequence[Jump], machines: Mapping[str, Environment]) -> Iterator[str]:
    """One line for each Observation that decides and jumps: where, on which machines, the likely cause and the cure."""
    seen: dict[str, list[Jump]] = {}
    for jump in jumps:
        if jump.observation.run == MAIN and jump.observation.role in (GATE, CONTRACT_VALUE):
            seen.setdefault(jump.observation.label, []).append(jump)
    for label, found in seen.items():
        if all(jump.observation.role != GATE for jump in found):
            continue  # What a contract gave is judged against the answers, which speak for themselves.
        row = next((f", row {jump.row}" for jump in found if jump.row), "")
        where = " and on ".join(dict.fromkeys(jump.machine for jump in found))
        likely = suspicion(found, jumps, machines)
        yield f"{label} jumps{row} on {where} (likely {likely.cause}; {likely.cure})"


def suspicion(found: Sequence[Jump], jumps: Sequence[Jump], machines: Mapping[str, Environment]) -> Suspicion:
    """What probably made one Observation jump: `found` are its own jumps, `jumps` those of everything."""
    places = {jump.machine for jump in found}
    if places and all(_hash_seed_alone(machines.get(name)) for name in places):
        return SET_ORDER
    if any(jump.undefined for jump in found):
        return UNDEFINED
    inside = {jump.observation.name for jump in jumps if jump.observation.role == INTERNAL and jump.machine in places}
    if any(part in name for name in inside for part in _TREES):
        return TREE
    value = found[0].observation.value
    if not value.is_float:
        return TIE
    return CANCELLED if value.size == 1 and value.scale < 1e-6 else BEHIND


def _hash_seed_alone(machine: Environment | None) -> bool:
    return machine is not None and machine == Environment(hash_seed=machine.hash_seed)
