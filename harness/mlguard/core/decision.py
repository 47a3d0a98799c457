"""Decisions: how the labels of an answer follow from its scores, and which labels changed only by round-off.

A label belongs to the largest of several competitors: the columns of a matrix, the columns that are named after the
labels, or one score and a threshold. Which decision it is must show on every row of the golden. A threshold that would
merely fit between the rows is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.value import Value

Array = np.ndarray[Any, Any]

Columns = Mapping[str, Value]
"""Answers by column, all with one element per row."""

MIDDLES = (0.5, 0.0)
"""Where labels turn that nobody declared: probabilities at one half, decision functions at zero."""

EVERY = ""
"""The name under which a threshold is declared for all scores."""

UNDECIDED = -1
"""Stands for the winner of a row in which a competitor is no number."""


@dataclass(frozen=True)
class Decision:
    """The label belongs to the largest of these competitors."""

    competitors: tuple[str | float, ...]
    """Names of score columns, and thresholds."""
    last: bool
    """Which of equally large ones wins: the last, as in `score >= threshold`, or the first."""

    def applies(self, columns: Columns) -> bool:
        """Whether these answers have all the scores."""
        return all(name in columns and is_score(columns[name]) for name in self.competitors if isinstance(name, str))

    def scores(self, columns: Columns) -> Array:
        """What competes in each row, one column per competitor."""
        length = next(iter(columns.values())).size
        found = [
            columns[one].data.astype(np.float64) if isinstance(one, str) else np.full(length, one)
            for one in self.competitors
        ]
        return np.stack(found, axis=1)

    def winners(self, columns: Columns) -> Array:
        """The position of the winning competitor in each row, or UNDECIDED."""
        scores = self.scores(columns)
        best = scores.shape[1] - 1 - scores[:, ::-1].argmax(axis=1) if self.last else scores.argmax(axis=1)
        return np.where(np.isnan(scores).any(axis=1), UNDECIDED, best)

    def as_good(self, columns: Columns, limits: Mapping[str, Array]) -> Array:
        """Which competitors are as good as the winner of their row, within the larger limit of the two."""
        scores, winners = self.scores(columns), self.winners(columns)[:, None]
        own = [limits[one] if isinstance(one, str) else np.zeros(len(scores)) for one in self.competitors]
        reach = np.stack(own, axis=1)
        best, its_reach = np.take_along_axis(scores, winners, axis=1), np.take_along_axis(reach, winners, axis=1)
        with np.errstate(invalid="ignore"):
            return np.asarray((best - scores <= np.maximum(its_reach, reach)) & (winners != UNDECIDED))


@dataclass(frozen=True)
class Sides:
    """Two answers to the same rows."""

    names: tuple[str, ...]
    """Names of the rows."""
    golden: Columns
    """The golden's answer."""
    new: Columns
    """The new answer, in the same columns."""
    limits: Mapping[str, Array]
    """How far each score of the golden may move, by column."""


def tied_labels(label: str, sides: Sides, decisions: Sequence[Decision]) -> Array:
    """Which labels changed by round-off alone, as booleans by row: another competitor wins that was as good.

    The scores of such a row moved. Where they keep every bit, the same competitor wins.
    """
    rows, tied = np.arange(len(sides.names)), np.zeros(len(sides.names), dtype=bool)
    for decision in decisions:
        before, after = decision.winners(sides.golden), decision.winners(sides.new)
        was = decision.as_good(sides.golden, sides.limits)[rows, after]
        tied |= (before != after) & was & decision.as_good(sides.new, sides.limits)[rows, before]
    return tied


def decisions_of(
    label: str, sides: Sides, known: Sequence[Columns], thresholds: Mapping[str, float]
) -> Iterator[Decision]:
    """What decides the label on every row, known and new.

    `known` are all answers of the golden that have the label: it must be decided in the same way on each of their rows.
    `thresholds` are those that were declared, by the name of the score, of the label, or EVERY.
    """
    for decision in _candidates(label, known, thresholds):
        labels, applies = _labels(decision, label, known), decision.applies(sides.golden)
        if labels and applies and decision.applies(sides.new) and _follow(decision, labels, label, sides.new):
            yield decision


def is_score(value: Value) -> bool:
    """Whether a column holds floating-point numbers."""
    return bool(value.data.dtype.kind == "f")


def elements(value: Value) -> list[object]:
    """The elements of a column; None for a missing one, of whatever type."""
    found = (value.element(i) for i in range(value.size))
    return [None if isinstance(one, float) and one != one else one for one in found]


def _labels(decision: Decision, label: str, known: Sequence[Columns]) -> dict[int, object]:
    """The label of each competitor; empty where a row of the golden says otherwise."""
    labels: dict[int, object] = {}
    for columns in known:
        if not decision.applies(columns):
            return {}
        for winner, own in zip(decision.winners(columns).tolist(), elements(columns[label]), strict=True):
            if winner != UNDECIDED and labels.setdefault(winner, own) != own:
                return {}
    return labels


def _follow(decision: Decision, labels: Mapping[int, object], label: str, new: Columns) -> bool:
    """Whether every new label follows from the new scores as it does in the golden."""
    pairs = zip(decision.winners(new).tolist(), elements(new[label]), strict=True)
    return all(winner == UNDECIDED or (winner in labels and labels[winner] == own) for winner, own in pairs)


def _candidates(label: str, known: Sequence[Columns], thresholds: Mapping[str, float]) -> Iterator[Decision]:
    """What may decide a label: each score and a threshold, or scores that belong together."""
    scores = [name for name, value in known[0].items() if name != label and is_score(value)]
    labels = {own for columns in known for own in elements(columns[label])}
    groups: list[tuple[str | float, ...]] = [
        (turn, name) for name in scores for turn in _turns(known[0][name], {EVERY, name, label}, thresholds)
    ]
    groups += [*_numbered(scores), *_named_after(labels, scores)]
    yield from (Decision(group, last) for group in groups for last in (True, False))


def _turns(score: Value, names: set[str], thresholds: Mapping[str, float]) -> list[float]:
    """The thresholds of one score, also as a number of the score's own type, in which it may have been compared."""
    turns = [*(turn for name, turn in thresholds.items() if name in names), *MIDDLES]
    return list(dict.fromkeys([*turns, *(float(score.data.dtype.type(turn)) for turn in turns)]))


def _numbered(scores: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The columns of each matrix: `proba.0`, `proba.1` and so on."""
    found: dict[str, dict[int, str]] = {}
    for name in scores:
        match = re.fullmatch(r"(.*?)(\d+)", name)
        if match:
            found.setdefault(match[1], {})[int(match[2])] = name
    for columns in found.values():
        if len(columns) > 1 and sorted(columns) == list(range(len(columns))):
            yield tuple(columns[place] for place in sorted(columns))


def _named_after(labels: set[object], scores: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The columns that are named after the labels: `proba_a` and `proba_b` of the labels `a` and `b`."""
    spelled = [_spelled(label) for label in labels]
    around = {
        (name[: found.start()], name[found.end() :])
        for name in scores
        for text in (spelled[0] if spelled else ())
        for found in re.finditer(re.escape(text), name)
    }
    for before, behind in sorted(around):
        named = [{f"{before}{text}{behind}" for text in texts} & set(scores) for texts in spelled]
        if all(len(names) == 1 for names in named):
            yield tuple(name for name in scores if {name} in named)


def _spelled(label: object) -> list[str]:
    """How a column may be named after a label."""
    if isinstance(label, bool):
        return [str(label), str(label).lower(), str(int(label))]
    if isinstance(label, float) and label.is_integer():
        return [str(label), str(int(label))]
    return [] if label in (None, "") else [str(label)]
