"""Intents: what a new golden is meant to change, as its owner says it, and what of that did not come true."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mlguard.core.error import UsageError
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.run_name import MAIN

PRESERVING, CHANGING = "preserving", "changing"

UP, DOWN = "up", "down"

_TEXT = re.compile(rf"\s*({PRESERVING}|{CHANGING})\s*(?::(.*))?", re.DOTALL)
_METRIC = re.compile(rf"\s*(\S.*?)\s+({UP}|{DOWN})\s*", re.DOTALL)


@dataclass(frozen=True)
class Intent:
    """What a new golden is meant to change."""

    changes: bool
    """Whether behaviour changes at all."""
    metrics: Mapping[str, str] = field(default_factory=dict)
    """The metrics that are meant to move, each `up` or `down`."""

    def __str__(self) -> str:
        if not self.changes:
            return PRESERVING
        metrics = ", ".join(f"{metric} {way}" for metric, way in self.metrics.items())
        return f"{CHANGING}: {metrics}" if metrics else CHANGING


@dataclass(frozen=True)
class Unmet:
    """Something that was meant and did not come true."""

    metric: str = ""
    """The metric that was meant to move; empty for behaviour as a whole."""
    wanted: str = ""
    """`up` or `down`."""
    finding: Finding | None = None
    """What came instead; None where there is nothing of the kind."""


def parse_intent(text: str) -> Intent:
    """`preserving`, `changing`, or `changing: auc up, log_loss down`. Raises UsageError for any other text."""
    found = _TEXT.fullmatch(text)
    named = [_METRIC.fullmatch(part) for part in (found[2] or "").split(",")] if found and found[2] is not None else []
    metrics = {metric[1]: metric[2] for metric in named if metric}
    if found is None or len(metrics) < len(named) or (metrics and found[1] == PRESERVING):
        raise UsageError(
            f"the intent {text!r} is none: it is {PRESERVING!r}, {CHANGING!r}, or names metrics, as in "
            f"'{CHANGING}: auc up, log_loss down'",
            slug="intent-unknown",
        )
    return Intent(found[1] == CHANGING, metrics)


def unmet(intent: Intent, findings: Sequence[Finding]) -> Iterator[Unmet]:
    """What of an intent did not come true, given what moved. What is only new, or fails a gate, is no move."""
    moved = [f for f in findings if f.gates and f.outcome is not Outcome.MATCH and f.kind not in _NO_MOVE]
    if not intent.changes:
        yield from (Unmet(finding=finding) for finding in moved)
    elif not moved:
        yield Unmet()
    metrics = {f.observation: f for f in findings if f.run == MAIN and f.stage == "evaluate"}
    for metric, way in intent.metrics.items():
        finding = metrics.get(metric)
        if finding is None or finding not in moved or _way(finding) != way:
            yield Unmet(metric, way, finding)


_NO_MOVE = (Kind.NEW, Kind.GATE_MISSED)


def _way(finding: Finding) -> str:
    """Where a metric moved; empty where that cannot be said."""
    signed = finding.difference.signed
    return "" if not signed else UP if signed > 0 else DOWN
