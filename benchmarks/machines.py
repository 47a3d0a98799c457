"""Whether guards are quiet on other machines than their golden's: `python -m benchmarks.machines`.

Machines are emulated in fresh processes: every OpenBLAS kernel that this CPU can run, SIMD levels, the C library with
and without FMA, one and four threads, two hash seeds. Each guard meets each value of each knob, and each two values of
two knobs meet in some run; `--all` gives every combination to every guard.
"""

from __future__ import annotations

import contextlib
import json
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from benchmarks.covering import covering, everything
from benchmarks.emulating import Emulating
from benchmarks.trial import AT_ONCE, MACHINE, ROOT, Project, Trial, chosen, each, opened, outside, sampled
from mlguard.checker.check import Checker
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.report.sentence import say
from mlguard.settings import load
from mlguard.worker.describe import describe, effect
from mlguard.worker.environment import Environment
from mlguard.worker.job import Job

KERNELS: Mapping[str, tuple[str, ...]] = {
    "x86": ("Prescott", "Nehalem", "Sandybridge", "Bulldozer", "Haswell", "Zen", "SkylakeX", "SapphireRapids"),
    "arm": ("ARMV8", "CORTEXA57", "NEOVERSEN1", "NEOVERSEV1", "THUNDERX2T99"),
}
"""Core types of OpenBLAS by processor family; what this machine cannot run, or runs under another name, is left out."""


@dataclass(frozen=True)
class Seen:
    """What mlguard said on one machine."""

    trial: Trial
    """The guard and the machine."""
    verdict: Verdict
    """The Verdict of `mlguard check` there."""
    without_effect: tuple[str, ...]
    """Knobs that came to nothing; empty where the machine was what it should be."""


def compute(payload: object, progress: object) -> dict[str, Any]:
    """What a worker does to show that its kernels run: products and decompositions in both precisions."""
    import numpy as np

    dtypes: tuple[type[Any], ...] = (np.float32, np.float64, np.complex128)
    for dtype in dtypes:
        square: Any = (np.arange(6400.0).reshape(80, 80) % 17 + np.eye(80) * 100).astype(dtype)
        np.linalg.svd(square @ square.T + square @ square[0])
        np.linalg.solve(square, np.exp(square[0] / 100))
    return describe()


def knobs(runner: Emulating) -> tuple[dict[str, list[object]], list[str]]:
    """The values of each knob that take effect on this machine, and a sentence on each that does not."""
    family = "arm" if platform.machine().lower() in ("aarch64", "arm64") else "x86"
    wished: dict[str, tuple[object, ...]] = {
        "blas_kernel": KERNELS[family], "simd": ("avx2", "none"), "libm": ("no-fma",), "threads": (1, 2, 4),
        "hash_seed": (0, 1),
    }  # fmt: skip
    usual = Environment()
    tried = [(name, v) for name, values in wished.items() for v in values if v != getattr(usual, name)]
    probed = each(tried, lambda knob: _probe(runner, *knob), lambda knob: "knob {}={}".format(*knob))
    found = {name: [getattr(usual, name)] for name in wished if name != "blas_kernel"}
    names: dict[str, str] = {}
    dropped = []
    for (name, value), (problem, kernel) in zip(tried, probed, strict=True):
        if problem is None and name == "blas_kernel" and names.setdefault(kernel, str(value)) != value:
            problem = f"blas_kernel={value} is that of {names[kernel]}"
        if problem is None:
            found.setdefault(name, []).append(value)
        else:
            dropped.append(problem)
    return {name: found.get(name, [None]) for name in wished}, dropped


def machines(guards: Sequence[tuple[str, str]], known: Mapping[str, list[object]], *, every: bool) -> list[Trial]:
    """Machines for guards given by project and name: few that cover all, or every combination."""
    rows = (everything if every else covering)({"guard": list(guards), **known})
    found = []
    for row in rows:
        chosen: Any = row.pop("guard")
        project, guard = chosen
        machine = Environment(**row)  # type: ignore[arg-type]  # Values of its own knobs.
        found.append(Trial(project, guard, named(machine), MACHINE, machine=machine))
    return sorted(found, key=lambda trial: (list(guards).index((trial.project, trial.guard)), trial.name))


def named(machine: Environment) -> str:
    """A machine in one word per knob."""
    kernel = machine.blas_kernel or "own"
    return f"{kernel}_simd-{machine.simd}_libm-{machine.libm}_{machine.threads}t_hash{machine.hash_seed}"


def check_all(projects: Sequence[Project], machine: Environment, trials: Sequence[Trial], work: Path) -> list[Seen]:
    """What `mlguard check` says to trials of one machine, which share its workers."""
    with contextlib.ExitStack() as stack:
        known = {project.name: (project, stack.enter_context(project.runner.on(machine))) for project in projects}
        return [check(*known[trial.project], trial, work) for trial in trials]


def ask(projects: Sequence[Project], trials: Sequence[Trial], work: Path) -> list[Seen]:
    """What `mlguard check` says to each trial; those of one machine follow each other."""
    said: dict[Trial, Seen] = {}
    # Two runs of several threads each would wait for each other's cores far longer than they compute.
    for several, at_once in ((False, AT_ONCE), (True, 1)):
        known = dict.fromkeys(t.machine for t in trials if (t.machine.threads > 1) is several)
        together = [(machine, [t for t in trials if t.machine == machine]) for machine in known]
        checked = each(
            together, lambda both: check_all(projects, *both, work), lambda both: named(both[0]), at_once=at_once
        )
        said |= {seen.trial: seen for some in checked for seen in some}
    return [said[trial] for trial in trials]


def check(project: Project, runner: Emulating, trial: Trial, work: Path) -> Seen:
    """What `mlguard check` says to unedited code on the machine of the runner, or to edited code on this one."""
    place = work / trial.key
    guard = project.plant(trial, place)
    settings = load(place)
    seen = Checker(settings, runner.elsewhere(settings)).check(guard)
    found = seen.done.record.provenance.environment if seen.done is not None else None
    without = effect(trial.machine, found) if found is not None else []
    return Seen(trial, seen.verdict, tuple(dict.fromkeys(without)))


def draw(seen: Sequence[Seen], dropped: Sequence[str]) -> str:
    """A line per guard, what moved below it, and what could not be emulated."""
    lines = []
    for project, guard in dict.fromkeys((s.trial.project, s.trial.guard) for s in seen):
        own = [s for s in seen if (s.trial.project, s.trial.guard) == (project, guard)]
        loud = [s for s in own if s.verdict.outcome is not Outcome.MATCH]
        lines.append(f"{project} {guard:<20} {len(own) - len(loud)} of {len(own)} machines match")
        lines += [f"    {s.trial.name}: {s.verdict.outcome}: {told(s.verdict)}" for s in loud]
        lines += [f"    {s.trial.name}: {sentence}" for s in own for sentence in s.without_effect]
    quiet = sum(s.verdict.outcome is Outcome.MATCH for s in seen)
    lines += [f"not emulated: {sentence}" for sentence in dropped]
    return "\n".join([*lines, f"{quiet} of {len(seen)} machines match"])


def told(verdict: Verdict) -> str:
    """What moved first, or what went wrong."""
    moves = verdict.moves()
    return verdict.problem or (say(moves[0]) if moves else "nothing moved")


def _probe(runner: Emulating, name: str, value: object) -> tuple[str | None, str]:
    """Set one knob in a fresh process: what is wrong with it, and the kernels that ran there."""
    wanted = Environment(**{name: value})  # type: ignore[arg-type]  # The value is one of that knob's.
    settings = runner.settings
    job = Job(
        "benchmarks.machines:compute", None, root=settings.base, import_path=(*settings.import_path, str(ROOT)),
        timeout=settings.timeout, environment=wanted, fresh=True,
    )  # fmt: skip
    result = runner.workers.run(job)
    if result.failure is not None and result.failure.kind == "raised":
        sys.exit(f"no knob can be tried: {result.failure.text}")
    if result.failure is not None:
        return f"{name}={value}: {result.failure.text}", ""
    described: Any = result.value
    return next(iter(effect(wanted, described)), None), str([pool["kernel"] for pool in described["blas"]])


@click.command()
@click.option("--guards", multiple=True, metavar="NAME", help="Only these guards; may be repeated.")
@outside
@click.option("--sample", type=click.IntRange(1), default=None, help="Only so many machines, spread evenly.")
@click.option("--all", "every", is_flag=True, help="Every combination for every guard: takes hours.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(
    guards: tuple[str, ...], folders: tuple[Path, ...], sample: int | None, *, no_own: bool, every: bool, as_json: bool
) -> None:
    """Check guards on emulated machines; exits 1 where one does not match."""
    with tempfile.TemporaryDirectory() as name, opened(folders, Path(name), own=not no_own) as projects:
        known, dropped = knobs(projects[0].runner)
        trials = sampled(machines(chosen(projects, guards), known, every=every), sample)
        seen = ask(projects, trials, Path(name))
    click.echo(json.dumps(_plain(seen, dropped), indent=1) if as_json else draw(seen, dropped))
    sys.exit(any(s.verdict.outcome is not Outcome.MATCH or s.without_effect for s in seen))


def _plain(seen: Sequence[Seen], dropped: Sequence[str]) -> dict[str, Any]:
    runs = [
        {
            "guard": s.trial.guard,
            "machine": s.trial.name,
            "outcome": str(s.verdict.outcome),
            "moved": told(s.verdict) if s.verdict.outcome is not Outcome.MATCH else None,
            "without_effect": list(s.without_effect),
        }
        for s in seen
    ]
    return {"runs": runs, "not_emulated": list(dropped)}


if __name__ == "__main__":
    command()
