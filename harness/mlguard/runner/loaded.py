"""What a loaded bundle answered, next to what the main run predicted with the model that was saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from mlguard.core.contract import SAME
from mlguard.core.question import CONFIG_BESIDE_BUNDLE, LIKE_WITH_LIKE
from mlguard.core.record import CONTRACT, PROBE, Observation, Record
from mlguard.core.run_name import MAIN
from mlguard.core.value import Value, text
from mlguard.observe.answers import join
from mlguard.observe.contracts import keep_values
from mlguard.runner.bundle import BUNDLE


def compared(value: Mapping[str, Any], record: Record) -> list[Observation]:
    """The contracts of the bundle next to what the main run predicted, for the test rows and for the probe rows."""
    main = _main(record)
    found: list[Observation] = []
    keep_values(found, BUNDLE, _in_order(value["columns"], value["names"], main), main)
    return [*found, *_compared_probes(value["probes"], record)]


def status(told: str) -> Observation:
    """The contract of a bundle that gave no answers."""
    return Observation("contracts", BUNDLE, text(told), role=CONTRACT)


def holds(found: Sequence[Observation]) -> bool:
    """Whether the answers are bitwise those of the main run."""
    return all(str(o.value.data[0]) == SAME for o in found if o.role == CONTRACT)


def beside_config(alone: Sequence[Observation], beside: Sequence[Observation]) -> list[Observation]:
    """What a bundle gave beside the configuration's file; for goldens of older versions, what it gave without.

    The same where the file makes no difference.
    """
    if _spelled(alone) == _spelled(beside):
        return list(alone)
    return [
        *(replace(o, until=CONFIG_BESIDE_BUNDLE) for o in alone),
        *(replace(o, question=CONFIG_BESIDE_BUNDLE) for o in beside),
    ]


def _spelled(found: Sequence[Observation]) -> list[tuple[str, str]]:
    return [(o.name, o.value.digest()) for o in found]


def answered(value: Mapping[str, Any], record: Record) -> Record:
    """What a bundle answered, as the main run's Observations of the same names."""
    columns = _in_order(value["columns"], value["names"], _main(record))
    test = [Observation("predict", f"test.{name}", column, column=name) for name, column in columns.items()]
    return record.with_observations((*test, *(replace(o, run=MAIN) for o in value["probes"])))


def _main(record: Record) -> dict[str, Value]:
    """The main run's answers to the test rows, by column."""
    return {
        o.column: o.value
        for o in record
        if o.run == MAIN and o.stage == "predict" and o.name == f"test.{o.column}" and o.column
    }


def _in_order(columns: Mapping[str, Value], names: Sequence[str] | None, main: Mapping[str, Value]) -> dict[str, Value]:
    """Answers with the names of their rows, in the order in which the main run keeps them."""
    rows = next(iter(main.values())).rows if main else None
    order = sorted(range(len(names)), key=lambda i: names[i]) if names is not None else None
    sorted_rows = tuple(names[i] for i in order) if names is not None and order is not None else rows
    return {
        name: replace(value if order is None else value.take_rows(order), rows=sorted_rows)
        for name, value in columns.items()
    }


def _compared_probes(loaded: Sequence[Observation], record: Record) -> list[Observation]:
    """The same for the probe rows: what a bundle forgets may matter only to rows that the test part does not have."""
    main = {o.column: o.value for o in record if o.run == MAIN and o.role == PROBE and o.column}
    answered = {o.column: o.value for o in loaded if o.column}
    if LIKE_WITH_LIKE in record.asked:
        answered = {name: _of_type(value, main.get(name)) for name, value in answered.items()}
    found: list[Observation] = []
    if answered:
        keep_values(found, f"{BUNDLE}, probe rows", answered, main, about=("predict", "probes"))
    return found


def _of_type(value: Value, main: Value | None) -> Value:
    """Answers in the type of those to more rows, where that is what joining them gives: whole numbers beside NaN."""
    if main is None or value.shape[1:] != main.shape[1:]:
        return value
    joined = join([value, main.take_rows([])])
    return joined if joined.dtype == main.dtype else value
