"""What guards cost on a cluster, and what many of them would cost on many machines: `python -m benchmarks.scale`.

The parts are measured on the own guards: seconds of a run on a node that is warm, what a first task costs there before,
processor seconds of the command for each answer, bytes of an answer, and what one task costs that runs nothing. The
whole is simulated from them: each slot of a machine has one guard at a time, and the command, which is one process,
compares one answer after the other.
"""

from __future__ import annotations

import heapq
import json
import pickle
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from statistics import mean, median

import click

from benchmarks.trial import ROOT
from mlguard.checker.check import Checker
from mlguard.cluster.node import Node
from mlguard.cluster.spread import spread
from mlguard.cluster.task import Answer, Task
from mlguard.core.outcome import Outcome
from mlguard.discovery import Declared
from mlguard.runner.run import Runner
from mlguard.settings import Settings, load

BANDWIDTH = 125e6
"""Bytes in a second between the command and the cluster: a network of one gigabit."""


@dataclass(frozen=True)
class Cost:
    """What one guard takes on a cluster."""

    guard: str
    """Its name."""
    node: float
    """Seconds of its run on a node."""
    command: float
    """Processor seconds of the command, which loads the golden and compares."""
    answer: int
    """Bytes that come back."""


@dataclass(frozen=True)
class Parts:
    """What was measured."""

    guards: tuple[Cost, ...]
    """Each guard."""
    cold: float
    """Seconds that the first task of a node takes besides: libraries are imported, a zygote starts."""
    task: float
    """Seconds of a task that runs nothing: the way there and back, and the look at the checkout."""


@dataclass(frozen=True)
class Cluster:
    """What a simulation is given."""

    machines: int
    """Machines."""
    slots: int
    """Guards that each runs at once."""
    commands: int = 1
    """Commands that share the guards, each a process of its own."""
    lost: float = 0.0
    """Machines that are lost in an hour, as a share of all."""


@dataclass(frozen=True)
class Simulated:
    """What came of one simulation."""

    seconds: float
    """Until the last verdict."""
    command: float
    """Share of that time in which the commands compute."""
    slots: float
    """Share of that time in which slots run guards."""
    repeated: int
    """Runs that were lost and begun again."""
    hours: float
    """Hours of machines, while the commands run."""

    @property
    def bound(self) -> str:
        """What there would have to be more of."""
        if self.command > max(self.slots, 0.8):
            return "the command"
        return "machines" if self.slots > 0.8 else "the longest guards"


class Recorded:
    """A cluster that gives the answers of one real node again, as they come over a network."""

    slots = 1

    def __init__(self) -> None:
        """Nothing is recorded yet."""
        self.node, self.answers = Node(), dict[str, bytes]()

    def call(self, task: Task) -> Answer:
        """The recorded answer to a run of a guard."""
        name = task.guard.ref.name if task.guard else ""
        if name not in self.answers:
            self.answers[name] = pickle.dumps(self.node.serve(task))
        answer: Answer = pickle.loads(self.answers[name])
        return answer

    def everywhere(self, task: Task) -> list[Answer]:
        """What the node says."""
        return [self.node.serve(task)]

    def close(self, session: str) -> None:
        """End what the node keeps."""
        self.node.leave(session)


def measure(settings: Settings, guards: Sequence[Declared]) -> Parts:
    """Run each guard on a node of this process, and hold its answer against the golden as a command does."""
    recorded, costs = Recorded(), list[Cost]()
    asking = Task("measuring", settings.base, "", "")
    with spread(settings, recorded) as runner:
        cold = _seconds(partial(runner.run, guards[0]))
        recorded.answers.clear()
        for guard in guards:
            runner.run(guard)
            recorded.answers.clear()
            node = _seconds(partial(runner.run, guard))
            checker = Checker(settings, runner)
            began = time.process_time()
            seen = checker.check(guard)
            command = time.process_time() - began
            if seen.verdict.outcome is not Outcome.MATCH:
                sys.exit(f"{guard.ref.name} does not match its golden: there is nothing to measure")
            costs.append(Cost(guard.ref.name, node, command, len(recorded.answers[guard.ref.name])))
            click.echo(f"[{len(costs)}/{len(guards)}] {guard.ref.name}", err=True)
        task = median(_seconds(partial(recorded.everywhere, asking)) for _ in range(5))
        recorded.close(asking.session)
    return Parts(tuple(costs), max(0.0, cold - costs[0].node), task)


def simulate(parts: Parts, guards: int, cluster: Cluster, *, seed: int = 0) -> Simulated:
    """Check so many guards, drawn from those that were measured; each command has its share of guards and of slots."""
    rng = random.Random(seed)
    slots = max(1, cluster.machines * cluster.slots // cluster.commands)
    counts = [guards // cluster.commands + (one < guards % cluster.commands) for one in range(cluster.commands)]
    ended = [_one_command(parts, count, slots, cluster.lost, rng) for count in counts]
    seconds = max(one[0] for one in ended)
    busy, running = sum(one[1] for one in ended), sum(one[2] for one in ended)
    return Simulated(
        seconds,
        busy / seconds / cluster.commands,
        running / seconds / (cluster.machines * cluster.slots),
        sum(one[3] for one in ended),
        cluster.machines * seconds / 3600,
    )


def _one_command(
    parts: Parts, guards: int, slots: int, rate: float, rng: random.Random
) -> tuple[float, float, float, int]:
    """Seconds of one command, its own processor seconds, the seconds that slots ran, and how many runs were lost."""
    waiting = [rng.choice(parts.guards) for _ in range(guards)]
    arriving: list[tuple[float, int, Cost]] = []
    free = busy = running = 0.0
    lost = number = 0

    def begin(at: float, cold: float) -> None:
        nonlocal running, lost, number
        cost, number = waiting.pop(), number + 1
        once = cold + parts.task + cost.node
        while rate and rng.expovariate(rate / 3600) < once:
            lost += 1
            at, running = at + once, running + once
        running += once
        heapq.heappush(arriving, (at + once + cost.answer / BANDWIDTH, number, cost))

    for _ in range(min(slots, guards)):
        begin(0.0, parts.cold)
    while arriving:
        at, _, cost = heapq.heappop(arriving)
        free, busy = max(free, at) + cost.command, busy + cost.command
        if waiting:
            begin(free, 0.0)
    return free, busy, running, lost


def draw(parts: Parts, rows: Sequence[tuple[Cluster, Simulated]], guards: int) -> str:
    """What was measured, and a line for each simulation."""
    lines = ["                      on a node  in the command  answer"]
    lines += [
        f"{one.guard:<20} {one.node:>8.2f} s  {1000 * one.command:>11.0f} ms  {one.answer / 1000:>5.0f} kB"
        for one in parts.guards
    ]
    lines += [
        f"{'mean':<20} {mean(one.node for one in parts.guards):>8.2f} s  "
        f"{1000 * mean(one.command for one in parts.guards):>11.0f} ms  "
        f"{mean(one.answer for one in parts.guards) / 1000:>5.0f} kB",
        f"first task of a node: {parts.cold:.1f} s more; a task that runs nothing: {1000 * parts.task:.0f} ms",
        "",
        f"{guards} guards",
        "machines  slots  commands      time  commands busy  slots busy  lost runs  machine-hours  bound by",
    ]
    lines += [
        f"{c.machines:>8} {c.slots:>6} {c.commands:>9} {s.seconds / 60:>7.1f} min {s.command:>12.0%} {s.slots:>12.0%} "
        f"{s.repeated:>9} {s.hours:>14.1f}  {s.bound}"
        for c, s in rows
    ]
    return "\n".join(lines)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@click.command()
@click.option("--guards", "names", multiple=True, metavar="NAME", help="Measure only these guards; may be repeated.")
@click.option("--of", "number", type=click.IntRange(1), default=10_000, help="Guards to simulate.  [default: 10000]")
@click.option("--slots", type=click.IntRange(1), default=8, help="Guards at once on a machine.  [default: 8]")
@click.option("--lost", type=click.FloatRange(0), default=0.05, help="Machines lost in an hour, as a share of all.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(names: tuple[str, ...], number: int, slots: int, lost: float, *, as_json: bool) -> None:
    """Measure what guards cost on a cluster, and simulate many of them on many machines."""
    settings = load(ROOT)
    with Runner(settings) as runner:
        guards = [one for one in runner.find().guards if not names or one.ref.name in names]
    parts = measure(settings, guards)
    clusters = [Cluster(m, slots, c, lost) for m, c in ((1, 1), (10, 1), (100, 1), (100, 10), (100, 100))]
    rows = [(one, simulate(parts, number, one)) for one in clusters]
    if as_json:
        shown = [{**asdict(one), **asdict(said), "bound": said.bound} for one, said in rows]
        click.echo(json.dumps({"parts": asdict(parts), "simulated": shown}, indent=1))
    else:
        click.echo(draw(parts, rows, number))


if __name__ == "__main__":
    command()
