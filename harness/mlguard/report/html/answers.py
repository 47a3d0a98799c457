"""The answers of a guard in the golden and now, element by element, and the truth that belongs to them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from mlguard.core.dataset import column_of, rows_of
from mlguard.core.difference import by_element
from mlguard.core.finding import Finding
from mlguard.core.outcome import Outcome
from mlguard.core.record import GATE, Observation
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import Tolerances
from mlguard.core.value import Value
from mlguard.report.html.shown import Shown

LABELS = 10
"""Different answers up to which they are counted against each other."""

COMMON = ("prediction", "predict_proba.1")
"""What mlguard itself calls answers that their owner gave no name."""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Answer:
    """One column of answers."""

    finding: Finding
    """What comparing it gave."""
    golden: Value
    """The golden's answers, for rows that both runs have."""
    new: Value
    """The answers of this run, in the same order."""
    moved: Array
    """Which of them moved."""
    sizes: Array
    """How far each moved; infinite where one is no number."""
    limits: Array | None
    """How far each may move; None where they must be equal."""
    noise: Array | None
    """How far each moved where noise was measured; None where it was not."""

    @property
    def name(self) -> str:
        """The name of its Observation."""
        return self.finding.observation

    @property
    def column(self) -> str:
        """The name of its column, without the part of the data that it belongs to."""
        return self.name.partition(".")[2] or self.name

    @property
    def is_label(self) -> bool:
        """Whether it has so few different answers that each pair of them can be counted."""
        return not self.golden.is_float and len(self.labels) <= LABELS

    def times(self, i: int) -> float:
        """How many times its limit one of them moved; infinite where nothing may move."""
        limit = 0.0 if self.limits is None else float(self.limits[i])
        return float(self.sizes[i]) / limit if limit > 0 else math.inf

    @cached_property
    def labels(self) -> list[str]:
        """The different answers of both runs, as texts."""
        return in_order({*told(self.golden), *told(self.new)})


def answers(shown: Shown) -> list[Answer]:
    """The answers on test rows in the main run, those that moved first; of the train rows where there are no others."""
    if shown.golden is None or shown.record is None:
        return []
    findings = {f.observation: f for f in shown.verdict.findings if (f.run, f.stage, f.role) == (MAIN, "predict", GATE)}
    new = shown.record.by_key()
    both = [(o, new[o.key]) for o in shown.golden if _is_answer(o) and o.name in findings and o.key in new]
    found = [a for one, other in both if (a := _answer(shown.tolerances, one, other, findings[one.name])) is not None]
    own = [a for a in found if a.name.startswith("test.")] or found
    return sorted(own, key=lambda answer: answer.finding.outcome is Outcome.MATCH)


def truth(shown: Shown, answer: Answer) -> Value | None:
    """What the target column of the Dataset says of the rows of an answer; None where that is not known.

    Only the column of answers that the target belongs to has a truth: the one that is called after it or that has no
    name of its own, or the only one of its kind.
    """
    source = shown.record.provenance.dataset if shown.record else None
    if source is None or source.target is None or shown.data is None or answer.golden.rows is None:
        return None
    table, places = rows_of(answer.golden.rows, shown.data)
    column = None if table is None else column_of(table.columns, source.target)
    if table is None or column is None:
        return None
    cells = table[column].iloc[places]
    return _as_value(cells) if len(places) == answer.golden.size else None


def of_target(found: Sequence[Answer], target: str | None) -> list[Answer]:
    """The columns that may be held against the target: one of labels and one of numbers at most."""
    kinds: Mapping[bool, list[Answer]] = {kind: [a for a in found if a.is_label is kind] for kind in (True, False)}
    chosen = []
    for alike in kinds.values():
        named = [a for a in alike if a.column in (target, *COMMON)]
        chosen += named[:1] or (alike if len(alike) == 1 else [])
    return chosen


def told(value: Value) -> list[str]:
    """The elements as texts; truths and whole numbers alike are written as whole numbers."""
    return [_label(value.element(i)) for i in range(value.size)]


def in_order(labels: set[str]) -> list[str]:
    """Whole numbers by size, then texts by letters."""

    def place(label: str) -> tuple[bool, int, str]:
        is_whole = re.fullmatch(r"-?[0-9]{1,300}", label) is not None
        return (not is_whole, int(label) if is_whole else 0, label)

    return sorted(labels, key=place)


def floats(value: Value) -> Array:
    """The elements as float64; complex numbers by their size, missing ones as NaN."""
    data = np.abs(value.data) if value.data.dtype.kind == "c" else value.data
    return np.where(value.absent(), np.nan, data.astype(np.float64))


def _label(element: object) -> str:
    if element is None:
        return "missing"
    is_whole = isinstance(element, bool) or (isinstance(element, float) and element.is_integer())
    return str(int(element)) if is_whole else str(element)  # type: ignore[call-overload]  # It is a number.


def _is_answer(observation: Observation) -> bool:
    place = (observation.run, observation.stage, observation.role)
    return place == (MAIN, "predict", GATE) and observation.column is not None


def _answer(tolerances: Tolerances, observation: Observation, new: Observation, finding: Finding) -> Answer | None:
    rule = tolerances.rule(observation)
    pair = by_element(observation.value, new.value, rule)
    if pair is None:
        return None
    before, after, lanes = pair
    noise = rule.noise_seen(before) if before.is_float else None
    return Answer(finding, before, after, lanes.moved, lanes.sizes, lanes.limits, noise)


def _as_value(cells: Any) -> Value | None:
    """A column of a table as a Value: numbers and truths as they are, anything else as texts."""
    gone = cells.isna().to_numpy()
    if cells.dtype.kind in "iufb":
        numbers = cells.to_numpy(dtype=np.float64, na_value=np.nan) if gone.any() else cells.to_numpy()
        return Value(str(cells.dtype), (len(cells),), numbers, gone if gone.any() else None)
    texts = np.array([str(cell) for cell in cells], dtype=object)
    return Value("text", (len(cells),), texts, gone if gone.any() else None)


def moved_rows(found: Sequence[Answer]) -> list[str]:
    """The names of rows of which an answer moved, those that moved farthest from their limits first."""
    far: dict[str, float] = {}
    for answer in found:
        for i in np.flatnonzero(answer.moved).tolist():
            name = answer.golden.row_name(i)
            far[name] = max(far.get(name, 0.0), answer.times(i))
    return sorted(far, key=lambda name: -far[name])
