"""Verdicts as plain data: the documented schema of `--json`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome, worst
from mlguard.core.verdict import Verdict, exit_code
from mlguard.report import unchanged
from mlguard.report.causes import say_cause
from mlguard.report.documents import checks as documents
from mlguard.report.quiet import remarks
from mlguard.report.sentence import hint_in_words, say


def run_as_data(verdicts: Sequence[Verdict], not_run: Sequence[str] = ()) -> documents.Check:
    """The whole answer of `mlguard check --json`; `not_run` are guards that did not begin after another failed."""
    outcome = str(worst(verdict.outcome for verdict in verdicts))
    return unchanged.run_as_data([*map(as_data, verdicts)], not_run, outcome=outcome, exit_code=exit_code(verdicts))


def as_data(verdict: Verdict) -> documents.CheckedGuard:
    """One Verdict."""
    if verdict.unchanged is not None:
        return unchanged.as_data(verdict.guard, verdict.unchanged, verdict.file)
    return {
        "name": verdict.guard,
        "outcome": str(verdict.outcome),
        "unchanged_since": None,
        "exit_code": verdict.exit_code,
        "first_moved": verdict.first_moved,
        "first_run": verdict.first_run,
        "findings": [_finding(finding, verdict.against) for finding in verdict.findings],
        "places": dict(verdict.places),
        "causes": [say_cause(cause) for cause in verdict.causes],
        "changed": [str(kind) for kind in verdict.changed],
        "remarks": remarks(verdict),
        "problem": verdict.problem,
        "traceback": verdict.traceback,
        "slug": verdict.slug,
        "stage": verdict.stage,
        "usage": verdict.usage,
        "commit": verdict.commit,
        "file": verdict.file,
        "compared": verdict.compared,
        "seconds": round(verdict.seconds, 3),
        "costs": {part: round(seconds, 3) for part, seconds in verdict.costs.items()},
    }


def _finding(finding: Finding, against: str) -> documents.Finding:
    moved = finding.difference
    return {
        "run": finding.run,
        "stage": finding.stage,
        "observation": finding.observation,
        "outcome": str(finding.outcome),
        "kind": str(finding.kind),
        "message": say(finding, against),
        "role": str(finding.role),
        "gates": finding.gates,
        "exact": moved.exact and finding.outcome is Outcome.MATCH,
        "beyond_noise": moved.close and moved.beyond_noise,
        "tie": finding.kind is Kind.TIED,
        "max_abs": _number(moved.max_abs),
        "max_scaled": _number(moved.max_scaled),
        "limit": _number(moved.limit),
        "signed": _number(moved.signed),
        "moved": moved.moved,
        "total": moved.total,
        "worst": [{"place": m.place, "golden": plain(m.golden), "new": plain(m.new)} for m in moved.worst],
        "rows": list(moved.rows),
        "told": [hint_in_words(hint) for hint in finding.hints],
    }


def _number(value: float | None) -> float | str | None:
    """Strict JSON has no infinities, so they are spelled."""
    return value if value is None or math.isfinite(value) else str(value)


def plain(value: object) -> object:
    """An element as strict JSON has it."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if value is None or isinstance(value, bool | int | str) else str(value)
