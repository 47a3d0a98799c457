"""Ask `predict` the probe rows and keep a status and the answers of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from mlguard.core.probe import FINITE, NOT_FINITE
from mlguard.core.question import FINITE_ANSWERS
from mlguard.core.record import EVIDENCE, GATE, PROBE, PROBES, STATUS
from mlguard.core.value import Value, texts
from mlguard.observe import rows as rowwise
from mlguard.observe.answers import join
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
    pool = _pool(path)
    batches = [*derive(path.test.rows, pool, known)]
    if run.declares("probe_rows"):
        rows = run.call("probe_rows", rows=rowwise.duplicate(path.test.rows))
        batches.append(Batch(OWN, tuple(f"own #{i}" for i in range(rowwise.count(rows) or 0)), rows))
    batches += [*corner_rows(run, path, model, pool), *boundary_rows(run, path, model)]
    asked = ask_all(run, model, batches, apart=apart or not is_row_by_row(run))
    keep_asked(run, asked)
    return [one.batch for one in asked if one.answers is not None and _tells_bundles(one.batch)]


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
        pieces = [_piece(one, column) for one in asked]
        like = next(p for p in pieces if p is not None)
        filled = [p if p is not None else blank(like, len(one.names())) for p, one in zip(pieces, asked, strict=True)]
        joined = join(filled)
        value = Value(joined.dtype, joined.shape, joined.data, joined.missing, tuple(names))
        run.keep("predict", f"{part}.{column}", value, role=role, column=column, file=PROBES)


def _finite(asked: Asked) -> list[str]:
    """Of each row of a batch, whether every number of its answer is finite; nothing raised is."""
    names = asked.names()
    fine = np.full(len(names), asked.answers is not None)
    for value in asked.answers.columns.values() if asked.answers is not None else ():
        if value.is_float:
            fine &= np.isfinite(value.data.reshape(len(names), -1)).all(axis=1)
    return [FINITE if ok else NOT_FINITE for ok in fine]


def _piece(asked: Asked, column: str) -> Value | None:
    """The answers to one batch; None where there are none, an empty frame's among them, which has a status only."""
    return asked.answers.columns.get(column) if asked.answers is not None and asked.answers.length else None


def blank(like: Value, length: int) -> Value:
    """Missing answers of the same type, for rows that got none."""
    shape = (length, *like.shape[1:])
    size = int(np.prod(shape))
    if like.data.dtype.kind in "fc":
        return Value(like.dtype, shape, np.full(size, np.nan, dtype=like.data.dtype))
    data = np.zeros(size, dtype=like.data.dtype) if like.data.dtype != object else np.array([""] * size, dtype=object)
    return Value(like.dtype, shape, data, np.ones(size, dtype=bool))


def _unique(names: Iterable[str]) -> list[str]:
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found
