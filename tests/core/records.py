"""Records in memory: the few words in which the tests of the core say what a run saw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mlguard.core.compare import Comparison, compare
from mlguard.core.contract import REFERENCE
from mlguard.core.record import CONTRACT, CONTRACT_VALUE, EFFECT, PROBE, Observation, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN, run_name
from mlguard.core.value import Value, number, numbers, text, texts

ROWS = ("r0", "r1", "r2", "r3")


def floats(*values: float, rows: Sequence[str] | None = None) -> Value:
    return numbers(np.array(values, dtype=np.float64), rows=rows)


def seen(stage: str, name: str, value: Any, *, run: str = MAIN, **facts: Any) -> Observation:
    if not isinstance(value, Value):
        value = text(value) if isinstance(value, str) else number(value)
    return Observation(stage, name, value, run=run_name(run), **facts)


def record(*observations: Observation) -> Record:
    return Record("Churn", observations)


def proba(*values: float, **facts: Any) -> Observation:
    return seen("predict", "test.proba", floats(*values, rows=ROWS[: len(values)]), column="proba", **facts)


def contract(
    name: str, status: str, *values: Observation, stage: str = "contracts", run: str = MAIN
) -> list[Observation]:
    return [seen(stage, name, status, role=CONTRACT, run=run), *values]


def gave(name: str, column: str, value: Value) -> Observation:
    """What a contract about predictions gave, next to what the main run answered."""
    detail = {"contract": name, REFERENCE: [MAIN, "predict", f"test.{column}"]}
    return Observation("contracts", f"{name}.{column}", value, role=CONTRACT_VALUE, detail=detail)


def found(name: str, *lines: str) -> Observation:
    return Observation("contracts", f"{name}.found", texts(lines), role=CONTRACT_VALUE, detail={"contract": name})


def probed(statuses: Sequence[str], answers: Value | None, *, part: str = "probes") -> list[Observation]:
    rows = [f"unseen city #{i}" for i in range(len(statuses))]
    made = [Observation("predict", f"{part}.status", texts(statuses, rows=rows), role=PROBE)]
    if answers is not None:
        named = Value(answers.dtype, answers.shape, answers.data, answers.missing, tuple(rows))
        made.append(Observation("predict", f"{part}.proba", named, role=PROBE, column="proba"))
    return made


def effect(key: str, size: float, stage: str = "predict") -> Observation:
    return seen(stage, "effect", size, role=EFFECT, run=f"config {key}")


def against(golden: Sequence[Observation], new: Sequence[Observation], **rules: Any) -> Comparison:
    return compare(record(*golden), record(*new), Rules(**rules))
