"""Predict batches of probe rows, several in one call where they fit into one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from mlguard.core.contract import DIFFERS, SAME, reference_key, same_rows
from mlguard.core.difference import difference
from mlguard.core.error import MlguardError
from mlguard.core.probe import ANSWERED
from mlguard.core.record import CONTRACT_VALUE
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import EXACT
from mlguard.core.value import Value
from mlguard.observe import rows as rowwise
from mlguard.observe import stages
from mlguard.observe.answers import Answers
from mlguard.observe.kinds import is_frame, is_pandas
from mlguard.observe.probe_rows import Batch
from mlguard.observe.run import Run

ROUND_OFF = 1e-9
"""Move per unit of scale up to which a row's answer does not depend on the rows beside it."""

CELLS = 2**20
"""Cells of the rows that are given to one call: a wide table must not fill the memory."""


@dataclass(frozen=True)
class Asked:
    """What one batch gave."""

    batch: Batch
    status: str
    """`answered`, or what was raised."""
    answers: Answers | None
    """None where nothing was answered."""

    def names(self) -> tuple[str, ...]:
        """Names of the rows; of the answers where a key identifies them or there are several per row."""
        label = self.batch.label
        if self.answers is not None and self.answers.names is not None:
            return tuple(f"{label} {name}" for name in self.answers.names)
        if self.answers is not None and self.answers.length != len(self.batch.names):
            return tuple(f"{label} #{i}" for i in range(self.answers.length))
        return self.batch.names or (label,)


def ask_all(run: Run, model: Any, batches: Sequence[Batch]) -> list[Asked]:
    """What every batch gave, in order; those that may be joined share calls as far as their types and CELLS allow."""
    groups: dict[Any, list[Batch]] = {}
    for batch in batches:
        if batch.joined and batch.names:
            groups.setdefault((batch.part, _types(batch.rows)), []).append(batch)
    calls = [call for group in groups.values() for call in _calls(group)]
    found = {id(one.batch): one for call in calls for one in _ask_together(run, model, call)}
    return [found.get(id(batch)) or ask(run, model, batch) for batch in batches]


def ask(run: Run, model: Any, batch: Batch) -> Asked:
    """One batch's answers; what it raises is its status."""
    run.asking = batch.words
    try:
        answers = stages.predict(run, model, rowwise.duplicate(batch.rows))
    except MlguardError as error:
        return Asked(batch, raised_by(error), None)
    return Asked(batch, ANSWERED, _by_key(answers))


def raised_by(error: MlguardError) -> str:
    """The status of what was not answered: the type of what guarded code raised."""
    return f"raised {type(error.__cause__).__name__}" if error.__cause__ else "unusable answer"


def is_row_by_row(run: Run) -> bool:
    """Whether each row has one answer, which the rows beside it moved by round-off at most when batches were tried."""
    if run.subject.guard.key is not None:
        return False
    known = {o.key: o for o in run.observations}
    status = known.get((MAIN, "contracts", "batches"))
    if status is None or str(status.value.data[0]) not in (SAME, DIFFERS):
        return False
    for observation in run.observations:
        if observation.role == CONTRACT_VALUE and observation.detail.get("contract") == "batches":
            reference = known.get(reference_key(observation) or observation.key)
            if reference is None or not _is_round_off(reference.value, observation.value):
                return False
    return True


def _is_round_off(one: Value, other: Value) -> bool:
    moved = difference(same_rows(one, other), other, EXACT)
    return moved.exact or (one.is_float and not moved.structure and (moved.max_scaled or np.inf) <= ROUND_OFF)


def _calls(batches: Sequence[Batch]) -> Iterator[list[Batch]]:
    """The batches, as many together as fit into one call."""
    call: list[Batch] = []
    for batch in batches:
        if call and _cells([*call, batch]) > CELLS:
            yield call
            call = []
        call.append(batch)
    yield call


def _cells(batches: Sequence[Batch]) -> int:
    """Cells of all rows; a row of texts or of a tuple counts as its first part does."""
    first = batches[0].rows[0] if isinstance(batches[0].rows, tuple) else batches[0].rows
    width = int(np.prod(getattr(first, "shape", (1,))[1:]))
    return width * sum(len(batch.names) for batch in batches)


def _ask_together(run: Run, model: Any, batches: Sequence[Batch]) -> Iterator[Asked]:
    """What each batch gave, from one call; where that raises, from one for each kind."""
    whole = ask(run, model, _one(batches))
    kinds = _by_kind(batches)
    if whole.answers is None and len(kinds) > 1:
        for kind in kinds:
            yield from _ask_together(run, model, kind)
    else:
        yield from _taken_apart(run, model, whole, batches)


def _taken_apart(run: Run, model: Any, whole: Asked, batches: Sequence[Batch]) -> Iterator[Asked]:
    """The answers of each batch; where `whole` raised, each half is called, and each batch where both of them raise."""
    if whole.answers is not None:
        edges = np.cumsum([0, *(len(batch.names) for batch in batches)]).tolist()
        for batch, ends in zip(batches, pairwise(edges), strict=True):
            yield Asked(batch, ANSWERED, _part(whole.answers, *ends))
        return
    if len(batches) == 1:
        yield whole
        return
    middle = len(batches) // 2
    halves = [(ask(run, model, _one(half)), half) for half in (batches[:middle], batches[middle:])]
    for answered, half in halves:
        if len(half) > 1 and not any(other.answers for other, _ in halves):
            yield from (ask(run, model, batch) for batch in half)
        else:
            yield from _taken_apart(run, model, answered, half)


def _by_kind(batches: Sequence[Batch]) -> list[list[Batch]]:
    kinds: dict[str, list[Batch]] = {}
    for batch in batches:
        kinds.setdefault(batch.kind, []).append(batch)
    return list(kinds.values())


def _part(answers: Answers, first: int, end: int) -> Answers:
    columns = {name: value.take_rows(range(first, end)) for name, value in answers.columns.items()}
    return Answers(columns, older=answers.older and answers.older.take_rows(range(first, end)))


def _types(rows: Any) -> Any:
    """What must be equal so that no cell changes its type in a common table."""
    if is_frame(rows):
        return tuple(zip(map(str, rows.columns), rows.dtypes, strict=True))
    if isinstance(rows, tuple):
        return tuple(_types(part) for part in rows)
    if is_pandas(rows, "Series"):
        return rows.dtype
    return (rows.dtype, rows.shape[1:]) if isinstance(rows, np.ndarray) else type(rows)


def _one(batches: Sequence[Batch]) -> Batch:
    if len(batches) == 1:
        return batches[0]
    tables = [batch.rows for batch in batches]
    names = tuple(name for batch in batches for name in batch.names)
    return replace(batches[0], names=names, rows=_below_each_other(tables))


def _below_each_other(tables: Sequence[Any]) -> Any:
    if isinstance(tables[0], tuple):
        return tuple(_below_each_other(parts) for parts in zip(*tables, strict=True))
    if is_frame(tables[0]) or is_pandas(tables[0], "Series"):
        import pandas as pd

        below = pd.concat(tables)
        return below if below.index.is_unique else below.reset_index(drop=True)
    return np.concatenate(tables) if isinstance(tables[0], np.ndarray) else [row for rows in tables for row in rows]


def _by_key(answers: Answers) -> Answers:
    """Answers with a key in the order of their keys, since the order in which they come is no behaviour."""
    if answers.names is None:
        return answers
    names = answers.names
    order = sorted(range(len(names)), key=lambda i: names[i])
    columns = {column: value.take_rows(order) for column, value in answers.columns.items()}
    return Answers(columns, tuple(names[i] for i in order), answers.raw)
