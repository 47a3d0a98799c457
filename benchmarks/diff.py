"""What `mlguard diff` costs, in plain runs of the guard on both sides: `python -m benchmarks.diff`.

Each guard is planted with a shift of `tests/power` and compared with the commit before it, proof included. Two plain
runs of the same code, as `mlguard check` runs it, are timed beside it by the same workers.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import click

from mlguard.discovery import Declared
from mlguard.runner.repository import Repository
from mlguard.runner.run import Runner
from mlguard.runner.sides import revision, working_tree
from mlguard.settings import load
from mlguard.tools.diff.judge import Judge, Judged, Proving
from tests.power.explaining import commit_unedited
from tests.power.planting import ROOT, plant
from tests.power.variant import Variant
from tests.power.variants import VARIANTS


@dataclass(frozen=True)
class Cost:
    """What one comparison took."""

    guard: str
    """The guard's name."""
    variant: str
    """The planted shift."""
    plain: float
    """Seconds of two plain runs, the edited code on both sides."""
    diff: float
    """Seconds of the comparison, from writing the revision to naming the edit."""
    edit: str
    """The edits that were proven, by name."""
    runs: int
    """Runs that the proof took."""

    @property
    def ratio(self) -> float:
        """The comparison in pairs of plain runs."""
        return self.diff / self.plain


def cost(guard: Declared, variant: Variant, folder: Path) -> Cost:
    """Plant a shift over a commit of the unedited code, and time both ways."""
    commit_unedited(variant, guard, folder)
    planted = plant(variant, guard, folder)
    with Runner(load(folder)) as runner:
        runner.run(planted)  # Starts the workers, which both ways share.
        before = _timed(lambda: runner.run(planted))
        judged: list[Judged] = []
        seconds = _timed(lambda: judged.append(_diff(runner, planted)))
        after = _timed(lambda: runner.run(planted))
    proof = judged[0].proof
    names = ", ".join(edit.name for edit in proof.edits) if proof and proof.how.is_proven else "-"
    return Cost(guard.ref.name, variant.id, before + after, seconds, names, proof.runs if proof else 0)


def draw(costs: Sequence[Cost]) -> str:
    """A line per comparison, and the middle and the worst of all."""
    lines = [f"{'':<18}{'':<26}  two plain runs    diff  ratio  runs  edit"]
    lines += [
        f"{c.guard:<18}{c.variant:<26}  {c.plain:>12.1f} s  {c.diff:>4.1f} s  {c.ratio:>5.2f}  {c.runs:>4}  {c.edit}"
        for c in costs
    ]
    ratios = [c.ratio for c in costs]
    return "\n".join([*lines, f"{'median':<67}{median(ratios):>7.2f}", f"{'worst':<67}{max(ratios):>7.2f}"])


def _diff(runner: Runner, guard: Declared) -> Judged:
    repository = Repository.around(runner.settings.base, runner.workers)
    with revision(repository, runner.settings, [guard], repository.commit("HEAD")) as before:
        return Judge(runner, before, working_tree(runner.settings)).explained(
            guard, Proving(repository, lambda told: None)
        )


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _chosen(guards: Sequence[str], *, hidden: bool) -> Iterator[Variant]:
    """The first shift of each guard."""
    seen = set()
    for variant in VARIANTS:
        wanted = not guards or variant.guard in guards
        if variant.kind == "shift" and variant.hidden == hidden and wanted and variant.guard not in seen:
            seen.add(variant.guard)
            yield variant


@click.command()
@click.option("--guards", multiple=True, metavar="NAME", help="Only these guards; may be repeated.")
@click.option("--hidden", is_flag=True, help="Shifts that the main run does not show, which cost most.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(guards: tuple[str, ...], *, hidden: bool, as_json: bool) -> None:
    """Time comparisons and plain runs side by side, on a machine that does nothing else."""
    with Runner(load(ROOT)) as runner:
        known = {guard.ref.name: guard for guard in runner.find().guards}
    costs = []
    for variant in _chosen(guards, hidden=hidden):
        with tempfile.TemporaryDirectory() as folder:
            costs.append(cost(known[variant.guard], variant, Path(folder).resolve()))
        print(variant.guard, file=sys.stderr, flush=True)
    click.echo(json.dumps([asdict(c) for c in costs], indent=1) if as_json else draw(costs))


if __name__ == "__main__":
    command()
