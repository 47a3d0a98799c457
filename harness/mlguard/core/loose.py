"""What a golden guards only loosely, and how loosely, in units of the answer; and what it does not guard at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlguard.core.compare import EFFECTLESS
from mlguard.core.record import EFFECT, GATE, Observation, Record
from mlguard.core.run_name import MAIN, Config
from mlguard.core.tolerance import LOOSEST, ROUND_OFF, Tolerance, pool, widened


@dataclass(frozen=True)
class Loose:
    """An answer or metric whose limit is that of large noise."""

    name: str
    """The Observation, or the answer column that several share."""
    limit: float
    """How far a usual element of it may move without being noticed, in its own unit."""
    share: float
    """The same per unit of its spread; of its size for a single number."""
    noise: float
    """How far round-off alone moved it on the emulated machines, per unit."""
    held: bool
    """Whether its limit would be larger if the owner had said so."""


def loosely_guarded(golden: Record) -> tuple[Loose, ...]:
    """What decides in the main run and moves under round-off as only a solver that stopped early does."""
    found: dict[str, Loose] = {}
    for observation in golden:
        if (observation.run, observation.role) != (MAIN, GATE) or not observation.value.is_float:
            continue
        rule = golden.tolerances.rule(observation)
        noise = np.max(rule.noise or 0.0)
        if rule.source == "noise" and noise > ROUND_OFF:
            loose = _loose(observation, rule, float(noise))
            known = found.get(pool(observation))
            found[pool(observation)] = max(loose, known or loose, key=lambda one: one.limit)
    return tuple(found.values())


def without_effect(golden: Record) -> tuple[str, ...]:
    """Configuration keys whose change changes nothing that is observed: an edit of what reads them goes unnoticed."""
    largest: dict[str, float] = {}
    for observation in golden:
        if observation.role == EFFECT and isinstance(observation.run, Config):
            key = observation.run.key
            largest[key] = max(largest.get(key, 0.0), float(observation.value.data[0]))
    return tuple(key for key, size in largest.items() if size <= EFFECTLESS)


def _loose(observation: Observation, rule: Tolerance, noise: float) -> Loose:
    limits = rule.limits(observation.value)
    share = float(np.max(rule.rtol))
    name = observation.column or f"{observation.stage} {observation.name}"
    held = share == LOOSEST and bool(widened(noise)[0] > LOOSEST)
    return Loose(name, float(np.median(limits)) if limits.size else 0.0, share, noise, held)
