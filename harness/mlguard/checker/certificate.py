"""The noise certificate: re-run a guard on emulated machines, and keep how far round-off alone moves what it sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from mlguard.checker.check import rules
from mlguard.core import probe as probes
from mlguard.core.difference import Difference, difference
from mlguard.core.record import CONTRACT_VALUE, GATE, INTERNAL, MAIN, Key, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.tolerance import FACTOR, Tolerance, pool
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
"""Noise per unit of scale from which a move is a jump, where most elements stay in place."""

STILL = 1e-9
"""Noise per unit of scale below which an element stays in place."""

LOOSE = 1e-6
"""Noise from which a guard is only loosely guarded: its solver did not converge."""

ANYTHING = Tolerance(0.0)


@dataclass(frozen=True)
class Certificate:
    """How far round-off moves a guard, on which machines, and what no tolerance can hold."""

    noise: Mapping[str, float] = field(default_factory=dict)
    """Largest noise per unit of scale, by pool; only what moved at all."""
    environments: tuple[Mapping[str, object], ...] = ()
    """The machines, with the knobs that did not take effect."""
    unstable: tuple[str, ...] = ()
    """What jumped in the main run, in words: observation, row, likely cause and cure."""
    unsteady_runs: frozenset[str] = frozenset()
    """Secondary runs in which something jumped."""
    unsteady_rows: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    """Probe rows that jumped, by the key of their status."""
    remarks: tuple[str, ...] = ()
    """Quiet lines: knobs without effect, loosely guarded answers."""


def measure(runner: Runner, guard: Declared, record: Record, progress: Callable[[str], None]) -> Certificate:
    """Run a guard on each emulated machine and compare with the Record of this one."""
    seen = _Noise(rules(guard))
    environments: list[Mapping[str, object]] = []
    for name, machine in MACHINES.items():
        progress(f"{guard.ref.name}: noise on {name}")
        other = runner.run(guard, environment=machine, bundle=False).record
        without = list(dict.fromkeys(effect(machine, dict(other.provenance.environment))))
        environments.append({"name": name, "without_effect": without})
        seen.add(record, other, name)
    return Certificate(
        seen.noise,
        tuple(environments),
        tuple(seen.unstable),
        frozenset(seen.runs),
        {key: frozenset(rows) for key, rows in seen.rows.items()},
        tuple(_remarks(seen.noise, environments)),
    )


class _Noise:
    """What the emulated machines have shown so far."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.noise: dict[str, float] = {}
        self.unstable: list[str] = []
        self.runs: set[str] = set()
        self.rows: dict[Key, set[str]] = {}

    def add(self, record: Record, other: Record, machine: str) -> None:
        """Take in one machine's Record."""
        after = other.by_key()
        for observation in record:
            new = after.get(observation.key)
            if observation.role in (GATE, INTERNAL, CONTRACT_VALUE):
                self._take(observation, new, machine)
        for group in probes.groups(record):
            found = probes.find(other, group)
            if found is not None:
                self._take_probes(group, found)

    def _take(self, observation: Observation, new: Observation | None, machine: str) -> None:
        moved = None if new is None else difference(observation.value, new.value, ANYTHING)
        if moved is not None and (moved.exact or not _jumps(observation, new, moved)):
            self._keep(observation, moved.max_scaled or 0.0)
        elif observation.role != GATE or self.rules.waived(observation):
            return  # It explains, or was asked in another way: what jumps there shows in what gates, or nowhere.
        elif observation.run != MAIN:
            self.runs.add(observation.run)
        else:
            where = f", row {moved.worst[0].place}" if moved is not None and moved.worst else ""
            self.unstable.append(f"{observation.label} jumps{where} on {machine} ({_why(observation)})")

    def _take_probes(self, group: probes.Group, new: probes.Group) -> None:
        """Probe rows one by one: a row that jumps is left out, the others say how large round-off is."""
        places, new_places = group.places(), new.places()
        unsteady = self.rows.setdefault(group.status.key, set())
        defined = group.defined()
        unsteady |= {row for row in defined if _status(new, new_places, row) != probes.ANSWERED}
        for name, column in group.columns.items():
            both = [row for row in defined if row not in unsteady and name in new.columns]
            if not both:
                continue
            old = column.value.take_rows([places[row] for row in both])
            moved = difference(old, new.columns[name].value.take_rows([new_places[row] for row in both]), ANYTHING)
            if _jumps(column, new.columns[name], moved):
                unsteady |= set(moved.rows)
            else:
                self._keep(column, moved.max_scaled or 0.0)

    def _keep(self, observation: Observation, size: float) -> None:
        if size:
            self.noise[pool(observation)] = max(size, self.noise.get(pool(observation), 0.0))


def _status(group: probes.Group, places: Mapping[str, int], row: str) -> str:
    return str(group.status.value.data[places[row]]) if row in places else "gone"


def _jumps(observation: Observation, new: Observation | None, moved: Difference) -> bool:
    """Whether a move is a jump behind a discontinuity: another structure, another label, or few elements far away.

    Where all elements move together, as in a solver that did not converge, the noise is large and no jump; neither
    is a single number, which only follows from others, unless its limit would exceed the number itself.
    """
    if moved.exact:
        return False
    if moved.structure or (moved.moved and not observation.value.is_float) or new is None:
        return True
    if moved.max_scaled is None or not np.isfinite(moved.max_scaled):
        return True
    if bool(np.any(np.isfinite(observation.value.data) != np.isfinite(new.value.data))):
        return True  # An answer that is none elsewhere: its size says nothing.
    if observation.value.size == 1:
        return FACTOR * moved.max_scaled > 1.0  # A limit beyond the value itself would hold nothing.
    if moved.max_scaled <= JUMP:
        return False
    scale = observation.value.scale or 1.0
    sizes = np.abs(observation.value.data - new.value.data) / scale
    return bool(np.nanmedian(sizes) < STILL)


def _why(observation: Observation) -> str:
    if observation.value.is_float:
        return "likely a tie or a tree split behind round-off; sort stably, or round the features that decide"
    return "likely a tie in a sort, a neighbour search or a set's order; sort stably and break ties by a key"


def _remarks(noise: Mapping[str, float], environments: list[Mapping[str, object]]) -> Iterator[str]:
    loose = [name for name, size in noise.items() if size > LOOSE]
    if loose:
        yield f"only loosely guarded, since round-off moves it by more than {LOOSE:g}: {', '.join(sorted(loose)[:5])}"
    for machine in environments:
        missing = machine["without_effect"]
        if isinstance(missing, list) and missing:
            yield f"on {machine['name']}, without effect here: {', '.join(map(str, missing))}"
