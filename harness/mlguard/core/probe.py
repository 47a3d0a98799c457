"""Probes: derived rows and their answers, which decide wherever the golden's answer is defined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mlguard.core.difference import Difference, Moved, difference
from mlguard.core.record import PROBE, STATUS, Observation, Record
from mlguard.core.structure import NotAnswered
from mlguard.core.tolerance import Tolerances
from mlguard.core.value import Value

ANSWERED = "answered"
"""The status of a row that got an answer; otherwise it names the exception."""

FINITE, NOT_FINITE = "finite", "not finite"
"""The column that says whether every number of a row's answer is finite, where values are not compared."""


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
        """Names of the rows whose answer is defined: nothing raised, every float finite.

        Metrics are answers of their own: where one of them is not finite, the others still count.
        """
        answered = np.array([text == ANSWERED for text in self.status.value.data], dtype=bool)
        counted = [_counts(column) for name, column in self.columns.items() if not name.endswith(f".{FINITE}")]
        if self.status.stage == "evaluate":
            return self._named(answered & np.any([~answered, *counted], axis=0))
        return self._named(answered & np.all([answered, *counted], axis=0))

    def defined_in(self, name: str) -> list[str]:
        """Names of the defined rows whose value in one column counts."""
        counts = set(self._named(_counts(self.columns[name])))
        return [row for row in self.defined() if row in counts]

    def _named(self, chosen: np.ndarray[Any, Any]) -> list[str]:
        return [name for name, ok in zip(self.status.value.rows or (), chosen, strict=True) if ok]


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


def check_groups(record: Record) -> None:
    """Raises ValueError where the parts of a Record that somebody else wrote are none: a text for each named row."""
    for group in groups(record):
        status = group.status.value
        rows = len(status.rows or ())
        unlike = [name for name, column in group.columns.items() if column.value.shape[:1] != (rows,)]
        if status.shape != (rows,) or status.is_numeric or unlike:
            raise ValueError(f"{unlike[0] if unlike else group.status.name} is no answer for each of {rows} rows")


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
    for name, column in golden.columns.items():
        counts = set(golden.defined_in(name))
        both = [row for row in defined if row in counts and statuses[row] == ANSWERED]
        if not both:
            continue
        other = new.columns.get(name)
        if other is None:
            yield column, Difference(structure=(NotAnswered(name),), moved=len(both), total=len(both))
            continue
        old_rows = column.value.take_rows([places[row] for row in both])
        new_rows = other.value.take_rows([new_places[row] for row in both])
        yield column, difference(old_rows, _as(new_rows, old_rows), tolerances.rule(column))


def _counts(column: Observation) -> np.ndarray[Any, Any]:
    """Whether each row of a column has a value that a new one can be held against."""
    value = column.value
    if column.name.endswith(f".{FINITE}"):
        return np.array([text == FINITE for text in value.data], dtype=bool)
    if not value.is_float:
        return np.ones(value.shape[0], dtype=bool)
    finite: np.ndarray[Any, Any] = np.isfinite(value.data.reshape(value.shape[0], -1)).all(axis=1)
    return finite


def _as(new: Value, golden: Value) -> Value:
    """Answers of defined and undefined rows share a column, which widens its dtype; the main run gates dtypes."""
    if new.is_numeric and golden.is_numeric:
        return replace(new, dtype=golden.dtype)
    return new
