"""Let many commands record, check and write the same files at once, and look for lost approvals and for mixtures.

In each round the code has changed, and eight commands start together. Whatever answered "recorded" must stand in the
approval log afterwards, above all that stood there before; no reader may meet half a golden. A command that came too
late says so, and records nothing.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from benchmarks.attacks.attempt import wrong
from benchmarks.attacks.closing import closing
from benchmarks.attacks.project import DATASET, GUARD, NEW, OLD, Attacked, put, reasons
from benchmarks.attacks.warm import NOISE, Ran, Warm
from mlguard.core.error import MlguardError
from mlguard.tables.folder import read_dataset

_OVERTAKEN = "while this command was running, so nothing was written"
"""How a command begins to say that another one was first."""


@dataclass(frozen=True)
class Round:
    """What one round came to."""

    commands: int
    """Commands that ran."""
    recorded: int
    """Those that answered that they recorded the golden."""
    problems: tuple[str, ...]
    """What was wrong."""


def rounds(attacked: Attacked, number: int, processes: int) -> Iterator[Round]:
    """Run so many rounds on one project, and tell on standard error of those with a problem."""
    project = attacked.copy(attacked.recorded)
    for at in range(number):
        done = _round(attacked, project, at, processes)
        if done.problems:
            print(f"[{at + 1}/{number}] {'; '.join(done.problems)}", file=sys.stderr, flush=True)
        yield done


def _round(attacked: Attacked, project: Path, number: int, processes: int) -> Round:
    """Start the commands of one round together, and look at what they left."""
    put(project, (NEW, OLD)[number % 2])
    before = reasons(project)
    children = []
    for place in range(processes):
        words, noise = _command(number, place), {NOISE: f"{1 + number * processes + place}e-13"}
        children.append((words, attacked.warm.start(words, project, noise)))
    rans = [(words, attacked.warm.wait(child)) for words, child in children]
    recorded = [words[words.index("--reason") + 1] for words, ran in rans if f"{GUARD}: recorded" in ran.out]
    log = _log_problems(before, recorded, reasons(project))
    said = [f"{problem} of {words[0]}" for words, ran in rans for problem in _said_wrong(words, ran)]
    return Round(len(rans), len(recorded), (*log, *said, *_dataset_problems(project)))


def _command(number: int, place: int) -> list[str]:
    """What the process at this place does: most record, some read."""
    approval = ["--reason", f"round {number}, process {place}", "--yes"]
    kinds = (
        ["regen-golden", GUARD, *approval],
        ["calibrate", GUARD, *approval],
        ["regen-golden", "--all", *approval],
        ["check", GUARD, "--json"],
        ["regen-golden", GUARD, *approval],
        ["make-dataset", DATASET, "--seed", "2"],
        ["list", "--json"],
        ["make-dataset", DATASET, "--seed", str(number % 2)],
    )
    return kinds[place % len(kinds)]


def _log_problems(before: Sequence[str], recorded: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    yield from (f"lost: {reason}" for reason in recorded if reason not in after)
    yield from (f"twice: {reason}" for reason, count in Counter(after).items() if count > 1)
    yield from (f"recorded without a word: {reason}" for reason in after if reason not in (*recorded, *before))
    if before and list(after[-len(before) :]) != list(before):
        yield "the log lost what stood there before"


def _dataset_problems(project: Path) -> Iterator[str]:
    try:
        read_dataset(project / "datasets" / DATASET, project=project)
    except MlguardError as error:
        yield f"a mixture: {error}"


def _said_wrong(words: Sequence[str], ran: Ran) -> Iterator[str]:
    yield from wrong(ran)
    if words[0] in ("check", "list") and "corrupt" in ran.out:
        yield "met a corrupt golden"
    elif ran.code == 5 and _OVERTAKEN not in ran.err:
        yield f"error: {ran.err.strip()[-200:]}"


@click.command()
@click.option("--rounds", "number", type=click.IntRange(1), default=200, show_default=True, help="Rounds of commands.")
@click.option("--processes", type=click.IntRange(2), default=8, show_default=True, help="Commands at once.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(number: int, processes: int, *, as_json: bool) -> None:
    """Record the same golden from many processes at once; exits 1 where an approval was lost or a golden was torn."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="mlguard-writers-") as name:
        totals = facts(list(rounds(Attacked(Warm(), Path(name)), number, processes)))
    click.echo(json.dumps(totals, indent=1) if as_json else "\n".join(totals["problems"]))
    click.echo(closing(started, **{**totals, "problems": sum(totals["problems"].values())}), err=as_json)
    sys.exit(bool(totals["problems"]))


def facts(done: Sequence[Round]) -> dict[str, Any]:
    """What all rounds came to, as JSON takes it."""
    return {
        "rounds": len(done),
        "commands": sum(one.commands for one in done),
        "recorded": sum(one.recorded for one in done),
        "problems": dict(Counter(problem.partition(":")[0] for one in done for problem in one.problems)),
    }


if __name__ == "__main__":
    command()
