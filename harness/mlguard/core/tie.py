"""Ties: a label or rank that changed where the scores in the same answer were tied within noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import GATE, Observation, Record

MIDDLES = (0.5, 0.0)
"""Where undeclared labels usually turn: probabilities at one half, decision functions at zero."""


@dataclass(frozen=True)
class _Score:
    """A float column beside a discrete one, in the golden, with twice its limit, and where its bits moved."""

    values: np.ndarray[Any, Any]
    reach: np.ndarray[Any, Any]
    pushed: np.ndarray[Any, Any]


def excuse_ties(
    golden: Record, record: Record, findings: Sequence[Finding], thresholds: Sequence[float]
) -> Iterator[Finding]:
    """The Findings, with ties made a match that says so, and with the metrics that only tied rows moved.

    Ties excuse predictions and what is computed from them, nothing else: where anything else of a run moved, its
    metrics stay as they are.
    """
    settled = [_tied(golden, record, finding, thresholds) for finding in findings]
    for finding in settled:
        others = [f for f in settled if f.run == finding.run and f.stage != "evaluate" and f.gates]
        tied = any(f.kind is Kind.TIED for f in others)
        clean = all(f.outcome is Outcome.MATCH for f in others)
        follows = finding.stage == "evaluate" and finding.outcome is Outcome.SHIFTED and finding.difference.moved
        yield replace(finding, outcome=Outcome.MATCH, kind=Kind.TIED) if follows and tied and clean else finding


def _tied(golden: Record, record: Record, finding: Finding, thresholds: Sequence[float]) -> Finding:
    if (
        finding.stage != "predict"
        or finding.role != GATE
        or finding.outcome is not Outcome.SHIFTED
        or not finding.difference.moved
    ):
        return finding
    key = (finding.run, finding.stage, finding.observation)
    before, after = golden.by_key().get(key), record.by_key().get(key)
    if before is None or after is None or before.column is None:
        return finding  # Only answers have scores beside them; a note stands for itself.
    if before.value.is_float or len(before.value.shape) != 1:
        return finding
    if before.value.shape != after.value.shape or before.value.rows != after.value.rows:
        return finding
    scores = list(_scores(golden, record, before))
    places = [i for i in range(before.value.size) if before.value.element(i) != after.value.element(i)]
    if not scores or not all(_is_tie(before, after, i, places, scores, thresholds) for i in places):
        return finding
    return replace(finding, outcome=Outcome.MATCH, kind=Kind.TIED)


def _scores(golden: Record, record: Record, discrete: Observation) -> Iterator[_Score]:
    part = discrete.name.partition(".")[0]
    after = record.by_key()
    for o in golden:
        beside = (o.run, o.stage, o.role) == (discrete.run, discrete.stage, GATE) and o.name.startswith(f"{part}.")
        alike = o.value.rows == discrete.value.rows and o.value.shape == discrete.value.shape
        new = after.get(o.key)
        if beside and alike and o.value.data.dtype.kind == "f" and new is not None and new.value.shape == o.value.shape:
            reach = 2 * golden.tolerances.rule(o).limits(o.value)
            yield _Score(o.value.data.astype(np.float64), reach, o.value.data != new.value.data)


def _is_tie(
    before: Observation,
    after: Observation,
    place: int,
    moved: Sequence[int],
    scores: Sequence[_Score],
    thresholds: Sequence[float],
) -> bool:
    if len(scores) > 1:
        (top, reach), (second, other) = sorted(((s.values[place], s.reach[place]) for s in scores), reverse=True)[:2]
        if top - second <= max(reach, other):
            return True
    return any(_turns(score, place, thresholds) or _swapped(before, after, place, moved, score) for score in scores)


def _turns(score: _Score, place: int, thresholds: Sequence[float]) -> bool:
    """Whether round-off pushed a score over a threshold; one that keeps every bit was not pushed: `>` became `>=`."""
    own = score.values[place]
    return bool(score.pushed[place]) and any(abs(own - turn) <= score.reach[place] for turn in (*thresholds, *MIDDLES))


def _swapped(before: Observation, after: Observation, place: int, moved: Sequence[int], score: _Score) -> bool:
    """Whether the answer came from another row whose score is tied with this one's."""
    own = score.values[place]
    tied = [j for j in moved if j != place and abs(score.values[j] - own) <= score.reach[place]]
    return any(after.value.element(place) == before.value.element(j) for j in tied)
