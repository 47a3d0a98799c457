"""Shifts caught and refactors quiet, for mlguard and for today's tools: `python -m benchmarks.power`.

Each trial is run once under mlguard, as `mlguard check` does, and once more for its peers, which get what a user's test
sees: predictions and metrics of the first data seed.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from benchmarks.answers import Answer, ask, same
from benchmarks.emulating import Emulating
from benchmarks.machines import Seen, check, knobs, machines, told
from benchmarks.peers.session import PEERS, ask_peers
from benchmarks.table import MLGUARD, Heard, Row, count, draw, exceptions
from benchmarks.trial import SHIFT, Project, Trial, chosen, each, opened, outside, sampled
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.settings import load

RED = (Outcome.SHIFTED, Outcome.VIOLATED, Outcome.ERROR)
"""Outcomes that hold the code responsible."""


@click.command()
@click.option("--guards", multiple=True, metavar="NAME", help="Only these guards of this repository; may be repeated.")
@outside
@click.option("--sample", type=click.IntRange(1), default=None, help="Only so many variants and so many machines.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON document on standard output.")
def command(
    guards: tuple[str, ...], folders: tuple[Path, ...], sample: int | None, *, no_own: bool, as_json: bool
) -> None:
    """Print the power table; exits 1 where mlguard misses a shift or is not quiet."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        with opened(folders, work, own=not no_own) as projects:
            trials, dropped = _trials(projects, guards, sample)
            heard, hidden = _ask(projects, trials, work)
    rows = [count(tool, said, hidden) for tool, said in heard.items()]
    wrong = exceptions(heard[MLGUARD])
    notes = [*_disagreements(trials, hidden), *(f"not emulated: {sentence}" for sentence in dropped)]
    click.echo(json.dumps(_plain(rows, heard, hidden, notes), indent=1) if as_json else _text(rows, wrong, notes))
    sys.exit(any(not said.right(trial) for trial, said in heard[MLGUARD].items()))


def _trials(projects: Sequence[Project], guards: Sequence[str], sample: int | None) -> tuple[list[Trial], list[str]]:
    """Variants, then machines."""
    wanted = chosen(projects, guards)
    variants = [t for p in projects for t in p.trials if (t.project, t.guard) in wanted]
    known, dropped = knobs(projects[0].runner)
    return [*sampled(variants, sample), *sampled(machines(wanted, known, every=False), sample)], dropped


def _ask(
    projects: Sequence[Project], trials: Sequence[Trial], work: Path
) -> tuple[dict[str, Mapping[Trial, Heard]], frozenset[str]]:
    """What every tool says to every trial, and which shifts no test of predictions and metrics can see."""
    known = {project.name: project for project in projects}
    pairs = each(trials, lambda t: _both(known[t.project], t, work), lambda t: t.key)
    seen, after = [pair[0] for pair in pairs], {t.key: pair[1] for t, pair in zip(trials, pairs, strict=True)}
    subjects = list(dict.fromkeys((t.project, t.guard) for t in trials))
    plain = [Trial(project, guard, "as it is", SHIFT) for project, guard in subjects]
    answers = each(plain, lambda t: _answer(known[t.project], known[t.project].runner, t, work), lambda t: t.key)
    unedited = dict(zip(subjects, answers, strict=True))
    before = {t.key: unedited[t.project, t.guard] for t in trials}
    gates = {t.key: known[t.project].gate(t.guard) for t in trials}
    peers = ask_peers(before, after, gates, work / "peers")
    heard: dict[str, Mapping[Trial, Heard]] = {MLGUARD: {s.trial: _heard(s) for s in seen}}
    for peer in PEERS:
        heard[peer] = {t: Heard(red=peers[peer][t.key] is not None, quiet=peers[peer][t.key] is None) for t in trials}
    return heard, frozenset(t.key for t in trials if t.kind == SHIFT and same(before[t.key], after[t.key]))


def _both(project: Project, trial: Trial, work: Path) -> tuple[Seen, Answer]:
    with project.runner.on(trial.machine) as runner:
        return check(project, runner, trial, work), _answer(project, runner, trial, work / "answers")


def _answer(project: Project, runner: Emulating, trial: Trial, work: Path) -> Answer:
    place = work / trial.key
    guard = project.plant(trial, place)
    return ask(runner.elsewhere(load(place)), guard)


def _heard(seen: Seen) -> Heard:
    """A machine that was not what it should be proves nothing, and so is not quiet."""
    verdict: Verdict = seen.verdict
    quiet = verdict.outcome is Outcome.MATCH and not seen.without_effect
    text = "; ".join(seen.without_effect) or f"{verdict.outcome}: {told(verdict)}"
    return Heard(verdict.outcome in RED, quiet, verdict.first_moved or verdict.stage, text)


def _disagreements(trials: Sequence[Trial], hidden: frozenset[str]) -> list[str]:
    """Shifts whose author says otherwise than what was measured about being hidden."""
    return [
        f"{t.key} is declared {'hidden' if t.hidden else 'open'} and measured {'hidden' if t.key in hidden else 'open'}"
        for t in trials
        if t.kind == SHIFT and t.hidden is not None and t.hidden != (t.key in hidden)
    ]


def _text(rows: Sequence[Row], wrong: Sequence[str], notes: Sequence[str]) -> str:
    return "\n".join([draw(rows), "", *(wrong or ["mlguard answered every trial as it should"]), *notes])


def _plain(
    rows: Sequence[Row], heard: Mapping[str, Mapping[Trial, Heard]], hidden: frozenset[str], notes: Sequence[str]
) -> dict[str, Any]:
    trials = [
        {
            "trial": t.key,
            "kind": t.kind,
            "hidden": t.key in hidden,
            "right": {tool: said[t].right(t) for tool, said in heard.items()},
            "declared_stage": t.stage,
            "first_stage": heard[MLGUARD][t].stage if t.kind == SHIFT else None,
            "said": heard[MLGUARD][t].text,
        }
        for t in heard[MLGUARD]
    ]
    return {"table": [asdict(row) for row in rows], "trials": trials, "notes": list(notes)}


if __name__ == "__main__":
    command()
