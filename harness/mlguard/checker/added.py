"""Add what a newer mlguard asks to a golden that holds: everything that it was asked before stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mlguard.checker.noise import largest
from mlguard.core.question import unasked
from mlguard.core.record import Observation, Record
from mlguard.core.tolerance import Numbers, Tolerances, pool
from mlguard.core.value import Value


def with_new_questions(golden: Record, record: Record) -> Record:
    """The Record with the golden's own Observations, and with its own only where they answer newer questions."""
    return replace(record, observations=tuple(_merged(golden, record)), left_out=golden.left_out | record.left_out)


def with_new_noise(golden: Record, merged: Record, measured: Tolerances) -> Tolerances:
    """The golden's rules, with the measured noise of what was added; shared noise takes the larger of the two."""
    known = golden.by_key()
    added = {pool(o) for o in merged if o.key not in known or o.value.rows != known[o.key].value.rows}
    rules = golden.tolerances
    return replace(
        rules, noise=_larger(rules.noise, measured.noise, added), zeros=_larger(rules.zeros, measured.zeros, added)
    )


def _larger(old: Mapping[str, Numbers], new: Mapping[str, Numbers], added: set[str]) -> dict[str, Numbers]:
    return dict(old) | {name: largest(size, old.get(name, 0.0)) for name, size in new.items() if name in added}


def _merged(golden: Record, record: Record) -> Iterator[Observation]:
    left, newer = golden.by_key(), unasked(golden, record)
    for observation in record:
        if observation.key in newer:
            left.pop(observation.key, None)
            yield observation
        elif observation.key in left:
            old = left.pop(observation.key)
            yield replace(old, value=_extended(old.value, observation.value))
    # What this run did not look at again: a run that was left out, or something inside the model.
    yield from left.values()


def _extended(old: Value, new: Value) -> Value:
    """The old rows as they were, and the rows that only the new Value has; probes of one part share a table."""
    if old.rows is None or new.rows is None or not set(old.rows) < set(new.rows):
        return old
    if old.dtype != new.dtype:
        return new
    width = new.row_width
    places = {name: position for position, name in enumerate(old.rows)}
    data, absent, was_absent = new.data.copy(), new.absent().copy(), old.absent()
    for position, name in enumerate(new.rows):
        if name in places:
            here, there = (slice(at * width, (at + 1) * width) for at in (position, places[name]))
            data[here], absent[here] = old.data[there], was_absent[there]
    return replace(new, data=data, missing=absent if absent.any() else None)
