"""Why a guard is unstable: guessed from what jumped together, and on which machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlguard.checker.noise import Jump
from mlguard.core.record import CONTRACT_VALUE, GATE, INTERNAL
from mlguard.core.run_name import MAIN
from mlguard.core.unstable import Suspect, Unstable
from mlguard.worker.environment import Environment

_TREES = ("children_left", "children_right", ".feature", ".threshold", "n_node_samples", "split_indices")


def unstable(
    jumps: Sequence[Jump], machines: Mapping[str, Environment], settings: tuple[str, ...] = ()
) -> Iterator[Unstable]:
    """One for each Observation that decides and jumps: where, on which machines, and the likely cause.

    `settings` of the model's library would make two trainings the same.
    """
    seen: dict[str, list[Jump]] = {}
    for jump in jumps:
        if jump.observation.run == MAIN and jump.observation.role in (GATE, CONTRACT_VALUE):
            seen.setdefault(jump.observation.label, []).append(jump)
    for label, found in seen.items():
        if all(jump.observation.role != GATE for jump in found):
            continue  # What a contract gave is judged against the answers, which speak for themselves.
        row = next((jump.row for jump in found if jump.row), "")
        on = tuple(dict.fromkeys(jump.machine for jump in found))
        yield Unstable(label, suspicion(found, jumps, machines), row, on, settings=settings)


def suspicion(found: Sequence[Jump], jumps: Sequence[Jump], machines: Mapping[str, Environment]) -> Suspect:
    """What probably made one Observation jump: `found` are its own jumps, `jumps` those of everything."""
    places = {jump.machine for jump in found}
    if places and all(_has_another_hash_seed(machines.get(name)) for name in places):
        return Suspect.SET_ORDER
    if any(jump.undefined for jump in found):
        return Suspect.UNDEFINED
    inside = {jump.observation.name for jump in jumps if jump.observation.role == INTERNAL and jump.machine in places}
    if any(part in name for name in inside for part in _TREES):
        return Suspect.TREE
    value = found[0].observation.value
    if not value.is_float:
        return Suspect.TIE
    return Suspect.CANCELLED if value.size == 1 and value.scale < 1e-6 else Suspect.BEHIND


def _has_another_hash_seed(machine: Environment | None) -> bool:
    return machine is not None and machine.hash_seed != Environment().hash_seed
