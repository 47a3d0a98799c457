"""What re-runs of a guard show of its noise: how far round-off carries each Observation, and what jumps behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mlguard.core import probe as probes
from mlguard.core.difference import Difference, difference
from mlguard.core.record import CONTRACT_VALUE, GATE, INTERNAL, Key, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import EXACT, FACTOR, ZERO, pool
from mlguard.core.value import Value

JUMP = 1e-3
"""Noise per unit of scale from which a move is a jump, where most elements stay in place."""

STILL = 1e-9
"""Noise per unit of scale below which an element stays in place."""


@dataclass(frozen=True)
class Jump:
    """One Observation that round-off threw somewhere else."""

    observation: Observation
    """As the Record has it."""
    machine: str
    """Where it jumped."""
    row: str = ""
    """The row that jumped farthest; empty where the structure changed."""
    undefined: bool = False
    """Whether it became NaN or infinite, or was that."""


class Noise:
    """What the emulated machines have shown so far."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.sizes: dict[str, float] = {}
        self.zeros: dict[str, float] = {}
        self.jumps: list[Jump] = []
        self.runs: set[str] = set()
        self.rows: dict[Key, set[str]] = {}
        self.answers = 1.0

    def add(self, record: Record, other: Record, machine: str) -> None:
        """Take in one machine's Record."""
        self.answers = max([1.0, *(_finite(o.value) for o in record if o.run == MAIN and o.column and o.role == GATE)])
        after = other.by_key()
        for observation in record:
            new = after.get(observation.key)
            if observation.role in (GATE, INTERNAL, CONTRACT_VALUE):
                self._take(observation, new, machine)
        for group in probes.groups(record):
            found = probes.find(other, group)
            if found is not None:
                self._take_probes(group, found)

    def add_jitter(self, record: Record, other: Record) -> None:
        """Take in a run on moved tables: only sizes, since a planted tie may well jump when its data move."""
        alone = Noise(self.rules)
        alone.add(record, other, "moved input")
        for name, size in alone.sizes.items():
            self.sizes[name] = max(size, self.sizes.get(name, 0.0))

    def _take(self, observation: Observation, new: Observation | None, machine: str) -> None:
        moved = None if new is None else difference(observation.value, new.value, EXACT)
        if new is not None and moved is not None and self._rounds_to_zero(observation, new, moved):
            magnitude = max(observation.value.scale, new.value.scale)
            self.zeros[pool(observation)] = max(magnitude, self.zeros.get(pool(observation), 0.0))
        elif moved is not None and (moved.exact or not jumps(observation, new, moved)):
            self._keep(observation, moved.max_scaled or 0.0)
        elif observation.role == GATE and self.rules.waived(observation):
            return  # Its owner knows.
        elif observation.run != MAIN and observation.role == GATE:
            self.runs.add(observation.run)
        else:
            row = moved.worst[0].place if moved is not None and moved.worst else ""
            self.jumps.append(Jump(observation, machine, row, _undefined(observation, new)))

    def _rounds_to_zero(self, observation: Observation, new: Observation, moved: Difference) -> bool:
        """Whether all that is left of larger numbers is their round-off, as in the mean of a fit's residuals.

        Small and shaken by round-off: a number that is small and steady is a number.
        """
        if moved.close or moved.structure or moved.max_scaled is None or moved.max_scaled < JUMP:
            return False
        values = (observation.value, new.value)
        return all(bool(np.all(np.isfinite(v.data))) and v.scale <= ZERO * self.answers for v in values)

    def _take_probes(self, group: probes.Group, new: probes.Group) -> None:
        """Probe rows one by one: a row that jumps is left out, the others say how large round-off is."""
        places, new_places = group.places(), new.places()
        unsteady = self.rows.setdefault(group.status.key, set())
        defined = group.defined()
        unsteady |= {row for row in defined if _status(new, new_places, row) != probes.ANSWERED}
        for name, column in group.columns.items():
            both = [row for row in group.defined_in(name) if row not in unsteady and name in new.columns]
            if not both:
                continue
            old = column.value.take_rows([places[row] for row in both])
            moved = difference(old, new.columns[name].value.take_rows([new_places[row] for row in both]), EXACT)
            if jumps(column, new.columns[name], moved):
                unsteady |= set(moved.rows)
            else:
                self._keep(column, moved.max_scaled or 0.0)

    def _keep(self, observation: Observation, size: float) -> None:
        if size:
            self.sizes[pool(observation)] = max(size, self.sizes.get(pool(observation), 0.0))


def _finite(value: Value) -> float:
    return value.scale if value.is_float else 0.0


def _undefined(observation: Observation, new: Observation | None) -> bool:
    return any(o is not None and o.value.is_float and not np.all(np.isfinite(o.value.data)) for o in (observation, new))


def _status(group: probes.Group, places: Mapping[str, int], row: str) -> str:
    return str(group.status.value.data[places[row]]) if row in places else "gone"


def jumps(observation: Observation, new: Observation | None, moved: Difference) -> bool:
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
