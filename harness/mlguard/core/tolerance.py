"""A Tolerance: how far two floating-point values may be apart, and the evidence for that."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mlguard.core.columns import EPS, Array, Columns, columns_of, eps_of, magnitudes
from mlguard.core.run_name import MAIN, Config, Levels, Seed
from mlguard.core.value import Value

if TYPE_CHECKING:
    from mlguard.core.record import Observation

FACTOR = 100.0
"""Safety factor on measured noise: with it, three emulated machines left no false alarm on 21 others."""

ROUND_OFF = 1e-6
"""Noise per unit up to which it is round-off, and the factor holds; above, the factor falls with its square root."""

LEAST_FACTOR = 3.0
"""What remains of the factor for large noise, which only an owner's word lets count."""

LOOSEST = 1e-3
"""The largest limit per unit of spread without the owner's word."""

SOLVER_FLOOR = {"float16": 4 * EPS["float16"], "float32": 2.0**-11, "float64": 2.0**-26}
"""Smallest limit per unit of spread, where stopping rules of iterative solvers leave their answers: sqrt(eps) of
float64 (1.5e-8); in single precision 4.9e-4, since training in another order moves a small network that far."""

ANSWERING_FLOOR = {**SOLVER_FLOOR, "float32": 400 * EPS["float32"]}
"""The same for two answers of one model, which no training has set apart."""

SECONDARY_FLOOR = 1e-6
"""The floor for other data seeds and configurations, whose solvers may stop earlier."""

NOISE_FLOOR = 4.0
"""Units of eps below which noise is not believed to be measurable."""

GRAIN = 64.0
"""Units of eps of a number itself by which it may always move: the same calculation in another order."""

ZERO = 64 * EPS["float64"]
"""Largest magnitude, per unit of the largest answer, of what may be the round-off of larger numbers and so zero."""

BEFORE_TRAINING = ("dataset", "split", "features")
"""Stages whose numbers no precision of learning has touched."""

Numbers = float | tuple[float, ...]
"""A number for all columns of an Observation, or one for each of them."""


class Alike(IntEnum):
    """How far two Records are bitwise the same, so that noise of what came before is no excuse."""

    NOTHING = 0
    """Training may have made something else of round-off."""
    PARAMETERS = 1
    """The learned parameters are equal: answers may differ by the round-off of answering only."""
    ANSWERS = 2
    """The answers of the main run are equal: its metrics are computed from the same numbers."""


@dataclass(frozen=True)
class Tolerance:
    """The rule for one Observation: how far each of its elements may move."""

    rtol: Numbers
    """Limit per unit, which is a column's spread; a number for each column where they differ."""
    noise: Numbers | None = None
    """Largest noise measured, per unit; None where nothing was measured."""
    source: str = "floor"
    """What the limit came from: `floor` or `noise`."""
    zero: Numbers = 0.0
    """Magnitude up to which numbers of a column are the round-off of larger ones; 0 where they are not."""
    eps: float = 0.0
    """Distance from 1.0 to the next number of the type in which the elements were computed; 0 lets nothing pass."""
    columns: Columns | None = None
    """The columns of the Value that the units are taken from; None for those of the reference itself."""
    whole: bool = False
    """Whether the unit is the largest magnitude of the whole Value, as for sums of its blocks."""

    def on(self, value: Value) -> Tolerance:
        """The same rule with the units of another Value, of which the reference is a part."""
        return replace(self, columns=columns_of(value)) if value.is_numeric else self

    def units(self, reference: Value) -> Array:
        """What a move of each element is told in."""
        if self.whole:
            return np.full(reference.size, reference.scale)
        return (self.columns or columns_of(reference)).units(reference)

    def limits(self, reference: Value) -> Array:
        """The largest absolute difference of each element that passes."""
        return self._limits(reference, _array(self.rtol))

    def noise_limits(self, reference: Value) -> Array:
        """The same as far as the measured noise alone allows; all of it where none was measured."""
        if self.noise is None:
            return self.limits(reference)
        measured = np.maximum(widened(self.noise), NOISE_FLOOR * EPS["float64"])
        return self._limits(reference, np.minimum(_array(self.rtol), measured))

    def noise_seen(self, reference: Value) -> Array | None:
        """The noise that was measured, without any factor, for each element; None where none was."""
        if self.noise is None or not reference.size:
            return None
        units = self.units(reference)
        return _each(self.noise, units) * units

    def _limits(self, reference: Value, rtol: Array) -> Array:
        if not reference.size:
            return np.zeros(0)
        if self.whole:
            return np.full(reference.size, float(rtol[0]) * reference.scale)
        columns = self.columns or columns_of(reference)
        units, size = columns.units(reference), np.abs(magnitudes(reference)).reshape(-1)
        with np.errstate(invalid="ignore", over="ignore"):
            limits = _each(rtol, units) * units + GRAIN * self.eps * size
            if self.eps:
                limits = self._on_grid(limits, units, size, columns.half_steps(reference), eps_of(reference))
        limits = np.where(np.isfinite(size), limits, 0.0)
        zero = _each(self.zero, units)
        return np.maximum(limits, np.where(size <= zero, zero, 0.0))

    def _on_grid(self, limits: Array, units: Array, size: Array, half_steps: Array, eps: float) -> Array:
        """Rounded numbers keep their round-off and the measured noise, and never half the way to their neighbour."""
        noise = _each(widened(self.noise or 0.0), units) * units
        held = np.maximum(GRAIN * eps * np.maximum(size, units), noise)
        held = np.minimum(np.minimum(limits, held), half_steps * (1 - 1e-9))
        return np.where(np.isfinite(half_steps), held, limits)


EXACT = Tolerance(0.0)
"""Lets nothing pass, and so tells how far two values are apart."""


@dataclass(frozen=True)
class Tolerances:
    """The rules of one golden: a floor for everything, measured noise where there is some."""

    precision: str = "float64"
    """The floating-point type that the guarded code learns in; decides the floor of what it answers."""
    floor: str = "solver"
    """`solver`, or `noise` for closed-form pipelines, which need no floor against stopping rules."""
    noise: Mapping[str, Numbers] = field(default_factory=dict)
    """Largest noise seen per unit, by `pool` of the Observations, for each column where it differs."""
    environments: tuple[Mapping[str, object], ...] = ()
    """The emulated machines on which the noise was measured, with what took effect."""
    zeros: Mapping[str, Numbers] = field(default_factory=dict)
    """Largest magnitude, by `pool`, of what is only the round-off of larger numbers, and so as good as zero."""
    answering: Mapping[str, Numbers] = field(default_factory=dict)
    """As `noise`, but of one saved model that was asked on those machines; only where training is much louder."""
    loose: Mapping[str, str] = field(default_factory=dict)
    """Observations that their owner lets move by more than `LOOSEST`, with the reason."""
    largest: bool = False
    """Whether noise was measured per unit of the largest number of a pool, as mlguard did before it knew columns."""
    alike: Alike = Alike.NOTHING
    """How far the Record that is compared is bitwise the golden's; never stored."""

    def rule(self, observation: Observation) -> Tolerance:
        """The Tolerance of one Observation of the golden."""
        noise = self._noise(observation)
        floor = self._floor(observation)
        zero = _zero(self.zeros.get(pool(observation), 0.0))
        wider = _widest(noise or 0.0, floor, math.inf if self._loosened(observation) else LOOSEST)
        rtol, basis = (floor, "floor") if wider is None else (wider, "noise")
        return Tolerance(rtol, noise, basis, zero, computed_eps(observation, self.precision))

    def same_model(self, reference: Observation, gap: float) -> Tolerance:
        """The Tolerance between two answers of one model in one run, which were `gap` apart in the golden.

        What training makes of round-off is part of the noise, and no part of their distance.
        """
        rule = self.rule(reference)
        floor = ANSWERING_FLOOR[coarser(reference.value.dtype, self.precision)]
        held = np.minimum(_array(rule.rtol), max(floor, min(float(widened(gap)[0]), LOOSEST)))
        return replace(rule, rtol=tuple(held.tolist()))

    def _noise(self, observation: Observation) -> Numbers | None:
        """The noise of an Observation's columns: of answering or of nothing where what came before is the same."""
        if self._follows(observation):
            return self.answering.get(pool(observation), 0.0)
        if not self.largest:
            return self.noise.get(pool(observation))
        shared = pool(observation) if observation.column is None else f"column {observation.column}"
        known = self.noise.get(shared)
        return None if known is None else _in_units(known, observation.value)

    def _follows(self, observation: Observation) -> bool:
        """Whether what an Observation was computed from is bitwise the same: the parameters, or a metric's answers."""
        needed = {"predict": Alike.PARAMETERS, "evaluate": Alike.ANSWERS}.get(observation.stage)
        return needed is not None and self.alike >= needed and observation.run == MAIN

    def _loosened(self, observation: Observation) -> bool:
        names = (*observation.names, observation.column or observation.name)
        return any(name == glob or fnmatchcase(name, glob) for glob in self.loose for name in names)

    def _floor(self, observation: Observation) -> float:
        untouched = observation.stage in BEFORE_TRAINING
        dtype = coarser(observation.value.dtype, "float64" if untouched else self.precision)
        if self.floor == "noise":
            return NOISE_FLOOR * EPS[dtype]
        floor = (ANSWERING_FLOOR if self._follows(observation) else SOLVER_FLOOR)[dtype]
        return max(floor, SECONDARY_FLOOR) if isinstance(observation.run, Seed | Config | Levels) else floor


@lru_cache(maxsize=1024)
def _zero(largest: Numbers) -> tuple[float, ...]:
    """What is as good as zero, by column; nearly all Observations of a run share it."""
    return tuple((FACTOR * _array(largest)).tolist())


@lru_cache(maxsize=1024)
def _widest(noise: Numbers, floor: float, most: float) -> tuple[float, ...] | None:
    """What measured noise allows by column, `most` at most; None where the floor allows as much."""
    allowed = np.minimum(widened(noise), most)
    return tuple(np.maximum(allowed, floor).tolist()) if (allowed > floor).any() else None


def pool(observation: Observation) -> str:
    """The name under which an Observation shares its noise: its answer column in this run, or its own place."""
    if observation.column is None:
        return "/".join(observation.key)
    own = f"column {observation.column}"
    return f"{observation.run}: {own}" if isinstance(observation.run, Seed | Config | Levels) else own


def coarser(dtype: str, precision: str) -> str:
    """The floating-point type with the larger eps; complex types count as their parts."""
    real = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
    candidates = [name for name in (real, precision) if name in SOLVER_FLOOR] or ["float64"]
    return max(candidates, key=lambda name: EPS[name])


def computed_eps(observation: Observation, precision: str) -> float:
    """The eps of the type in which an Observation's numbers were computed.

    Answers of a model that learns in single precision may be widened afterwards: then all of them are numbers of single
    precision. What comes before training has the precision of its own type.
    """
    data, own = observation.value.data, eps_of(observation.value)
    if own != EPS["float64"] or precision != "float32" or observation.stage in BEFORE_TRAINING:
        return own
    if data.dtype.kind != "f":
        return own
    with np.errstate(over="ignore", invalid="ignore"):
        narrow = data.astype(np.float32).astype(np.float64)
    return EPS["float32"] if np.array_equal(narrow, data, equal_nan=True) else own


def widened(noise: Numbers) -> Array:
    """The limit that measured noise gives, per unit: 100 times round-off, and ever fewer times larger noise."""
    size = _array(noise)
    with np.errstate(over="ignore"):
        return np.where(
            size <= ROUND_OFF, FACTOR * size, np.maximum(FACTOR * np.sqrt(ROUND_OFF * size), LEAST_FACTOR * size)
        )


def _array(numbers: Numbers | Array) -> Array:
    return np.asarray(numbers, dtype=np.float64).reshape(-1)


def _each(numbers: Numbers | Array, elements: Array) -> Array:
    """Numbers by column for each element; the largest for all where a Value has other columns than its golden."""
    known = _array(numbers)
    if len(known) == 1 or len(elements) % len(known):
        return np.full(len(elements), float(known.max()))
    return np.tile(known, len(elements) // len(known))


def _in_units(noise: Numbers, value: Value) -> Numbers:
    """Noise per unit of the largest number, in units of each column: its own largest number for the usual unit.

    So noise that was measured beside a much larger number holds as it was measured, and widens no other column.
    """
    if not value.is_numeric or not value.size:
        return noise
    size = np.abs(magnitudes(value))
    units = columns_of(value).units(value).reshape(size.shape)
    largest = np.where(np.isfinite(size), size, 0.0).max(axis=0)
    usual = np.array([np.median(column[column > 0]) if (column > 0).any() else 1.0 for column in units.T])
    return tuple((_array(noise).max() * np.maximum(largest / usual, 1.0)).tolist())
