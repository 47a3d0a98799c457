"""A Tolerance: how far two floating-point values may be apart, and the evidence for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mlguard.core.run_name import Config, Levels, Seed
from mlguard.core.value import Value

if TYPE_CHECKING:
    from mlguard.core.record import Observation

FACTOR = 100.0
"""Safety factor on measured noise: with it, three emulated machines left no false alarm on 21 others."""

EPS = {"float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-52, "complex64": 2.0**-23, "complex128": 2.0**-52}
"""Distance from 1.0 to the next number, by dtype."""

SOLVER_FLOOR = {"float16": 4 * EPS["float16"], "float32": 400 * EPS["float32"], "float64": 2.0**-26}
"""Smallest limit per unit of scale, where stopping rules of iterative solvers leave their answers: sqrt(eps) of
float64 (1.5e-8), 400 eps of float32."""

SECONDARY_FLOOR = 1e-6
"""The floor for other data seeds and configurations, whose solvers may stop earlier."""

NOISE_FLOOR = 4.0
"""Units of eps below which noise is not believed to be measurable."""

ZERO = 64 * EPS["float64"]
"""Magnitude up to which both sides count as zero up to rounding, for answers of about one."""


@dataclass(frozen=True)
class Tolerance:
    """The rule for one Observation: `|new - reference| <= rtol * max|reference|`."""

    rtol: float
    """Limit per unit of the Observation's scale."""
    noise: float | None = None
    """Largest noise measured, per unit of scale; None where nothing was measured."""
    source: str = "floor"
    """What the limit came from: `floor` or `noise`."""
    zero: float = ZERO
    """Magnitude up to which both sides count as zero."""

    def limit(self, reference: Value) -> float:
        """The largest absolute difference that passes."""
        return self.rtol * reference.scale

    @property
    def noise_limit(self) -> float:
        """Limit per unit of scale that the measured noise alone allows; all of `rtol` where none was measured."""
        if self.noise is None:
            return self.rtol
        return min(self.rtol, max(FACTOR * self.noise, NOISE_FLOOR * EPS["float64"]))


EXACT = Tolerance(0.0)
"""Lets nothing pass, and so tells how far two values are apart."""


@dataclass(frozen=True)
class Tolerances:
    """The rules of one golden: a floor for everything, measured noise where there is some."""

    precision: str = "float64"
    """The floating-point type that the guarded code learns in; decides the floor of what it answers."""
    floor: str = "solver"
    """`solver`, or `noise` for closed-form pipelines, which need no floor against stopping rules."""
    noise: Mapping[str, float] = field(default_factory=dict)
    """Largest noise seen per unit of scale, by `pool` of the Observations."""
    environments: tuple[Mapping[str, object], ...] = ()
    """The emulated machines on which the noise was measured, with what took effect."""
    zeros: Mapping[str, float] = field(default_factory=dict)
    """Largest magnitude, by `pool`, of what is only the round-off of larger numbers, and so as good as zero."""

    def rule(self, observation: Observation) -> Tolerance:
        """The Tolerance of one Observation of the golden."""
        noise = self.noise.get(pool(observation))
        floor = self._floor(observation)
        zero = max(ZERO, FACTOR * self.zeros.get(pool(observation), 0.0))
        if noise is not None and FACTOR * noise > floor:
            return Tolerance(FACTOR * noise, noise, "noise", zero)
        return Tolerance(floor, noise, "floor", zero)

    def same_model(self, reference: Observation, gap: float) -> Tolerance:
        """The Tolerance between two answers of one model in one run, which were `gap` apart in the golden.

        What training makes of round-off is part of the noise, and no part of their distance.
        """
        rule = self.rule(reference)
        floor = SOLVER_FLOOR[coarser(reference.value.dtype, self.precision)]
        return replace(rule, rtol=min(rule.rtol, max(floor, FACTOR * gap)))

    def _floor(self, observation: Observation) -> float:
        dtype = coarser(observation.value.dtype, self.precision)
        if self.floor == "noise":
            return NOISE_FLOOR * EPS[dtype]
        floor = SOLVER_FLOOR[dtype]
        return max(floor, SECONDARY_FLOOR) if isinstance(observation.run, Seed | Config | Levels) else floor


def pool(observation: Observation) -> str:
    """The name under which an Observation shares its noise: its answer column, or its own place."""
    if observation.column is not None:
        return f"column {observation.column}"
    return "/".join(observation.key)


def coarser(dtype: str, precision: str) -> str:
    """The floating-point type with the larger eps; complex types count as their parts."""
    real = {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)
    candidates = [name for name in (real, precision) if name in SOLVER_FLOOR] or ["float64"]
    return max(candidates, key=lambda name: EPS[name])
