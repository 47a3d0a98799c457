"""The noise certificate: re-run a guard on emulated machines, and keep how far round-off alone moves what it sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from mlguard.core.difference import difference
from mlguard.core.record import CONTRACT, EFFECT, EVIDENCE, INTERNAL, MAIN, Observation, Record
from mlguard.core.tolerance import Tolerance, pool
from mlguard.discovery import Declared
from mlguard.runner.run import Runner
from mlguard.worker.describe import effect
from mlguard.worker.environment import Environment

MACHINES: Mapping[str, Environment] = {
    "old CPU, one thread": Environment(threads=1, blas_kernel="Prescott", simd="none", libm="no-fma"),
    "AVX2 CPU, four threads": Environment(threads=4, blas_kernel="Haswell", simd="avx2"),
    "another hash seed": Environment(hash_seed=1),
}
"""Three chosen machines: with the safety factor they left no false alarm on 21 others, over 66 pipelines."""

JUMP = 1e-3
"""Noise per unit of scale from which a move is a jump behind a discontinuity, and no round-off."""

LOOSE = 1e-6
"""Noise from which a guard is only loosely guarded: its solver did not converge."""


@dataclass(frozen=True)
class Certificate:
    """How far round-off moves a guard, on which machines, and what no tolerance can hold."""

    noise: Mapping[str, float] = field(default_factory=dict)
    """Largest noise per unit of scale, by pool; only what moved at all."""
    environments: tuple[Mapping[str, object], ...] = ()
    """The machines, with the knobs that took effect and those that did not."""
    unstable: list[str] = field(default_factory=list)
    """What jumped, in words: observation, row, likely cause and cure."""
    remarks: tuple[str, ...] = ()
    """Quiet lines: knobs without effect, loosely guarded answers."""


def measure(runner: Runner, guard: Declared, record: Record, progress: Callable[[str], None]) -> Certificate:
    """Run a guard on each emulated machine and compare with the Record of this one."""
    noise: dict[str, float] = {}
    environments: list[Mapping[str, object]] = []
    unstable: list[str] = []
    for name, machine in MACHINES.items():
        progress(f"{guard.ref.name}: noise on {name}")
        other = runner.run(guard, environment=machine, bundle=False).record
        without = list(dict.fromkeys(effect(machine, dict(other.provenance.environment))))
        environments.append({"name": name, "without_effect": without})
        for observation, new in _pairs(record, other):
            size, jump = _noise(observation, new)
            if jump:
                unstable.append(f"{jump} on {name}")
            elif size:
                noise[pool(observation)] = max(size, noise.get(pool(observation), 0.0))
    return Certificate(noise, tuple(environments), unstable, tuple(_remarks(noise, environments)))


def _pairs(record: Record, other: Record) -> Iterator[tuple[Observation, Observation]]:
    after = other.by_key()
    for observation in record:
        if observation.role not in (CONTRACT, EFFECT, EVIDENCE) and observation.key in after:
            yield observation, after[observation.key]


def _noise(observation: Observation, new: Observation) -> tuple[float, str]:
    """How far an Observation moved per unit of scale; or, in words, that it jumped."""
    moved = difference(observation.value, new.value, Tolerance(0.0))
    if moved.exact:
        return 0.0, ""
    jumped = bool(moved.structure) or (moved.moved > 0 and not observation.value.is_float)
    size = moved.max_scaled or 0.0
    if jumped or not np.isfinite(size) or size > JUMP:
        if observation.role == INTERNAL or observation.run != MAIN:
            return 0.0, ""  # Explains, or is dropped: what jumps inside shows in what leaves the pipeline.
        where = f", row {moved.worst[0].place}" if moved.worst else ""
        return 0.0, f"{observation.label} jumps{where} under round-off alone ({_why(observation)})"
    return size, ""


def _why(observation: Observation) -> str:
    if observation.value.is_float:
        return (
            "likely a tie, a tree split behind round-off or a solver that did not converge; sort stably, round features"
        )
    return "likely a tie in a sort, a neighbour search or a set's order; sort stably and break ties by a key"


def _remarks(noise: Mapping[str, float], environments: list[Mapping[str, object]]) -> Iterator[str]:
    loose = [name for name, size in noise.items() if size > LOOSE]
    if loose:
        yield f"only loosely guarded, since round-off moves it by more than {LOOSE:g}: {', '.join(sorted(loose)[:5])}"
    for machine in environments:
        missing = machine["without_effect"]
        if isinstance(missing, list) and missing:
            yield f"on {machine['name']}, without effect here: {', '.join(map(str, missing))}"
