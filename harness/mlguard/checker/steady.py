"""Leave out of a Record what is not the same twice, or not the same on another machine, and say so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from mlguard.core.record import Key, Observation, Record
from mlguard.core.value import texts
from mlguard.report.unstable import dropped, rows_set_aside

UNSTEADY = "unsteady"
"""The status of a probe row whose answer jumps under round-off: it is not defined, and so it does not gate."""


def without_runs(record: Record, runs: Collection[str], why: str) -> Record:
    """The Record without some secondary runs, each named with the reason."""
    if not runs:
        return record
    return replace(
        record,
        observations=tuple(o for o in record if o.run not in runs),
        left_out=record.left_out | frozenset(runs),
        remarks=(*record.remarks, *(dropped(run, why) for run in sorted(runs))),
    )


def without_rows(record: Record, rows: Mapping[Key, Collection[str]]) -> Record:
    """The Record with some probe rows marked as having no defined answer."""
    marked = sum(len(names) for names in rows.values())
    if not marked:
        return record
    observations = tuple(_marked(o, rows[o.key]) if rows.get(o.key) else o for o in record)
    return replace(record, observations=observations, remarks=(*record.remarks, rows_set_aside(marked)))


def _marked(status: Observation, unsteady: Collection[str]) -> Observation:
    names = status.value.rows or ()
    told = [UNSTEADY if name in unsteady else str(t) for name, t in zip(names, status.value.data, strict=True)]
    return replace(status, value=texts(told, rows=names))


def as_steady_as(golden: Record, record: Record) -> Record:
    """The Record without the runs and answers that were left out of its golden, since they were not steady."""
    known = golden.by_key()
    unsteady = {o.key: _unsteady(known[o.key]) for o in record if o.is_probe_status and o.key in known}
    observations = tuple(
        _marked(o, unsteady[o.key]) if unsteady.get(o.key) else o for o in record if o.run not in golden.left_out
    )
    remarks = tuple(dict.fromkeys((*record.remarks, *golden.remarks)))
    return replace(record, observations=observations, left_out=record.left_out | golden.left_out, remarks=remarks)


def _unsteady(status: Observation) -> frozenset[str]:
    names = status.value.rows or ()
    return frozenset(name for name, told in zip(names, status.value.data, strict=True) if told == UNSTEADY)
