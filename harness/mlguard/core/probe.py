"""Probes: derived rows and their answers, which decide wherever the golden's answer is defined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mlguard.core.difference import Difference, Moved, difference
from mlguard.core.record import PROBE, STATUS, Observation, Record
from mlguard.core.structure import NotAnswered
from mlguard.core.tolerance import Tolerances
from mlguard.core.value import Value

ANSWERED = "answered"
"""The status of a row that got an answer; otherwise it names the exception."""


@dataclass(frozen=True)
class Group:
    """The probes of one part: a status per row, and answer columns of the same rows."""

    status: Observation
    """Text per row: `answered`, or what was raised."""
    columns: dict[str, Observation]
    """Answers by the Observation's name; missing where the row was not answered."""

    def places(self) -> dict[str, int]:
        """Position of each probe row by its name."""
        return {name: position for position, name in enumerate(self.status.value.rows or ())}

    def defined(self) -> list[str]:
        """Names of the rows whose answer is defined: nothing raised, every float finite."""
        fine = np.array([text == ANSWERED for text in self.status.value.data], dtype=bool)
        for column in self.columns.values():
            if column.value.is_float:
                fine &= np.isfinite(column.value.data.reshape(len(fine), -1)).all(axis=1)
        return [name for name, ok in zip(self.status.value.rows or (), fine, strict=True) if ok]


def groups(record: Record) -> Iterator[Group]:
    """The probe parts of a Record."""
    for observation in record:
        if observation.role == PROBE and observation.name.endswith(f".{STATUS}"):
            part = observation.name.removesuffix(STATUS)
            columns = {
                o.name: o
                for o in record
                if o.role == PROBE and o.run == observation.run and o.name.startswith(part) and o is not observation
            }
            yield Group(observation, columns)


def find(record: Record, group: Group) -> Group | None:
    """The same part in another Record."""
    return next((other for other in groups(record) if other.status.key == group.status.key), None)


def differences(
    golden: Group, new: Group, defined: Sequence[str], tolerances: Tolerances
) -> Iterator[tuple[Observation, Difference]]:
    """The difference of every answer column, and of the status, over the rows where the golden is defined."""
    if not defined:
        return  # Nothing to compare must not count as a comparison.
    places, new_places = golden.places(), new.places()
    statuses = {
        name: str(new.status.value.data[new_places[name]]) if name in new_places else "gone" for name in defined
    }
    failed = [name for name in defined if statuses[name] != ANSWERED]
    worst = tuple(Moved(name, ANSWERED, statuses[name]) for name in failed[:5])
    yield (
        golden.status,
        Difference(exact=not failed, moved=len(failed), total=len(defined), worst=worst, rows=tuple(failed)),
    )
    both = [name for name in defined if statuses[name] == ANSWERED]
    for name, column in golden.columns.items():
        if not both:
            continue
        other = new.columns.get(name)
        if other is None:
            yield column, Difference(structure=(NotAnswered(name),), moved=len(both), total=len(both))
            continue
        old_rows = column.value.take_rows([places[row] for row in both])
        new_rows = other.value.take_rows([new_places[row] for row in both])
        yield column, difference(old_rows, _as(new_rows, old_rows), tolerances.rule(column))


def _as(new: Value, golden: Value) -> Value:
    """Answers of defined and undefined rows share a column, which widens its dtype; the main run gates dtypes."""
    if new.is_numeric and golden.is_numeric:
        return replace(new, dtype=golden.dtype)
    return new
