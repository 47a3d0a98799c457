"""Ties: labels, ranks and ranked items that changed by nothing but round-off of the scores in the same answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from mlguard.core.boundary import BOUNDARY, beside, tied_tracks
from mlguard.core.decision import Array, Columns, Decision, Sides, decisions_of, elements, is_score, tied_labels
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.ranking import swapped_rows, tied_ranks
from mlguard.core.record import GATE, PROBE, PROBES, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import RunName
from mlguard.core.structure import OtherRows
from mlguard.core.tolerance import Tolerances
from mlguard.core.value import Value, numbers

Part = tuple[RunName, str]
"""A run, and which of its rows were answered: `test`, `train`, `probes` or `own`."""

Answers = Mapping[str, Observation]
"""The columns of one answer."""

NOTHING: frozenset[str] = frozenset()


def excuse_ties(golden: Record, record: Record, findings: Sequence[Finding], rules: Rules) -> Iterator[Finding]:
    """The Findings, of which those that ties explain in all their rows are a match of the kind TIED.

    Answers are all that a tie excuses here. Whether a metric follows from them shows only when it is computed again.
    """
    ties = _Ties(golden, record, rules) if any(map(_may_be_tied, findings)) else None
    for finding in findings:
        tied = ties is not None and _may_be_tied(finding) and ties.explain(finding)
        yield replace(finding, outcome=Outcome.MATCH, kind=Kind.TIED) if tied else finding


def _may_be_tied(finding: Finding) -> bool:
    moved = finding.difference
    other_rows = finding.observation == BOUNDARY and all(isinstance(change, OtherRows) for change in moved.structure)
    changed = finding.outcome is Outcome.SHIFTED and bool(moved.moved or moved.structure)
    return changed and (other_rows or not moved.structure) and finding.stage == "predict" and finding.role in _DECIDING


class _Ties:
    """The ties between two Records."""

    def __init__(self, golden: Record, record: Record, rules: Rules) -> None:
        self.golden, self.record, self.rules = golden, record, rules
        self.before, self.after = _parts(golden), _parts(record)
        self.known = [_columns(answers) for answers in self.before.values()]
        self.sides, self.tied_rows, self.tracks = cache(self._sides), cache(self._tied_rows), cache(self._tracks)

    def explain(self, finding: Finding) -> bool:
        """Whether all rows of a Finding changed by round-off alone."""
        own = self.golden.by_key()[finding.run, finding.stage, finding.observation]
        tied, gone = self.tracks(finding.run)
        rows = set(finding.difference.rows)
        if own.name == BOUNDARY:
            lost = {row for change in finding.difference.structure for row in _rows_of(change)}
            return rows <= tied and lost <= gone
        if own.is_probe_status:
            return rows <= {row for track in gone for row in beside(track)}
        part = _part(own)
        if part is None:
            return False
        return rows <= self.tied_rows(part, str(own.column)) | {row for track in tied for row in beside(track)}

    def _sides(self, part: Part) -> Sides | None:
        """The rows and columns of a part that both Records have."""
        if part not in self.before or part not in self.after:
            return None
        return _sides(self.before[part], self.after[part], self.golden.tolerances)

    def _decisions(self, column: str, sides: Sides) -> list[Decision]:
        known = [columns for columns in self.known if column in columns]
        return list(decisions_of(column, sides, known, self.rules.thresholds))

    def _tied_rows(self, part: Part, column: str) -> frozenset[str]:
        """Names of the rows in which a column changed by round-off alone."""
        sides = self.sides(part)
        if sides is None or column not in sides.golden:
            return NOTHING
        tied = tied_labels(column, sides, self._decisions(column, sides))
        if not tied.any() and tied_ranks(column, sides, self.rules.key):
            tied[:] = True
        places = None if tied.any() else swapped_rows(sides, self.rules.key)
        if places is not None:
            tied = _equal(sides.golden[column].take_rows(places.tolist()), sides.new[column], sides.limits.get(column))
        return frozenset(name for name, own in zip(sides.names, tied.tolist(), strict=True) if own)

    def _tracks(self, run: RunName) -> tuple[frozenset[str], frozenset[str]]:
        """The tracks whose flip ties have moved, and those that come or go because labels of test rows are tied."""
        before, after = (record.by_key().get((run, "predict", BOUNDARY)) for record in (self.golden, self.record))
        sides = self.sides((run, PROBES))
        if before is None or after is None or sides is None:
            return NOTHING, NOTHING
        old, new = before.value, after.value
        labels = [name for name, value in sides.golden.items() if not is_score(value)]
        tied = (tied_tracks(old, new, label, sides, self._decisions(label, sides)) for label in labels)
        chosen = any(self.tied_rows((run, "test"), label) for label in labels)
        return NOTHING.union(*tied), NOTHING.union(set(old.rows or ()) ^ set(new.rows or ())) if chosen else NOTHING


_DECIDING = (GATE, PROBE)


def _rows_of(change: object) -> tuple[str, ...]:
    return (*change.gone, *change.added) if isinstance(change, OtherRows) else ()


def _sides(golden: Answers, new: Answers, tolerances: Tolerances) -> Sides:
    """The rows and columns that two answers share."""
    rows, places = _rows(golden), {name: place for place, name in enumerate(_rows(new))}
    both = [(place, places[name]) for place, name in enumerate(rows) if name in places]
    before, after = _columns(golden, [old for old, _ in both]), _columns(new, [now for _, now in both])
    limits = {name: _limits(o, tolerances) for name, o in golden.items() if o.value.is_float}
    shared = [name for name in before if name in after]
    return Sides(
        tuple(rows[old] for old, _ in both),
        {name: before[name] for name in shared},
        {name: after[name] for name in shared},
        {name: value.data for name, value in _columns(limits, [old for old, _ in both]).items()},
    )


def _part(observation: Observation) -> Part | None:
    """The part of the answers that an Observation is a column of; None where it is none that decides."""
    if observation.stage != "predict" or observation.role not in _DECIDING or not observation.column:
        return None
    return observation.run, observation.name.removesuffix(f".{observation.column}")


def _parts(record: Record) -> dict[Part, dict[str, Observation]]:
    """The answers of a Record that decide, part by part."""
    found: dict[Part, dict[str, Observation]] = {}
    for observation in record:
        part = _part(observation)
        if part is not None:
            found.setdefault(part, {})[str(observation.column)] = observation
    return found


def _rows(answers: Answers) -> tuple[str, ...]:
    """Names of the rows that were answered."""
    value = next(iter(answers.values())).value
    return value.rows or tuple(map(str, range(value.shape[0])))


def _columns(answers: Answers, places: Sequence[int] | None = None) -> Columns:
    """The columns of an answer, those of a matrix one by one; all rows, or those at some places."""
    found: dict[str, Value] = {}
    for name, observation in answers.items():
        value = observation.value if places is None else observation.value.take_rows(places)
        if len(value.shape) == 2 and value.is_float:
            found |= {f"{name}.{i}": numbers(value.data.reshape(value.shape)[:, i]) for i in range(value.shape[1])}
        elif len(value.shape) == 1:
            found[name] = value
    return found


def _limits(observation: Observation, tolerances: Tolerances) -> Observation:
    """How far each number of the golden may move, in its own place."""
    limits = tolerances.rule(observation).limits(observation.value)
    return replace(observation, value=replace(observation.value, data=limits, missing=None))


def _equal(one: Value, other: Value, limits: Array | None) -> Array:
    """Which elements are the same, those of a score within its limits."""
    same = np.array([a == b for a, b in zip(elements(one), elements(other), strict=True)], dtype=bool)
    if limits is None or not is_score(one) or not is_score(other):
        return same
    with np.errstate(invalid="ignore"):
        return np.asarray(same | (np.abs(one.data - other.data) <= limits))
