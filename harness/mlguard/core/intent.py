"""Intents: what a new golden is meant to change, as its owner says it, and what of that did not come true."""

from __future__ import annotations

import math
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
_METRIC = re.compile(
    rf"\s*(\S.*?)\s+({UP}|{DOWN})(?:\s+((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?))?\s*", re.DOTALL
)

_ROUND_OFF = 1e-9
"""Share of an amount that the difference of two metrics may lack: 0.57 - 0.56 is less than 0.01."""


@dataclass(frozen=True)
class Wanted:
    """Where a metric is meant to move."""

    way: str
    """`up` or `down`."""
    by: float = 0.0
    """By how much at least; 0.0 where nobody says."""

    def __str__(self) -> str:
        return f"{self.way} {repr(self.by).removesuffix('.0')}" if self.by else self.way

    @property
    def signed(self) -> float:
        """The amount, negative where it is meant to fall."""
        return self.by if self.way == UP else -self.by

    def is_met(self, move: float | None) -> bool:
        """Whether a move from the old value to the new one is as wanted; None is one that nobody knows."""
        if not move or (move > 0) is not (self.way == UP):
            return False
        return abs(move) >= self.by * (1 - _ROUND_OFF)


@dataclass(frozen=True)
class Intent:
    """What a new golden is meant to change."""

    changes: bool
    """Whether behaviour changes at all."""
    metrics: Mapping[str, Wanted] = field(default_factory=dict)
    """The metrics that are meant to move, and where."""

    def __str__(self) -> str:
        if not self.changes:
            return PRESERVING
        metrics = ", ".join(f"{metric} {wanted}" for metric, wanted in self.metrics.items())
        return f"{CHANGING}: {metrics}" if metrics else CHANGING


@dataclass(frozen=True)
class Unmet:
    """Something that was meant and did not come true."""

    metric: str = ""
    """The metric that was meant to move; empty for behaviour as a whole."""
    wanted: Wanted | None = None
    """Where it was meant to move; None for behaviour as a whole."""
    finding: Finding | None = None
    """What came instead; None where there is nothing of the kind."""


def parse_intent(text: str) -> Intent:
    """`preserving`, `changing`, or `changing: auc up 0.01, log_loss down`. Raises UsageError for any other text."""
    found = _TEXT.fullmatch(text)
    named = [_METRIC.fullmatch(part) for part in (found[2] or "").split(",")] if found and found[2] is not None else []
    metrics = {metric[1]: Wanted(metric[2], float(metric[3] or 0)) for metric in named if metric}
    is_odd = any(not math.isfinite(wanted.by) for wanted in metrics.values())
    if found is None or is_odd or len(metrics) < len(named) or (metrics and found[1] == PRESERVING):
        raise UsageError(
            f"the intent {text!r} is none: it is {PRESERVING!r}, {CHANGING!r}, or names metrics, as in "
            f"'{CHANGING}: auc up, log_loss down', each with the least amount where you want: 'auc up 0.01'",
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
    for metric, wanted in intent.metrics.items():
        finding = metrics.get(metric)
        if finding is None or finding not in moved or not wanted.is_met(finding.difference.signed):
            yield Unmet(metric, wanted, finding)


_NO_MOVE = (Kind.NEW, Kind.GATE_MISSED)
