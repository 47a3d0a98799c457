"""How often `mlguard diff` names the edit that moved a guard: `python -m benchmarks.edits`.

Every shift of `tests/power` is planted by itself, and commits are made that hold harmless refactors of several kinds
and one shift. A name is right if it is one of the real edit's, and wrong if only a refactor made that edit.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import click

from mlguard.core.record import Record
from mlguard.discovery import Declared
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.power.explaining import explained, is_right, is_wrong, only_harmless
from tests.power.mixing import Mixed, alone, by_themselves, mixed
from tests.power.planting import ROOT
from tests.power.variants import VARIANTS


@dataclass(frozen=True)
class Answer:
    """What was said of one commit."""

    guard: str
    """The guard's name."""
    shift: str
    """The real edit."""
    beside: int
    """Harmless refactors in the same commit."""
    how: str
    """What was proven, or `match` where nothing moved."""
    named: tuple[str, ...]
    """The edits that are named."""
    right: bool
    """Whether they are the real one."""
    wrong: bool
    """Whether one of them is harmless."""
    listed: bool
    """Whether all edits that only refactor are listed as harmless, or belong to the one that is named."""
    runs: int
    """Runs that the proof took."""
    seconds: float
    """How long all of it took."""


class Asking:
    """Compares commits, with the unedited main run of each guard made once."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.guards: dict[str, Declared] = {guard.ref.name: guard for guard in runner.find().guards}
        self.before: dict[str, Record] = {}

    def ask(self, commit: Mixed) -> Answer:
        """What a comparison says of one commit: in main runs, where the shift moves the main run."""
        shift, started = commit.shift, time.perf_counter()
        extent = Extent.FULL if shift.hidden or shift.stage == "features" else Extent.MAIN
        known = self.before.get(shift.guard) if extent is Extent.MAIN else None
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder).resolve()
            judged = explained(self.runner, self.guards[shift.guard], commit.whole, place, extent=extent, before=known)
        if extent is Extent.MAIN and judged.before is not None:
            self.before[shift.guard] = judged.before
        proof = judged.proof
        names = tuple(edit.name for edit in proof.edits) if proof and proof.how.is_proven else ()
        brought = {name for edit in proof.edits for name in edit.brings} if proof else set()
        harmless = only_harmless(commit) & by_themselves([*commit.keeps, shift])
        listed = proof is not None and harmless - brought <= set(proof.harmless)
        return Answer(
            shift.guard, shift.id, len(commit.keeps), str(proof.how) if proof else str(judged.verdict.outcome), names,
            is_right(proof, commit), is_wrong(proof, commit), listed,
            proof.runs if proof else 0, time.perf_counter() - started,
        )  # fmt: skip


def draw(answers: Sequence[Answer]) -> str:
    """What was not named right, and the counts."""
    lines = [
        f"{a.guard:<18}{a.shift:<32}{a.beside:>2} beside  {a.how:<11}{'WRONG ' if a.wrong else ''}{', '.join(a.named)}"
        for a in answers
        if not a.right
    ]
    for title, some in (
        ("one edit", [a for a in answers if not a.beside]),
        ("mixed", [a for a in answers if a.beside]),
    ):
        lines += _counts(title, some) if some else []
    return "\n".join(lines)


def _counts(title: str, answers: Sequence[Answer]) -> Iterator[str]:
    right, wrong = (sum(getattr(a, name) for a in answers) for name in ("right", "wrong"))
    runs = [a.runs for a in answers]
    yield f"{title}: {len(answers)} commits, {right} named right ({right / len(answers):.1%}), {wrong} wrong"
    if any(a.beside for a in answers):
        listed = sum(a.listed for a in answers)
        yield f"  harmless edits listed as such: in {listed} ({listed / len(answers):.1%})"
    yield f"  runs of a proof: median {median(runs):g}, most {max(runs)}; {sum(a.seconds for a in answers):.0f} s"


def _commits(guards: Sequence[str], number: int, *, hidden: bool, visible: bool) -> Iterable[Mixed]:
    for variant in VARIANTS:
        wanted = (hidden if variant.hidden else visible) and (not guards or variant.guard in guards)
        if variant.kind == "shift" and wanted:
            yield alone(variant)
    if number:
        yield from (commit for commit in mixed(number) if not guards or commit.shift.guard in guards)


@click.command()
@click.option("--guards", multiple=True, metavar="NAME", help="Only these guards; may be repeated.")
@click.option("--visible/--no-visible", default=True, help="Shifts that the main run shows.")
@click.option("--hidden/--no-hidden", default=True, help="Shifts that it does not show, which cost most.")
@click.option("--mixed", "number", default=60, help="Commits that hold several edits.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(guards: tuple[str, ...], number: int, *, visible: bool, hidden: bool, as_json: bool) -> None:
    """Compare planted commits with the code before them, and count how often the real edit is named."""
    answers = []
    with Runner(load(ROOT), many=True) as runner:
        asking = Asking(runner)
        for commit in _commits(guards, number, hidden=hidden, visible=visible):
            answers.append(asking.ask(commit))
            a = answers[-1]
            print(f"{a.guard} {a.shift} +{a.beside}: {a.how} {', '.join(a.named)}", file=sys.stderr, flush=True)
    click.echo(json.dumps([asdict(answer) for answer in answers], indent=1) if as_json else draw(answers))


if __name__ == "__main__":
    command()
