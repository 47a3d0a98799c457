"""How many changes `mlguard audit` tries within a budget, and what bounds it: `python -m benchmarks.audit`."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from statistics import median

import click

from mlguard.core.power import Audit, Fate
from mlguard.discovery import Declared, select
from mlguard.runner.run import Runner
from mlguard.settings import load
from mlguard.tools.audit.run import Budget, Watch, audit

SMALL = ("Digits", "RealIris")
"""Guards whose clean run takes about a second; all that can be planted into the second one is 79 changes."""


@dataclass(frozen=True)
class Cost:
    """What one audit came to."""

    guard: str
    """The guard's name."""
    tried: int
    """Changes that were tried to their end."""
    seconds: float
    """How long all of it took."""
    before: float
    """Of these, until the first change could be planted: the clean run, the forced failure, the list of changes."""
    settled: float
    """Median seconds of a change that was noticed or invalid."""
    surviving: float
    """Median seconds of one that was missed or equivalent, and so ran everything and more data."""
    share: float
    """Share of the trials' time that survivors took."""


def cost(runner: Runner, guard: Declared, seconds: float, jobs: int) -> Cost:
    """Audit one guard, and take its time apart."""
    started = time.perf_counter()
    begun: list[float] = []
    watch = Watch(begun=lambda number: begun.append(time.perf_counter() - started))
    found = audit(runner, guard, Budget(seconds=seconds, jobs=jobs), watch)
    return _cost(found, begun[0])


def _cost(found: Audit, before: float) -> Cost:
    noticed = [one.seconds for one in found.planted if one.fate in (Fate.NOTICED, Fate.INVALID)]
    others = [one.seconds for one in found.planted if one.fate in (Fate.MISSED, Fate.EQUIVALENT)]
    return Cost(
        found.guard,
        len(found.planted),
        found.seconds,
        before,
        median(noticed or [0.0]),
        median(others or [0.0]),
        sum(others) / (sum(noticed + others) or 1.0),
    )


@click.command()
@click.option("--guards", multiple=True, default=SMALL, show_default=True, help="Guards to audit.")
@click.option("--budget", default=60.0, show_default=True, help="Seconds for each.")
@click.option("--jobs", default=os.cpu_count(), show_default=True, help="Changes to try at once.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def main(guards: tuple[str, ...], budget: float, jobs: int, *, as_json: bool) -> None:
    """Audit some of the own guards within a budget, and say where the time goes."""
    with Runner(load()) as runner:
        costs = [cost(runner, guard, budget, jobs) for guard in select(runner.find().guards, guards, where="here")]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in costs], indent=1))
        return
    for one in costs:
        click.echo(f"{one.guard}: {one.tried} changes in {one.seconds:.0f} s on {jobs} cores")
        click.echo(f"  {one.before:.1f} s before the first; {one.settled:.2f} s where noticed, by the median")
        click.echo(f"  {one.surviving:.2f} s for a survivor; survivors took {one.share:.0%} of the trials' time")


if __name__ == "__main__":
    main()
