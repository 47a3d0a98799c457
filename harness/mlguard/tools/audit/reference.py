"""What planted changes are held against: the golden or a clean run, once it is known to hold and to be able to fail."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mlguard.core.dataset import Dataset
from mlguard.core.error import MlguardError, UsageError
from mlguard.core.record import GATE, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.value import Value
from mlguard.discovery import Declared
from mlguard.golden.stores import open_store
from mlguard.report.sentence import say
from mlguard.runner.order import Change, Done, Extent
from mlguard.runner.run import Runner
from mlguard.tools.audit.judge import compared

PATIENCE, LEAST = 5.0, 20.0
"""A run hangs where it takes so many times as long as the unchanged one, and at least so many seconds."""


@dataclass(frozen=True)
class Reference:
    """A guard that was seen to hold and to fail."""

    record: Record
    """The golden; the clean run's own Record where there is none."""
    rules: Rules
    """How the guard wants to be compared."""
    clean: Done
    """A clean run, with the lines that its main run reached."""
    seconds: float
    """How long it took."""
    rows: int | None = None
    """How many rows the generator is asked for; None for its own number."""


def patience(seconds: float) -> float:
    """Seconds after which a changed run hangs, from how long the unchanged one took."""
    return max(LEAST, PATIENCE * seconds)


def establish(runner: Runner, guard: Declared, *, rows: int | None = None) -> Reference:
    """Run a guard unchanged, which must hold, and on spoilt data, which must fail.

    On a number of `rows` that is not the generator's own, no golden was made: the guard must hold against itself.
    Raises UsageError where either is not so: an audit of such a guard would mean nothing.
    """
    golden = open_store(runner.settings).load(guard.ref.name) if rows is None else None
    guard = guard.as_in(golden)
    started = time.perf_counter()
    clean = runner.run(guard, change=Change(rows=rows), lines=True)
    seconds = time.perf_counter() - started
    held = clean if golden is not None else runner.run(guard, change=Change(rows=rows))
    reference = Reference(golden or clean.record, Rules.of(guard.options), clean, seconds, rows)
    _must_hold(guard, reference, held.record, golden=golden is not None)
    _must_fail(guard, reference, runner)
    return reference


def _must_hold(guard: Declared, reference: Reference, record: Record, *, golden: bool) -> None:
    moves = compared(reference.record, record, reference.rules, kind="code").moves()
    if not moves:
        return
    name = guard.ref.name
    why, what = (
        ("does not match its golden", f"settle that first: mlguard check {name}")
        if golden
        else ("is not the same twice", f"mlguard regen-golden {name} --dry-run says why")
    )
    told = f"guard {name} {why} ({say(moves[0])}), so nothing can be planted"
    raise UsageError(f"{told}; {what}", slug="audit-unclean")


def _must_fail(guard: Declared, reference: Reference, runner: Runner) -> None:
    try:
        spoilt = _spoilt(guard, reference, runner)
    except MlguardError:
        return  # Code that refuses spoilt data was noticed, too.
    if not compared(reference.record, spoilt, reference.rules, kind="data").moves():
        raise UsageError(
            f"guard {guard.ref.name} holds on data turned upside down, so it would hold on anything; "
            "let it answer or measure something that depends on its dataset, and look at its `waive`",
            slug="audit-blind",
        )


def _spoilt(guard: Declared, reference: Reference, runner: Runner) -> Record:
    if guard.dataset is None:
        record = reference.clean.record
        return record.with_observations(tuple(_bent(observation) for observation in record))
    return runner.run(guard, extent=Extent.MAIN, change=Change(data=UpsideDown(), rows=reference.rows)).record


@dataclass(frozen=True)
class UpsideDown:
    """Turns every column of every table upside down against the rows' names, and bends its numbers."""

    def __call__(self, data: Dataset) -> Dataset:
        """A Dataset of the same tables, columns and types."""
        tables: Mapping[str, Any] = {name: _turned(table) for name, table in data.items()}
        return Dataset(tables, target=data.target, decimals=data.decimals)


def _turned(table: Any) -> Any:
    if not hasattr(table, "columns"):
        return _bent_array(np.asarray(table)[::-1])
    turned = table.copy()
    for position, column in enumerate(table.columns):
        cells = table[column].iloc[::-1]
        # Every second column is turned, so that columns move against each other and not only all rows together.
        if position % 2 and not cells.is_unique:
            turned[column] = cells.set_axis(table.index)
        elif cells.dtype.kind == "f":
            turned[column] = (-3.0 * cells).set_axis(table.index)
    return turned


def _bent_array(values: Any) -> Any:
    return values * -3 if values.dtype.kind in "fi" else values


def _bent(observation: Observation) -> Observation:
    value = observation.value
    if observation.role != GATE or not value.is_float:
        return observation
    data = value.data * -3.0 + 1.0
    return replace(observation, value=Value(**{**vars(value), "data": data}))
