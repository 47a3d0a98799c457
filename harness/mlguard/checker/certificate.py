"""The noise certificate: re-run a guard on emulated machines, and keep how far round-off alone moves what it sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from mlguard.checker.clock import depends_on, differs_elsewhere
from mlguard.checker.machines import JITTERS, MACHINES, MOMENTS, Jitter, inert
from mlguard.checker.noise import Noise
from mlguard.checker.suspect import unstable
from mlguard.core.record import INTERNAL, Key, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import SOLVER_FLOOR, coarser, pool
from mlguard.core.unstable import Unstable
from mlguard.discovery import Declared
from mlguard.report.causes import say_cause
from mlguard.runner.order import Change
from mlguard.runner.run import Runner
from mlguard.worker.describe import effect
from mlguard.worker.environment import Environment
from mlguard.worker.moment import USUAL

LOOSE = 1e-6
"""Noise from which a guard in float64 is only loosely guarded: its solver did not converge."""


@dataclass(frozen=True)
class Certificate:
    """How far round-off moves a guard, on which machines, and what no tolerance can hold."""

    noise: Mapping[str, float] = field(default_factory=dict)
    """Largest noise per unit of scale, by pool; only what moved at all."""
    zeros: Mapping[str, float] = field(default_factory=dict)
    """Largest magnitude, by pool, of what is zero but for the round-off of larger numbers."""
    environments: tuple[Mapping[str, object], ...] = ()
    """The machines, with the knobs that did not take effect."""
    unstable: tuple[Unstable, ...] = ()
    """What jumped in the main run, in words: observation, row, likely cause and cure."""
    unsteady_runs: frozenset[str] = frozenset()
    """Secondary runs in which something jumped."""
    unsteady_rows: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    """Probe rows that jumped, by the key of their status."""
    remarks: tuple[str, ...] = ()
    """Quiet lines: knobs without effect, loosely guarded answers."""


def measure(
    runner: Runner,
    guard: Declared,
    record: Record,
    progress: Callable[[str], None],
    machines: Mapping[str, Environment] = MACHINES,
) -> Certificate:
    """Run a guard on each emulated machine and compare with the Record of this one.

    Where neither a BLAS kernel nor an instruction set can be emulated, round-off of the input stands for other
    machines, and the certificate says so.
    """
    seen = Noise(Rules.of(guard.options))
    environments: list[Mapping[str, object]] = []
    tried: list[tuple[Environment, list[str]]] = []
    for number, (name, machine) in enumerate(machines.items(), start=1):
        progress(f"{guard.ref.name}: noise on {name} ({number} of {len(machines)})")
        moment = MOMENTS.get(name, USUAL)
        other = runner.run(guard, environment=machine, moment=moment, bundle=False).record
        described = dict(other.provenance.environment)
        without = list(dict.fromkeys([*effect(machine, described), *described.get("without_effect", ())]))
        tried.append((machine, without))
        environments.append({"name": name, "without_effect": without})
        seen.add(record, other, name)
    if seen.jumps or seen.runs or any(seen.rows.values()) or differs_elsewhere(record, Rules.of(guard.options)):
        progress(f"{guard.ref.name}: does the time zone or the day move it?")
        clock = depends_on(runner, guard, record)
        if clock:
            return Certificate(environments=tuple(environments), unstable=tuple(map(say_cause, clock)))
    missing = inert(tried)
    for name, seed in JITTERS.items() if missing else ():
        progress(f"{guard.ref.name}: noise from {name}")
        seen.add_jitter(record, runner.run(guard, change=Change(data=Jitter(seed)), bundle=False).record)
        environments.append({"name": name, "without_effect": []})
    return Certificate(
        seen.sizes,
        seen.zeros,
        tuple(environments),
        tuple(unstable(seen.jumps, machines)),
        frozenset(seen.runs),
        {key: frozenset(rows) for key, rows in seen.rows.items()},
        tuple(_remarks(_loose(record, seen.sizes), environments, missing)),
    )


def precision(record: Record) -> str:
    """`float32` where most of what the model learned is single precision, whatever type the answers have."""
    learned = [o.value for o in record if (o.run, o.stage, o.role) == (MAIN, "train", INTERNAL) and o.value.is_float]
    single = sum(value.size for value in learned if value.dtype in ("float32", "float16"))
    # A plain number of Python is double whatever the model computes in.
    double = sum(value.size for value in learned if value.dtype not in ("float32", "float16") and value.shape)
    return "float32" if single > double else "float64"


def _loose(record: Record, noise: Mapping[str, float]) -> dict[str, float]:
    """What decides and moves under round-off by more than a solver that converged would let it, with that limit."""
    learned = precision(record)
    limits = {pool(o): max(LOOSE, SOLVER_FLOOR[coarser(o.value.dtype, learned)]) for o in record if o.role != INTERNAL}
    return {name: limits[name] for name in sorted(noise) if noise[name] > limits.get(name, inf)}


def _remarks(
    loose: Mapping[str, float], environments: list[Mapping[str, object]], missing: Sequence[str]
) -> Iterator[str]:
    if missing:
        yield (
            f"no other machine can be emulated by {' or '.join(missing)} here: round-off of the input, one unit in "
            "the last place, stands for it"
        )
    if loose:
        names = ", ".join([*loose][:5])
        yield (
            f"only loosely guarded, since round-off moves it by more than {min(loose.values()):.2g}: {names}; a solver "
            "that converges (more iterations, scaled features) would hold it better"
        )
    for machine in environments:
        without = machine["without_effect"]
        if isinstance(without, list) and without:
            yield f"on {machine['name']}, without effect here: {', '.join(map(str, without))}"
