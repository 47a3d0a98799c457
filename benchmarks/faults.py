"""Let every system call by which a writing command changes or reads its files fail, or be its last.

A command is run once to see its calls below `golden/`, `datasets/` and `.mlguard/`. Then it is run again for each call
and each fault that the call can meet, on a fresh copy; and what it left is looked at: through the commands that a user
runs next, through what `git add` would commit, and through the approval log.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from benchmarks.attacks.attempt import VARIABLES, wrong
from benchmarks.attacks.calls import KILL, LASTING, Fault, Point, Watch, meets
from benchmarks.attacks.closing import closing
from benchmarks.attacks.look import Look, Seen, counts
from benchmarks.attacks.project import DATASET, GUARD, NEW, OLD, Attacked, Version, below, drop, entries, put, reasons
from benchmarks.attacks.warm import Ran, Warm
from benchmarks.trial import sampled

KINDS = (KILL, "EIO", f"ENOSPC{LASTING}", "EACCES", "EMFILE", f"EMFILE{LASTING}")

_CLAIM = re.compile(r"(\S+) (?:was not written and nothing in it|cannot be written: .*nothing there was) changed")
"""A folder of which a command claims to have left it as it was."""

_REASON = "third"


@dataclass(frozen=True)
class Scenario:
    """A command that writes, and where it is run."""

    name: str
    """What it is called."""
    state: str
    """The state of the project: `plain`, `recorded`, `failed`."""
    version: Version
    """The code at that time."""
    arguments: tuple[str, ...]
    """Its words."""


SCENARIOS = (
    Scenario("regen-golden", "recorded", NEW, ("regen-golden", GUARD, "--reason", _REASON, "--yes")),
    Scenario("first regen-golden", "plain", OLD, ("regen-golden", GUARD, "--reason", _REASON, "--yes")),
    Scenario("calibrate", "recorded", OLD, ("calibrate", GUARD, "--reason", _REASON, "--yes")),
    Scenario("prune", "recorded", OLD, ("prune", "--yes")),
    Scenario("make-dataset", "recorded", OLD, ("make-dataset", DATASET, "--seed", "1")),
    Scenario("failing check", "recorded", NEW, ("check", GUARD)),
    Scenario("passing check", "failed", OLD, ("check", GUARD)),
)


@dataclass(frozen=True)
class Reference:
    """A scenario without any fault."""

    points: tuple[Point, ...]
    """Its calls."""
    code: int
    """Its exit code."""
    before: Seen
    """What is said of the project before it."""
    after: Seen
    """What is said of it afterwards."""
    names: frozenset[str]
    """What then lies below the trees, apart from locks."""


@dataclass(frozen=True)
class Trial:
    """One fault at one call."""

    scenario: str
    """The command."""
    fault: Fault
    """Which call, and what befell it."""
    point: Point
    """The call."""
    problems: tuple[str, ...]
    """What was wrong afterwards."""


class Faults:
    """Tries faults on one project."""

    def __init__(self, attacked: Attacked) -> None:
        self.attacked = attacked
        self._look = Look(attacked)
        self._known: dict[str, tuple[str, ...]] = {}

    def trials(self, scenario: Scenario, kinds: Sequence[str], sample: int | None) -> Iterator[Trial]:
        """Try faults of these kinds at every call of a scenario, or at most so many of them."""
        reference = self._reference(scenario)
        faults = [Fault(at, kind) for kind in kinds for at, point in enumerate(reference.points) if meets(kind, point)]
        for fault in sampled(faults, sample):
            place, _, ran = self._run(scenario, fault)
            problems = tuple(self._problems(scenario, reference, fault, place, ran))
            drop(place)
            yield Trial(scenario.name, fault, reference.points[fault.point], problems)

    def _reference(self, scenario: Scenario) -> Reference:
        start = self._start(scenario)
        place, watch, ran = self._run(scenario, None)
        reference = Reference(
            tuple(watch.points), ran.code, self._look.at(start), self._look.at(place), frozenset(_names(place))
        )
        drop(start)
        drop(place)
        return reference

    def _start(self, scenario: Scenario) -> Path:
        place = self.attacked.copy(self._before(scenario))
        put(place, scenario.version)
        return place

    def _before(self, scenario: Scenario) -> Path:
        return Path(getattr(self.attacked, scenario.state))

    def _run(self, scenario: Scenario, fault: Fault | None) -> tuple[Path, Watch, Ran]:
        place = self._start(scenario)
        watch = Watch(place, fault)
        child = self.attacked.warm.start(scenario.arguments, place, VARIABLES, watch.prepare)
        return place, watch, watch.wait(child)

    def _problems(self, scenario: Scenario, reference: Reference, fault: Fault, place: Path, ran: Ran) -> Iterator[str]:
        before, left = self._before(scenario), self._look.at(place)
        yield from _neither(left, reference)
        yield from _turned(left, self._look.at_clone(place))
        yield from _claimed(ran, before, place)
        if fault.kind != KILL:
            yield from wrong(ran)
            if ran.code == reference.code and left != reference.after:
                yield f"said that all went well, though {left.differs(reference.after)}"
        recorded = [_REASON] if f"{GUARD}: recorded" in ran.out else []
        yield from _lost([*recorded, *reasons(before)], place)
        key = json.dumps([scenario.name, entries(place)], sort_keys=True)
        if key not in self._known:  # A command does the same with equal files, whichever fault left them so.
            self._known[key] = tuple(self._again(scenario, reference, place))
        yield from (f"again: {problem}" for problem in self._known[key])

    def _again(self, scenario: Scenario, reference: Reference, place: Path) -> Iterator[str]:
        """Run the same command once more: then all must be as if nothing had happened."""
        known = reasons(self._before(scenario))
        ran = self.attacked.warm.run(scenario.arguments, place, VARIABLES)
        yield from wrong(ran)
        if ran.code != reference.code:
            yield f"ended with {ran.code} in place of {reference.code}: {ran.err.strip()[-160:]}"
        found, names = self._look.at(place), frozenset(_names(place))
        if found != reference.after:
            yield found.differs(reference.after)
        if names != reference.names:
            yield f"left {sorted(names - reference.names)[:3]}, lacks {sorted(reference.names - names)[:3]}"
        yield from _lost(known, place)
        if _datasets(place) > 1:
            yield "the golden's tables are not those of its record"


def _neither(left: Seen, reference: Reference) -> Iterator[str]:
    before, after, mixture = reference.before, reference.after, ("corrupt", "corrupt")
    if (left.old, left.new) not in ((before.old, before.new), (after.old, after.new), mixture):
        yield f"the golden is neither old nor new, nor a mixture that is refused: {left.old}, {left.new}"
    if left.stale not in (before.stale, after.stale):
        yield f"the stale golden is neither there nor gone: {left.stale}"
    if left.written not in (before.written, after.written):
        yield f"the dataset is neither old nor new: {left.written}"


def _turned(left: Seen, cloned: Seen) -> Iterator[str]:
    """Verdicts that differ in a clone, other than by calling a mixture damaged."""
    for here, there in ((left.old, cloned.old), (left.new, cloned.new)):
        if there not in (here, "corrupt"):
            yield f"`git add golden` turns {here} into {there}"


def _claimed(ran: Ran, before: Path, place: Path) -> Iterator[str]:
    """Visible files that changed although the command said that nothing did; empty folders are nobody's concern."""
    old, new = entries(before), entries(place)
    for folder in _CLAIM.findall(ran.text):
        # What is pending may have been written and left by one command.
        inside = [name for name in old | new if _is_in(name, folder) and "/." not in f"/{name}"]
        changed = [name for name in inside if old.get(name, "folder") != new.get(name, "folder")]
        if changed:
            yield f"said that nothing changed in {folder}, though {changed[0]} did"


def _is_in(name: str, folder: str) -> bool:
    """Messages name a folder from the root of the project, or from that of the file system."""
    above = name.rpartition("/")[0]
    return above == folder or above.startswith(f"{folder}/") or folder.endswith(f"/{above}")


def _lost(known: Sequence[str], place: Path) -> Iterator[str]:
    lost = [reason for reason in known if reason not in reasons(place)]
    if lost:
        yield f"approvals lost: {lost}"


def _names(place: Path) -> Iterator[str]:
    """Files and what is hidden; an empty folder is nobody's concern."""
    for name, path in below(place):
        if counts(name) and (not path.is_dir() or path.name.startswith(".")):
            yield name


def _datasets(place: Path) -> int:
    """How many datasets the golden and its tables tell of: one, where they fit together."""
    try:
        record = json.loads((place / "golden" / GUARD / "record.json").read_text(encoding="utf-8"))
        manifest = json.loads((place / "golden" / "_datasets" / DATASET / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    return len({str(record["dataset"]["digest"]), str(manifest["digest"])})


@click.command()
@click.option("--sample", type=click.IntRange(1), default=None, help="Only so many faults of each command.")
@click.option("--only", default="", help="Only commands whose name holds this.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only these faults; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(sample: int | None, only: str, kinds: Sequence[str], *, as_json: bool) -> None:
    """Inject faults into every command that writes; exits 1 where one left damage."""
    with tempfile.TemporaryDirectory(prefix="mlguard-faults-") as name:
        started, faults = time.perf_counter(), Faults(Attacked(Warm(), Path(name)))
        trials: list[Trial] = []
        for scenario in SCENARIOS:
            if only in scenario.name:
                for trial in faults.trials(scenario, kinds or KINDS, sample):
                    trials.append(trial)
                    _tell(trial)
    click.echo(json.dumps([asdict(trial) for trial in trials], indent=1) if as_json else _table(trials))
    figures = {"faults": len(trials), "commands": len({trial.scenario for trial in trials})}
    click.echo(closing(started, **figures, with_an_effect=sum(map(bool, (t.problems for t in trials)))), err=as_json)
    sys.exit(any(trial.problems for trial in trials))


def _tell(trial: Trial) -> None:
    if trial.problems:
        where = f"{trial.fault.kind} at call {trial.fault.point} ({trial.point.call} {trial.point.path})"
        print(f"{trial.scenario}: {where}: {'; '.join(trial.problems)}", file=sys.stderr, flush=True)


def _table(trials: Sequence[Trial]) -> str:
    """Commands by faults: after how many something was wrong, and how many were tried."""
    tried = Counter((trial.scenario, trial.fault.kind) for trial in trials)
    bad = Counter((trial.scenario, trial.fault.kind) for trial in trials if trial.problems)
    lines = [f"{'':20}" + "".join(f"{kind:>14}" for kind in KINDS)]
    for scenario in dict.fromkeys(trial.scenario for trial in trials):
        cells = [f"{bad[scenario, kind]} of {tried[scenario, kind]}" for kind in KINDS]
        lines.append(f"{scenario:20}" + "".join(f"{cell:>14}" for cell in cells))
    kinds = Counter(problem for trial in trials for problem in trial.problems)
    return "\n".join([*lines, "", *(f"{count:5}  {problem}" for problem, count in kinds.items())])


if __name__ == "__main__":
    command()
