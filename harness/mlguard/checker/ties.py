"""What follows from ties: metrics of which `evaluate` returns the golden's for the golden's answers, and noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mlguard.core.compare import Comparison, compare
from mlguard.core.error import MlguardError
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import PROBE, Key, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN, Main, RunName, Seed
from mlguard.discovery import Declared
from mlguard.observe.restored import Restored
from mlguard.runner.order import Change, Extent
from mlguard.runner.run import Runner

TESTED = "test."
"""How the answers are called of which `evaluate` makes metrics."""


def excuse_metrics(runner: Runner, guard: Declared, golden: Record, comparison: Comparison) -> Comparison:
    """The Comparison, of which metrics that follow from tied rows are a match of the kind TIED.

    The guard is run again only where nothing but metrics moved, each beside a tie of its own run.
    """
    moves = comparison.moves()
    tied = {run: _cells(golden, comparison, run) for run in {finding.run for finding in moves}}
    if not moves or not all(_is_metric(finding) and tied[finding.run] for finding in moves):
        return comparison
    returned = {run: _returned(runner, guard, golden, run, Restored(cells), moves) for run, cells in tied.items()}
    findings = (
        replace(f, outcome=Outcome.MATCH, kind=Kind.TIED) if f in moves and f.observation in returned[f.run] else f
        for f in comparison.findings
    )
    return replace(comparison, findings=tuple(findings))


def tied_keys(record: Record, other: Record, rules: Rules) -> frozenset[Key]:
    """What ties alone turned between two Records of the same code: answers, and the metrics of their runs."""
    findings = [finding for finding in compare(record, other, rules).findings if finding.kind is Kind.TIED]
    runs = {finding.run for finding in findings}
    metrics = {observation.key for observation in record if observation.stage == "evaluate" and observation.run in runs}
    return frozenset({(finding.run, finding.stage, finding.observation) for finding in findings} | metrics)


def _is_metric(finding: Finding) -> bool:
    return finding.stage == "evaluate" and finding.outcome is Outcome.SHIFTED and isinstance(finding.run, Main | Seed)


def _cells(golden: Record, comparison: Comparison, run: RunName) -> dict[str, dict[str, object]]:
    """What the golden has in the tied rows of a run, by column and row."""
    known = golden.by_key()
    cells = {}
    for finding in comparison.findings:
        place = (finding.run, finding.stage, finding.observation)
        if finding.run == run and finding.kind is Kind.TIED and finding.observation.startswith(TESTED):
            observation = known[place]
            rows, tied = observation.value.rows or (), set(finding.difference.rows)
            cells[str(observation.column)] = {r: observation.value.element(i) for i, r in enumerate(rows) if r in tied}
    return cells


def _returned(
    runner: Runner, guard: Declared, golden: Record, run: RunName, answers: Restored, moves: Sequence[Finding]
) -> set[str]:
    """The metrics of a run that are the golden's when the run is made again, as the main one, with other answers."""
    change = Change(answers=answers, seeds=(run.number,) if isinstance(run, Seed) else None)
    derived = any(finding.role is PROBE and finding.run == run for finding in moves)
    try:
        again = runner.run(guard, extent=Extent.QUICK if derived else Extent.MAIN, change=change, bundle=False).record
    except MlguardError:
        return set()
    new = (replace(observation, run=run) for observation in again if observation.run == MAIN)
    sides = (_metrics(golden, run), _metrics(again.with_observations(tuple(new)), run))
    return {finding.observation for finding in compare(*sides).findings if finding.outcome is Outcome.MATCH}


def _metrics(record: Record, run: RunName) -> Record:
    return record.with_observations(tuple(o for o in record if o.run == run and o.stage == "evaluate"))
