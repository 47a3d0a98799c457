"""Quiet lines: what a reader of a match may want to know, one line for each thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlguard.core.finding import Finding, Kind, Question
from mlguard.core.outcome import Outcome
from mlguard.core.record import INTERNAL
from mlguard.core.verdict import Verdict
from mlguard.report.causes import say_cause
from mlguard.report.numbers import counted, few
from mlguard.report.sentence import GOLDEN, say

NAMED = 3
"""New questions that a line names; the others are counted."""


def remarks(verdict: Verdict) -> list[str]:
    """Everything that is told quietly of one guard: of its Findings first, then of its run."""
    findings = quiet(verdict.findings, guard=verdict.guard, against=verdict.against)
    return [*_harmless(verdict), *findings, *verdict.remarks]


def quiet(findings: Sequence[Finding], *, guard: str = "", against: str = GOLDEN) -> Iterator[str]:
    """The quiet lines of some Findings."""
    yield from _close(findings)
    yield from (say(f, against) for f in findings if f.kind is Kind.TIED and f.outcome is Outcome.MATCH)
    yield from _new_questions(findings, guard)
    yield from _set_aside(findings, against)
    yield from _inside(findings)


def _harmless(verdict: Verdict) -> Iterator[str]:
    """What was edited though nothing moved."""
    if verdict.outcome is Outcome.MATCH:
        yield from (f"{say_cause(cause)}; nothing moved" for cause in verdict.causes)


def _close(findings: Sequence[Finding]) -> Iterator[str]:
    """One line about all that moved within its limit, with the one that came nearest to it."""
    close = [f for f in findings if f.gates and f.kind is Kind.SAME and not f.difference.exact and f.difference.max_abs]
    if not close:
        return
    beyond = [f for f in close if f.difference.beyond_noise]
    how = "by more than the measured noise, within the minimum tolerance" if beyond else "in the last digits"
    worst = max(beyond or close, key=_used)
    moved = worst.difference
    # An exact rule has no limit to use up.
    limit = f" (limit {moved.limit:.2g})" if moved.limit else ""
    count = counted(len(beyond or close), "observation")
    yield f"{count} moved {how}; nearest to its limit: {worst.label} by {moved.max_abs:.2g}{limit}"


def _used(finding: Finding) -> float:
    """The share of its limit that a Finding used."""
    moved = finding.difference
    return (moved.max_abs or 0.0) / moved.limit if moved.limit else 0.0


def _new_questions(findings: Sequence[Finding], guard: str) -> Iterator[str]:
    names = [f.detail.name for f in findings if isinstance(f.detail, Question)]
    if names:
        command = " ".join(filter(None, ("mlguard regen-golden", guard)))
        yield f"new in this version: {few(names, NAMED)}; `{command}` adds {'it' if len(names) == 1 else 'them'}"


def _set_aside(findings: Sequence[Finding], against: str) -> Iterator[str]:
    """What moved and does not decide: nobody may forget a waiver, or take a new effect for guarded."""
    for finding in findings:
        if finding.gates or finding.role == INTERNAL or finding.outcome is Outcome.MATCH:
            continue
        text = say(finding, against)
        yield f"waived ({finding.waiver}): {text}" if finding.waiver else f"{text}, so it decides nothing"


def _inside(findings: Sequence[Finding]) -> Iterator[str]:
    """What moved inside the model where nothing that decides did."""
    internals = [f for f in findings if not f.gates and f.role == INTERNAL and f.outcome is Outcome.SHIFTED]
    inside = [f for f in internals if f.difference.moved]
    if inside and not any(f.gates and f.outcome is not Outcome.MATCH for f in findings):
        what = "a learned parameter or other internal" if len(inside) == 1 else f"{len(inside)} internals of the model"
        yield f"predictions are unchanged; {what} changed, first {inside[0].stage} {inside[0].observation}"
