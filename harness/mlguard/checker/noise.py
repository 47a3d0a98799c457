"""What re-runs of a guard show of its noise: how far round-off carries each Observation, and what jumps behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from mlguard.checker.ties import tied_keys
from mlguard.core import probe as probes
from mlguard.core.columns import Array, magnitudes
from mlguard.core.difference import Difference, difference, shares
from mlguard.core.nested import NESTED
from mlguard.core.record import CONTRACT_VALUE, GATE, INTERNAL, Key, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import EXACT, FACTOR, ZERO, Numbers, pool
from mlguard.core.value import Value

JUMP = 1e-3
"""Noise per unit from which a move is a jump, where most elements of its column stay in place."""

STILL = 1e-9
"""Noise per unit below which an element stays in place."""

SHAKEN = 0.1
"""Share of its own size by which round-off shakes a number that is as good as zero."""

KEPT = 512
"""Columns up to which each keeps a noise of its own."""


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
        self.sizes: dict[str, Numbers] = {}
        self.zeros: dict[str, Numbers] = {}
        self.jumps: list[Jump] = []
        self.runs: set[str] = set()
        self.rows: dict[Key, set[str]] = {}
        self.answers = 1.0

    def add(self, record: Record, other: Record, machine: str) -> None:
        """Take in one machine's Record."""
        self.answers = max([1.0, *(_usual(o.value) for o in record if o.run == MAIN and o.column and o.role == GATE)])
        after, tied = other.by_key(), tied_keys(record, other, self.rules)
        for observation in record:
            new = after.get(observation.key)
            if observation.role in (GATE, INTERNAL, CONTRACT_VALUE) and observation.key not in tied:
                self._take(observation, new, machine)
        for group in probes.groups(record):
            found = probes.find(other, group)
            if found is not None:
                self._take_probes(group, found, tied)

    def add_jitter(self, record: Record, other: Record) -> None:
        """Take in a run on moved tables: only sizes, since a planted tie may well jump when its data move."""
        alone = Noise(self.rules)
        alone.add(record, other, "moved input")
        for name, size in alone.sizes.items():
            self.sizes[name] = largest(size, self.sizes.get(name, 0.0))

    def _take(self, observation: Observation, new: Observation | None, machine: str) -> None:
        moved = None if new is None else difference(observation.value, new.value, EXACT)
        if new is not None and moved is not None and (moved.exact or self._kept(observation, new.value, moved)):
            return
        if observation.role == GATE and self.rules.waived(observation):
            return  # Its owner knows.
        if observation.run != MAIN and observation.role == GATE:
            self.runs.add(observation.run)
        else:
            row = moved.worst[0].place if moved is not None and moved.worst else ""
            self.jumps.append(Jump(observation, machine, row, _undefined(observation, new)))

    def _kept(self, observation: Observation, new: Value, moved: Difference) -> bool:
        """Keep how far each column moved, and what of it is zero but for round-off; whether that is no jump."""
        value = observation.value
        if value.dtype in NESTED and not moved.structure:
            return self._kept_inside(observation, moved.max_scaled or 0.0)
        if moved.structure or not (value.is_float and new.is_float):
            return not moved.moved and not moved.structure
        found, zero = shares(value, new), self._rounds_to_zero(value, new)
        noise = np.where(zero, 0.0, found)
        if jumps(noise):
            return False
        sizes = np.maximum(np.abs(magnitudes(value)), np.abs(magnitudes(new)))
        name, apart = pool(observation), observation.role != INTERNAL and value.row_width <= KEPT
        _keep(self.sizes, name, noise, apart=apart)
        _keep(self.zeros, name, np.where(zero, sizes, 0.0), apart=apart)
        return True

    def _kept_inside(self, observation: Observation, size: float) -> bool:
        """The same for the numbers within nested cells, of which only the farthest move is known."""
        if not size <= JUMP:
            return False
        _keep(self.sizes, pool(observation), np.array([size]), apart=False)
        return True

    def _rounds_to_zero(self, value: Value, new: Value) -> Array:
        """Which numbers are only what round-off left of larger ones, as the mean of a fit's residuals.

        Small and shaken by about their own size: a number that is small and steady is a number.
        """
        one, other = np.abs(magnitudes(value)), np.abs(magnitudes(new))
        size = np.maximum(one, other)
        with np.errstate(invalid="ignore"):
            shaken = np.abs(magnitudes(value) - magnitudes(new)) >= SHAKEN * size
            return np.asarray((size > 0) & (size <= ZERO * self.answers) & shaken)

    def _take_probes(self, group: probes.Group, new: probes.Group, tied: Collection[Key]) -> None:
        """Probe rows one by one: a row that jumps is left out, the others say how large round-off is."""
        places, new_places = group.places(), new.places()
        unsteady = self.rows.setdefault(group.status.key, set())
        defined = group.defined()
        unsteady |= {row for row in defined if _status(new, new_places, row) != probes.ANSWERED}
        for name, column in group.columns.items():
            both = [row for row in group.defined_in(name) if row not in unsteady and name in new.columns]
            if not both or column.key in tied:
                continue
            old = column.value.take_rows([places[row] for row in both])
            answered = new.columns[name].value.take_rows([new_places[row] for row in both])
            moved = difference(old, answered, EXACT)
            if not self._kept(replace(column, value=old), answered, moved):
                unsteady |= set(moved.rows)


def _keep(known: dict[str, Numbers], name: str, found: Array, *, apart: bool) -> None:
    """Keep the largest number of each column, or of all of them where they are not kept apart."""
    size = found.max(axis=0, initial=0.0) if apart else found.max(initial=0.0)
    if np.any(size):
        known[name] = largest(tuple(np.atleast_1d(size).tolist()), known.get(name, 0.0))


def largest(one: Numbers, other: Numbers) -> Numbers:
    """The larger number of each column; of all where the two know other columns."""
    first, second = np.atleast_1d(one), np.atleast_1d(other)
    if len(first) != len(second) and 1 not in (len(first), len(second)):
        return float(max(first.max(), second.max()))
    numbers = np.maximum(first, second).tolist()
    return tuple(numbers) if len(numbers) > 1 else float(numbers[0])


def _usual(value: Value) -> float:
    """The median size of a Value's finite numbers, which no sentinel sets."""
    size = np.abs(magnitudes(value)) if value.is_float else np.zeros(0)
    finite = size[np.isfinite(size)]
    return float(np.median(finite)) if finite.size else 0.0


def _undefined(observation: Observation, new: Observation | None) -> bool:
    return any(o is not None and o.value.is_float and not np.all(np.isfinite(o.value.data)) for o in (observation, new))


def _status(group: probes.Group, places: Mapping[str, int], row: str) -> str:
    return str(group.status.value.data[places[row]]) if row in places else "gone"


def jumps(moved: Array) -> bool:
    """Whether a move, told per unit with one row per first index, is a jump behind a discontinuity.

    A jump is a number that came or went, or few of a column that moved far. Where all numbers of a column move
    together, as in a solver that did not converge, the noise is large and no jump; neither is a single number, which
    only follows from others, unless its limit would exceed the number itself.
    """
    if not np.isfinite(moved).all():
        return True  # An answer that is none elsewhere: its size says nothing.
    if moved.size == 1:
        return bool(FACTOR * moved.max() > 1.0)  # A limit beyond the value itself would hold nothing.
    if not moved.size:
        return False
    return bool(((moved.max(axis=0) > JUMP) & (np.median(moved, axis=0) < STILL)).any())
