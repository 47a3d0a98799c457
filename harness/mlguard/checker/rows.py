"""What the rows that moved tell: which values they have in common, and which metrics they carry."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mlguard.core.compare import Comparison
from mlguard.core.dataset import Dataset, rows_of
from mlguard.core.finding import Added, Carried, Finding, Hint, InCommon, Kind, NotCarried, SameValue
from mlguard.core.outcome import Outcome
from mlguard.core.record import GATE, Record
from mlguard.core.run_name import MAIN
from mlguard.core.value import Value

CHANCE = 0.01
"""Largest probability that rows picked by chance would have as much in common, over everything that was looked at."""

DISTINCT = 30
"""Distinct values of a column up to which a single one is worth naming."""


def tell(comparison: Comparison, golden: Record, data: Dataset | None) -> Comparison:
    """The Comparison with what its moved rows tell, for the main run, whose tables are at hand."""
    return replace(comparison, findings=tuple(_told(f, comparison, golden, data) for f in comparison.findings))


def _told(finding: Finding, comparison: Comparison, golden: Record, data: Dataset | None) -> Finding:
    if not finding.gates or finding.outcome is not Outcome.SHIFTED:
        return finding
    return replace(finding, hints=(*finding.hints, *_hints(finding, comparison, golden, data)))


def _hints(finding: Finding, comparison: Comparison, golden: Record, data: Dataset | None) -> Iterator[Hint]:
    observation = golden.by_key().get((finding.run, finding.stage, finding.observation))
    moved = finding.difference
    if finding.kind is Kind.LOST and observation is not None:
        yield from _renamed(finding, observation.value, comparison)
    elif finding.stage == "evaluate" and moved.moved and not moved.structure:
        yield from carriers(finding, comparison)
    elif finding.run == MAIN and data is not None and observation is not None and observation.value.rows and moved.rows:
        yield from alike(moved.rows, observation.value.rows, data)


def _renamed(lost: Finding, value: Value, comparison: Comparison) -> Iterator[Hint]:
    """The only new single value of the same stage that is equal to one that is gone."""
    new = [f for f in comparison.findings if f.kind is Kind.NEW and (f.run, f.stage) == (lost.run, lost.stage)]
    equal = [f for f in new if value.size == 1 and f.detail == Added(value.element(0))]
    if len(equal) == 1:
        yield SameValue(equal[0].observation)


def carriers(finding: Finding, comparison: Comparison) -> Iterator[Hint]:
    """Which answers a metric's move comes from: the only ones that moved, or none."""
    answers = [f for f in comparison.findings if f.run == finding.run and f.stage == "predict" and f.role == GATE]
    own = [f for f in answers if f.observation.startswith("test.")]
    if not own:
        return
    rows = list(dict.fromkeys(row for f in own if f.outcome is Outcome.SHIFTED for row in f.difference.rows))
    if not rows:
        if all(f.outcome is Outcome.MATCH for f in own):
            yield NotCarried()
        return
    total = max(f.difference.total for f in own)
    if len(rows) < total:
        yield Carried(tuple(rows), total)


@dataclass(frozen=True)
class Condition:
    """Something that holds for some rows of a table."""

    column: str
    """The column that it is about."""
    relation: str
    """`missing`, `is`, `>=` or `<=`."""
    value: object
    """What the column is compared with; None for `missing`."""
    holds: np.ndarray[Any, Any]
    """For which rows, as booleans."""


def alike(moved: Sequence[str], names: Sequence[str], data: Dataset) -> Iterator[InCommon]:
    """What all moved rows have and few others, where that is no chance; nothing where the rows are of no table.

    `names` are all rows that were compared. A condition is named where rows picked by chance would share one as rare
    with a probability below CHANCE, each column and kind of condition counted as a try.
    """
    table, places = rows_of(names, data)
    if table is None or len(set(moved)) < 2:
        return
    inside = np.isin(np.asarray(names, dtype=object), np.asarray(list(moved), dtype=object))
    if inside.all():
        return
    conditions = list(_conditions(table.iloc[places], inside))
    shared = [c for c in conditions if c.holds[inside].all()]
    best = min(shared, key=lambda c: (c.holds.mean(), c.column, c.relation), default=None)
    if best is None or len(conditions) * _by_chance(best.holds, inside) > CHANCE:
        return
    others = int((best.holds & ~inside).sum())
    yield InCommon(best.column, best.relation, best.value, others, int((~inside).sum()))


def _by_chance(holds: np.ndarray[Any, Any], inside: np.ndarray[Any, Any]) -> float:
    """Probability that as many rows, drawn without putting back, all meet the condition."""
    hits, total, drawn = int(holds.sum()), len(holds), int(inside.sum())
    return math.prod((hits - i) / (total - i) for i in range(drawn))


def _conditions(table: Any, inside: np.ndarray[Any, Any]) -> Iterator[Condition]:
    for position, column in enumerate(table.columns):
        cells = table.iloc[:, position]
        gone = cells.isna().to_numpy()
        if gone.any():
            yield Condition(str(column), "missing", None, gone)
        here = cells[inside & ~gone]
        if not len(here):
            continue
        yield from _by_value(str(column), cells, here)
        if cells.dtype.kind in "iuf":
            yield from _by_size(str(column), cells.to_numpy(), gone, here)


def _by_value(column: str, cells: Any, here: Any) -> Iterator[Condition]:
    try:
        few = cells.nunique() <= DISTINCT and here.nunique() == 1
    except TypeError:  # Lists and other cells that have no hash.
        return
    if few:
        value = here.iloc[0]
        shown = value.item() if isinstance(value, np.generic) else value
        yield Condition(column, "is", shown, (cells == value).fillna(False).to_numpy(dtype=bool))


def _by_size(column: str, cells: np.ndarray[Any, Any], gone: np.ndarray[Any, Any], here: Any) -> Iterator[Condition]:
    low, high = here.min(), here.max()
    yield Condition(column, ">=", low.item(), np.asarray(cells >= low) & ~gone)
    yield Condition(column, "<=", high.item(), np.asarray(cells <= high) & ~gone)
