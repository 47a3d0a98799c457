"""Ask `predict` the probe rows and keep a status and the answers of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mlguard.core.probe import FINITE, NOT_FINITE
from mlguard.core.question import EXACT_VALUES, FINITE_ANSWERS
from mlguard.core.record import EVIDENCE, GATE, PROBE, PROBES, STATUS
from mlguard.core.value import Value, texts
from mlguard.observe import narwhals, stages
from mlguard.observe import rows as rowwise
from mlguard.observe.answers import ANSWER, blank, join
from mlguard.observe.asking import Asked, ask_all, is_row_by_row
from mlguard.observe.boundary import boundary_rows
from mlguard.observe.changes.column import EVIDENCE as EVIDENCE_PART
from mlguard.observe.changes.column import GATING, STATUS_ONLY, WITHOUT, Known
from mlguard.observe.corners import corner_rows
from mlguard.observe.probe_rows import Batch, derive
from mlguard.observe.run import Run
from mlguard.observe.stages import Path

OWN = "own"
"""The part of the guard's own `probe_rows`."""

_ROLES = {GATING: PROBE, EVIDENCE_PART: EVIDENCE, STATUS_ONLY: PROBE, WITHOUT: PROBE, OWN: GATE}


_OF_BUNDLES = frozenset({"missing", "unseen", "above", "below", "recombined", "lowest", "highest"})
"""First words of the probe rows that a loaded bundle is asked: fills, categories and limits are what bundles forget."""


def keep_probes(run: Run, path: Path, known: Known, *, apart: bool = False) -> list[Batch]:
    """Predict all probe rows on a copy of the model and keep the answers; gives the batches for a loaded bundle.

    `apart` gives `predict` one batch at a time, so that each call can be followed by the name of its rows.
    """
    model = rowwise.duplicate(path.model)
    path = stages.in_pandas(path)
    pool = _pool(path)
    row_by_row = not apart and is_row_by_row(run)
    batches = [*derive(path.test.rows, pool, known)]
    batches += corner_rows(run, path, model, pool)
    batches += boundary_rows(run, path, model, in_few_calls=row_by_row and run.in_few_calls)
    batches = [replace(batch, joined=row_by_row and (run.in_few_calls or batch.joined)) for batch in batches]
    if run.declares("probe_rows"):
        rows = run.call("probe_rows", rows=rowwise.duplicate(path.test.rows))
        batches.append(Batch(OWN, tuple(f"own #{i}" for i in range(rowwise.count(rows) or 0)), rows))
    asked = ask_all(run, model, batches)
    keep_asked(run, asked)
    told = [one.batch for one in asked if one.answers is not None and _tells_bundles(one.batch)]
    return [replace(batch, rows=narwhals.like(batch.rows, run.table)) for batch in told]


def _tells_bundles(batch: Batch) -> bool:
    """Whether a batch may need something that other rows do not need, and that a bundle may so forget."""
    return batch.part == GATING and batch.names[0].partition(" ")[0] in _OF_BUNDLES


def keep_asked(run: Run, asked: Sequence[Asked]) -> None:
    """Keep statuses and answers, part by part."""
    for part in dict.fromkeys(one.batch.part for one in asked):
        _keep_part(run, part, [one for one in asked if one.batch.part == part])


def _pool(path: Path) -> Any:
    """All rows whose ranges count: train and test where both are tables with the same columns."""
    test, train = path.test.rows, path.train.rows
    if hasattr(test, "columns") and hasattr(train, "columns") and list(test.columns) == list(train.columns):
        import pandas as pd

        return pd.concat([train, test], ignore_index=True)
    return test


def _keep_part(run: Run, part: str, asked: Sequence[Asked]) -> None:
    role = _ROLES[part]
    names = _unique([name for one in asked for name in one.names()])
    statuses = [one.status for one in asked for _ in one.names()]
    run.keep("predict", f"{part}.{STATUS}", texts(statuses, rows=names), role=role, file=PROBES)
    if part == STATUS_ONLY:
        finite = [text for one in asked for text in _finite(one)]
        run.keep(
            "predict", f"{part}.{FINITE}", texts(finite, rows=names), role=role, file=PROBES, question=FINITE_ANSWERS
        )
        return
    columns = dict.fromkeys(c for one in asked if one.answers and one.answers.length for c in one.answers.columns)
    for column in columns:
        value = _column(asked, names, [one.answers.columns.get(column) if one.answers else None for one in asked])
        run.keep("predict", f"{part}.{column}", value, role=role, column=column, file=PROBES)
    older = [one.answers.older if one.answers else None for one in asked]
    if any(column is not None for column in older):
        value = _column(asked, names, older)
        run.keep("predict", f"{part}.{ANSWER}", value, role=role, column=ANSWER, file=PROBES, until=EXACT_VALUES)


def _finite(asked: Asked) -> list[str]:
    """Of each row of a batch, whether every number of its answer is finite; nothing raised is."""
    names = asked.names()
    fine = np.full(len(names), asked.answers is not None)
    for value in asked.answers.columns.values() if asked.answers is not None else ():
        if value.is_float:
            fine &= np.isfinite(value.data.reshape(len(names), -1)).all(axis=1)
    return [FINITE if ok else NOT_FINITE for ok in fine]


def _column(asked: Sequence[Asked], names: Sequence[str], answers: Sequence[Value | None]) -> Value:
    """One column of the answers to all batches; missing where one gave none, an empty frame's among them."""
    given = [value if value is not None and value.shape[0] else None for value in answers]
    like = next(value for value in given if value is not None)
    filled = [blank(like, len(one.names())) if v is None else v for v, one in zip(given, asked, strict=True)]
    return replace(join(filled), rows=tuple(names))


def _unique(names: Iterable[str]) -> list[str]:
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
