"""What a default noise certificate costs, in plain runs of its guard: `python -m benchmarks.certificate`.

A plain run is what `mlguard check` does with one guard. Certificates run in fresh interpreters, which import every
library anew; the second plain run does so as well, and shows how much of the cost that is.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import click

from benchmarks.emulating import Emulating
from benchmarks.trial import opened, sampled
from mlguard.checker.certificate import measure
from mlguard.discovery import Declared
from mlguard.runner.order import Done
from mlguard.worker.environment import Environment


class Counting(Emulating):
    """Counts its runs."""

    runs = 0

    def run(self, guard: Declared, **options: Any) -> Done:
        """Run one guard, and count it."""
        self.runs += 1
        return super().run(guard, **options)


@dataclass(frozen=True)
class Cost:
    """What one guard's certificate took."""

    guard: str
    """Its name."""
    plain: float
    """Seconds of a run as `mlguard check` does it."""
    fresh: float
    """Seconds of the same run in a fresh interpreter."""
    certificate: float
    """Seconds of the certificate."""
    runs: int
    """Runs of the guard that the certificate is made of."""

    @property
    def in_plain(self) -> float:
        """The certificate in plain runs."""
        return self.certificate / self.plain

    @property
    def in_fresh(self) -> float:
        """The certificate in plain runs that begin with a fresh interpreter."""
        return self.certificate / self.fresh


def cost(runner: Counting, guard: Declared) -> Cost:
    """Time the runs of one guard side by side; the first one, which also starts the workers, is not counted."""
    record = runner.run(guard).record
    plain = _timed(lambda: runner.run(guard))
    fresh = _timed(lambda: runner.run(guard, environment=Environment()))
    before = runner.runs
    certificate = _timed(lambda: measure(runner, guard, record, lambda text: None))
    runs = runner.runs - before
    return Cost(guard.ref.name, min(plain, _timed(lambda: runner.run(guard))), fresh, certificate, runs)


def draw(costs: Sequence[Cost]) -> str:
    """A line per guard, and the middle and the worst of all."""
    lines = [f"{'':<20}  runs  plain run  fresh run  certificate  in plain runs  in fresh runs"]
    lines += [
        f"{c.guard:<20}  {c.runs:>4}  {c.plain:>7.1f} s  {c.fresh:>7.1f} s  {c.certificate:>9.1f} s"
        f"  {c.in_plain:>13.1f}  {c.in_fresh:>13.1f}"
        for c in costs
    ]
    for name, choose in (("median", median), ("worst", max)):
        plain, fresh = choose([c.in_plain for c in costs]), choose([c.in_fresh for c in costs])
        lines.append(f"{name:<63}  {plain:>13.1f}  {fresh:>13.1f}")
    return "\n".join(lines)


def _timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


@click.command()
@click.option("--guards", multiple=True, metavar="NAME", help="Only these guards; may be repeated.")
@click.option("--sample", type=click.IntRange(1), default=None, help="Only so many guards.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(guards: tuple[str, ...], sample: int | None, *, as_json: bool) -> None:
    """Time plain runs and certificates, one after the other, on a machine that does nothing else."""
    with tempfile.TemporaryDirectory() as folder, opened([], Path(folder)) as (own,):
        runner = Counting(own.runner.settings)
        costs = []
        with runner:
            for name in sampled([g for g in own.guards if not guards or g in guards], sample):
                costs.append(cost(runner, own.guards[name]))
                print(name, file=sys.stderr, flush=True)
    click.echo(json.dumps([asdict(c) for c in costs], indent=1) if as_json else draw(costs))


if __name__ == "__main__":
    command()
