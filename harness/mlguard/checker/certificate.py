"""The noise certificate: re-run a guard on emulated machines, and keep how far round-off alone moves what it sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from mlguard.checker.clock import depends_on, differs_elsewhere
from mlguard.checker.machines import JITTERS, MACHINES, MOMENTS, Jitter, inert
from mlguard.checker.noise import Noise
from mlguard.checker.suspect import unstable
from mlguard.core.cause import Cause
from mlguard.core.loose import Loose, loosely_guarded
from mlguard.core.record import GATE, INTERNAL, Key, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import Numbers, Tolerances, pool
from mlguard.core.unstable import Unstable, steadied_by
from mlguard.discovery import Declared
from mlguard.runner.order import Change
from mlguard.runner.run import Runner
from mlguard.worker.describe import effect
from mlguard.worker.environment import Environment
from mlguard.worker.moment import USUAL


@dataclass(frozen=True)
class Certificate:
    """How far round-off moves a guard, on which machines, and what no tolerance can hold."""

    noise: Mapping[str, Numbers] = field(default_factory=dict)
    """Largest noise per unit, by pool and column; only what moved at all."""
    zeros: Mapping[str, Numbers] = field(default_factory=dict)
    """Largest magnitude, by pool and column, of what is zero but for the round-off of larger numbers."""
    answering: Mapping[str, Numbers] = field(default_factory=dict)
    """As `noise`, of one saved model that was asked on the machines; only where training is louder than the floor."""
    environments: tuple[Mapping[str, object], ...] = ()
    """The machines, with the knobs that did not take effect."""
    unstable: tuple[Unstable | Cause, ...] = ()
    """What jumped in the main run, or the time zone or day on which it depends."""
    unsteady_runs: frozenset[str] = frozenset()
    """Secondary runs in which something jumped."""
    unsteady_rows: Mapping[Key, frozenset[str]] = field(default_factory=dict)
    """Probe rows that jumped, by the key of their status."""
    loose: tuple[Loose, ...] = ()
    """What decides and may move far without being noticed."""
    inert: tuple[str, ...] = ()
    """Knobs that took effect on no machine, so that round-off of the input stood for other machines."""


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
    guard = guard.as_in(record)
    seen = Noise(Rules.of(guard.options))
    environments: list[Mapping[str, object]] = []
    tried: list[tuple[Environment, list[str]]] = []

    def on(numbered: tuple[int, str]) -> Record:
        number, name = numbered
        progress(f"{guard.ref.name}: noise on {name} ({number} of {len(machines)})")
        moment = MOMENTS.get(name, USUAL)
        return runner.run(guard, environment=machines[name], moment=moment, bundle=False).record

    for (name, machine), other in zip(machines.items(), runner.each(on, [*enumerate(machines, start=1)]), strict=True):
        described = dict(other.provenance.environment)
        without = list(dict.fromkeys([*effect(machine, described), *described.get("without_effect", ())]))
        tried.append((machine, without))
        environments.append({"name": name, "without_effect": without})
        seen.add(record, other, name)
    if seen.jumps or seen.runs or any(seen.rows.values()) or differs_elsewhere(record, Rules.of(guard.options)):
        progress(f"{guard.ref.name}: time zone and day, each by itself")
        clock = depends_on(runner, guard, record)
        if clock:
            return Certificate(environments=tuple(environments), unstable=tuple(clock))
    missing = inert(tried)

    def moved(name: str) -> Record:
        progress(f"{guard.ref.name}: noise from {name}")
        return runner.run(guard, change=Change(data=Jitter(JITTERS[name])), bundle=False).record

    jitters = [*JITTERS] if missing else []
    for name, other in zip(jitters, runner.each(moved, jitters), strict=True):
        seen.add_jitter(record, other)
        environments.append({"name": name, "without_effect": []})
    made = Certificate(
        seen.sizes,
        seen.zeros,
        environments=tuple(environments),
        unstable=tuple(unstable(seen.jumps, machines, steadied_by(record))),
        unsteady_runs=frozenset(seen.runs),
        unsteady_rows={key: frozenset(rows) for key, rows in seen.rows.items()},
        inert=tuple(missing),
    )
    if not made.unstable:
        progress(f"{guard.ref.name}: noise of answering")
        made = replace(made, answering=_answering(runner, guard, record, made, machines))
    return replace(made, loose=loosely_guarded(replace(record, tolerances=tolerances_of(guard, record, made))))


def _answering(
    runner: Runner, guard: Declared, record: Record, made: Certificate, machines: Mapping[str, Environment]
) -> dict[str, Numbers]:
    """How far round-off moves what one saved model answers, where training and answering together move it far."""
    tolerances = tolerances_of(guard, record, made)
    answers = [o for o in record if (o.run, o.stage, o.role) == (MAIN, "predict", GATE) and o.column]
    loud = {pool(o) for o in answers if tolerances.rule(o).source == "noise"}
    if not loud:
        return {}
    own, others = runner.answers(guard, list(machines.values()))
    seen = Noise(Rules.of(guard.options))
    for other in others:
        asked = other.by_key()
        seen.add(own.with_observations(tuple(o for o in own if o.key in asked)), other, "answering")
    jumped = {pool(jump.observation) for jump in seen.jumps}
    return {name: made.noise[name] if name in jumped else seen.sizes.get(name, 0.0) for name in sorted(loud)}


def tolerances_of(guard: Declared, record: Record, certificate: Certificate) -> Tolerances:
    """The rules that follow from a certificate and from how the guard was declared."""
    return Tolerances(
        precision=precision(record),
        floor=guard.options.floor,
        noise=certificate.noise,
        environments=certificate.environments,
        zeros=certificate.zeros,
        answering=certificate.answering,
        loose=guard.options.loose,
    )


def precision(record: Record) -> str:
    """`float32` where most of what the model learned is single precision, whatever type the answers have."""
    learned = [o.value for o in record if (o.run, o.stage, o.role) == (MAIN, "train", INTERNAL) and o.value.is_float]
    single = sum(value.size for value in learned if value.dtype in ("float32", "float16"))
    # A plain number of Python is double whatever the model computes in.
    double = sum(value.size for value in learned if value.dtype not in ("float32", "float16") and value.shape)
    return "float32" if single > double else "float64"
