"""Whether the compact form of other data seeds sees as much as the full one: `python -m benchmarks.compact`.

For each shift, a check sees the other seeds in compact form. Here each other seed also becomes the guard's first and
only one, in which everything is observed: splits, train answers, probes, contracts. What the full form notices and the
compact one does not is listed, with the run in which the check noticed the shift all the same.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from benchmarks.trial import SHIFT, Project, Trial, chosen, each, opened, outside, sampled
from mlguard.checker.check import Checker
from mlguard.core.compare import compare
from mlguard.core.error import MlguardError
from mlguard.core.outcome import Outcome
from mlguard.core.record import Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN
from mlguard.discovery import Declared
from mlguard.runner.order import Change, Extent
from mlguard.settings import load


@dataclass(frozen=True)
class Seen:
    """What was noticed of one shift on one other seed."""

    trial: str
    """The shift's key."""
    seed: int
    """The data seed."""
    full: str | None
    """What moved first where the seed is the guard's first one; None: nothing."""
    compact: str | None
    """What moved first in the compact form."""
    check: str | None
    """The run in which the whole check noticed the shift first."""


Bases = Mapping[tuple[str, str, int], Record]
"""The unedited code by project, guard and seed, with that seed for the guard's only one."""


def look(project: Project, trial: Trial, bases: Bases, work: Path) -> list[Seen]:
    """Both forms of each other seed of one shift."""
    place = work / trial.key
    guard = project.plant(trial, place)
    settings = load(place)
    checked = Checker(settings, project.runner.elsewhere(settings)).check(guard)
    verdict, golden = checked.verdict, checked.golden
    if golden is None:
        sys.exit(f"{trial.key}: there is no golden to compare with")
    first = None if verdict.outcome is Outcome.MATCH else verdict.first_run
    found = []
    for seed in others(guard):
        compact = [f"{f.stage} {f.observation}" for f in verdict.moves() if f.run == f"seed {seed}"]
        before = replace(bases[project.name, trial.guard, seed], tolerances=golden.tolerances)
        full = _full(project, trial, seed, before, work)
        found.append(Seen(trial.key, seed, full, compact[0] if compact else None, first))
    return found


def draw(seen: Sequence[Seen]) -> str:
    """How often each form noticed a shift, and every time the compact one did not."""
    full = [s for s in seen if s.full is not None]
    less = [s for s in full if s.compact is None]
    lost = [s for s in less if s.check is None]
    lines = [
        f"{len(seen)} pairs of a shift and another seed",
        f"{len(full)} noticed by the full form of that seed",
        f"{len(full) - len(less)} of these noticed by its compact form",
        f"{len(less) - len(lost)} of the others noticed by the same check elsewhere, {len(lost)} nowhere",
        f"{sum(s.compact is not None and s.full is None for s in seen)} noticed by the compact form alone",
    ]
    for s in less:
        lines.append(f"    {s.trial}, seed {s.seed}: full {s.full}; check: {s.check or 'nothing'}")
    return "\n".join(lines)


def others(guard: Declared) -> list[int]:
    """The data seeds after the first."""
    return list(guard.options.seeds)[1:]


def _full(project: Project, trial: Trial, seed: int, before: Record, work: Path) -> str | None:
    """What moves first in the main run on this seed."""
    try:
        after = _run(project, trial, seed, work)
    except MlguardError as error:
        return error.message
    guard = project.guards[trial.guard]
    moved = [
        m for m in compare(before, after, Rules.of(guard.options), left_out=after.left_out).moves() if m.run == MAIN
    ]
    return f"{moved[0].stage} {moved[0].observation}" if moved else None


def _run(project: Project, trial: Trial, seed: int, work: Path) -> Record:
    """The main run of the planted guard with this seed for its first and only one."""
    with tempfile.TemporaryDirectory(dir=work) as name:
        place = Path(name) / trial.key
        guard = project.plant(trial, place)
        runner = project.runner.elsewhere(load(place))
        return runner.run(guard, extent=Extent.QUICK, change=Change(seeds=(seed,))).record


def _told(wanted: tuple[str, str, int]) -> str:
    return "{}-{}, seed {}".format(*wanted)


def _looked(projects: Mapping[str, Project], shifts: Sequence[Trial], work: Path) -> list[list[Seen]]:
    guards = dict.fromkeys((t.project, t.guard) for t in shifts)
    wanted = [(p, g, seed) for p, g in guards for seed in others(projects[p].guards[g])]
    records = each(wanted, lambda w: _run(projects[w[0]], Trial(*w[:2], "as it is", SHIFT), w[2], work), _told)
    bases = dict(zip(wanted, records, strict=True))
    return each(shifts, lambda t: look(projects[t.project], t, bases, work), lambda t: t.key)


@click.command()
@click.option("--guards", multiple=True, metavar="NAME", help="Only these guards of this repository; may be repeated.")
@outside
@click.option("--hidden", is_flag=True, help="Without the shifts that are declared open to the main run.")
@click.option("--sample", type=click.IntRange(1), default=None, help="Only so many shifts.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(
    guards: tuple[str, ...], folders: tuple[Path, ...], sample: int | None, *, no_own: bool, hidden: bool, as_json: bool
) -> None:
    """Compare both forms of other seeds over the shifts; exits 1 where a shift is lost by compactness."""
    with tempfile.TemporaryDirectory() as name, opened(folders, Path(name), own=not no_own) as projects:
        known = {project.name: project for project in projects}
        wanted = chosen(projects, guards)
        shifts = [t for p in projects for t in p.trials if t.kind == SHIFT and (t.project, t.guard) in wanted]
        shifts = [t for t in shifts if not hidden or t.hidden is not False]
        found = _looked(known, sampled(shifts, sample), Path(name))
    seen = [one for pair in found for one in pair]
    click.echo(json.dumps([asdict(s) for s in seen], indent=1) if as_json else draw(seen))
    sys.exit(any(s.full is not None and s.compact is None and s.check is None for s in seen))


if __name__ == "__main__":
    command()
