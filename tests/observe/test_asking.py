from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlguard.configuration import Configuration
from mlguard.core.dataset import Dataset
from mlguard.core.guard import Guard
from mlguard.core.record import CONTRACT, CONTRACT_VALUE, Observation
from mlguard.core.value import numbers, text
from mlguard.observe import asking
from mlguard.observe.asking import ask_all, is_row_by_row
from mlguard.observe.probe_rows import Batch
from mlguard.observe.run import Run, Subject


class Doubles(Guard):
    """Twice a number; anything above nine is refused."""

    dataset = "numbers"
    abstract = True
    calls: list[int] = []

    def predict(self, model: Any, rows: Any) -> Any:
        x = rows["x"] if hasattr(rows, "columns") else rows
        Doubles.calls.append(len(x))
        if (np.asarray(x) > 9).any():
            raise ValueError("too large")
        return np.asarray(x) * 2.0


def running(folder: Path, *observations: Observation, guard: type[Guard] = Doubles) -> Run:
    Doubles.calls.clear()
    subject = Subject("Doubles", guard, Configuration(None, None, None), folder, None)
    return Run(subject, "main", Dataset({}), folder, observations=list(observations))


def batch(label: str, *x: float, joined: bool = True, kind: str = "", **columns: Any) -> Batch:
    names = tuple(f"{label} #{i}" for i in range(len(x)))
    return Batch("probes", names, pd.DataFrame({"x": x, **columns}), joined, kind)


def answered(run: Run, *batches: Batch) -> dict[str, Any]:
    asked = ask_all(run, None, batches)
    assert [one.batch for one in asked] == list(batches)
    values = [one.answers.columns["prediction"].data.tolist() if one.answers else one.status for one in asked]
    return {one.batch.names[0]: value for one, value in zip(asked, values, strict=True)}


A, B, C, BAD = batch("a", 1.0, 2.0), batch("b", 3.0), batch("c", 4.0, 5.0), batch("bad", 10.0)
EACH = {"a #0": [2.0, 4.0], "b #0": [6.0], "c #0": [8.0, 10.0]}


def test_batches_of_the_same_types_are_predicted_in_few_calls(tmp_path: Path) -> None:
    run = running(tmp_path)
    assert answered(run, A, B, C) == EACH
    assert Doubles.calls == [5]
    apart = [replace(one, joined=False) for one in (A, B, C)]
    assert answered(running(tmp_path), *apart) == EACH
    assert Doubles.calls == [2, 1, 2]


def test_a_call_is_told_by_its_first_and_its_last_rows(tmp_path: Path) -> None:
    run = running(tmp_path)
    answered(run, A, B, C)
    assert run.asking == "a to c"
    answered(run, replace(A, joined=False))
    assert run.asking == "a"


def test_so_many_are_joined_as_fit_into_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "CELLS", 3)
    assert answered(running(tmp_path), A, B, C) == EACH
    assert Doubles.calls == [3, 2]


def test_one_that_raises_leaves_the_others_answered(tmp_path: Path) -> None:
    assert answered(running(tmp_path), A, B, BAD, C) == {**EACH, "bad #0": "raised ValueError"}


def test_a_kind_that_raises_costs_the_other_kinds_one_call_each(tmp_path: Path) -> None:
    bad = [batch(f"bad {i}", 10.0, kind="bad") for i in range(8)]
    fine = [batch(f"fine {i}", 1.0, kind="fine") for i in range(8)]
    also = [batch(f"also {i}", 2.0, kind="also") for i in range(8)]
    mixed = [one for three in zip(fine, bad, also, strict=True) for one in three]
    got = answered(running(tmp_path), *mixed)
    assert got == {one.names[0]: {"b": "raised ValueError", "f": [2.0], "a": [4.0]}[one.kind[0]] for one in mixed}
    assert len(Doubles.calls) == 1 + 3 + 2 + 8  # All, each kind, both halves of one, each of its batches.


@pytest.mark.parametrize("bad", range(8))
def test_the_one_that_raises_is_found_by_halves(tmp_path: Path, bad: int) -> None:
    rows = [batch(f"b{i}", 10.0 if i == bad else float(i)) for i in range(8)]
    got = answered(running(tmp_path), *rows)
    assert got == {f"b{i} #0": "raised ValueError" if i == bad else [2.0 * i] for i in range(8)}
    assert len(Doubles.calls) == 1 + 2 * 3


@pytest.mark.parametrize(
    "other",
    [
        batch("o", 7, joined=True),
        batch("o", 7.0, more=["x"]),
        batch("o", 7.0, joined=False),
        Batch("probes", ("o #0",), np.array([7.0]), joined=True),
    ],
)
def test_another_type_is_predicted_alone(tmp_path: Path, other: Batch) -> None:
    assert answered(running(tmp_path), A, other, B) == {"a #0": [2.0, 4.0], "o #0": [14.0], "b #0": [6.0]}
    assert sorted(Doubles.calls) == [1, 3]


def test_parts_of_a_tuple_are_joined_each(tmp_path: Path) -> None:
    class OfPairs(Doubles):
        def predict(self, model: Any, rows: Any) -> Any:
            return super().predict(model, rows[0]) + np.asarray(rows[1])

    pairs = [
        Batch("test", (f"{x} #0",), (pd.DataFrame({"x": [x]}, index=[i]), np.array([i])), True)
        for i, x in enumerate((1.0, 2.0))
    ]
    assert answered(running(tmp_path, guard=OfPairs), *pairs) == {"1.0 #0": [2.0], "2.0 #0": [5.0]}
    assert Doubles.calls == [2]


@pytest.mark.parametrize(
    ("status", "gap", "row_by_row"),
    [("same", 0.0, True), ("differs", 1e-15, True), ("differs", 1e-3, False), ("raised ValueError: no", 0.0, False)],
)
def test_rows_are_joined_where_batches_moved_by_round_off_at_most(
    tmp_path: Path, status: str, gap: float, row_by_row: bool
) -> None:
    main = Observation("predict", "test.p", numbers(np.array([1.0, 2.0])))
    detail = {"contract": "batches", "reference": ["main", "predict", "test.p"]}
    value = Observation(
        "contracts", "batches.p", numbers(np.array([1.0, 2.0 + gap])), role=CONTRACT_VALUE, detail=detail
    )
    run = running(tmp_path, main, Observation("contracts", "batches", text(status), role=CONTRACT), value)
    assert is_row_by_row(run) is row_by_row


def test_answers_with_a_key_are_never_joined(tmp_path: Path) -> None:
    class Keyed(Doubles):
        key = "x"

    same = Observation("contracts", "batches", text("same"), role=CONTRACT)
    assert is_row_by_row(running(tmp_path, same))
    assert not is_row_by_row(running(tmp_path, same, guard=Keyed))
