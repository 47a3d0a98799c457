"""Values that used to look alike: each pair here differs in what a user would call a bug, or not at all."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pydantic
import pytest

from mlguard import note
from mlguard.core.compare import Comparison, compare
from mlguard.core.contract import INAPPLICABLE, RAISED, judge
from mlguard.core.error import UsageError
from mlguard.core.question import ASKED_AT_FIRST, EXACT_VALUES, in_form_of
from mlguard.core.record import CONTRACT, Record
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Outcome
from mlguard.observe import describe, stages
from mlguard.observe.run import Run
from tests.observe import pipeline
from tests.observe.pipeline import Shop, observed
from tests.observe.variants import Lists, ListsInFrame, OnPolars

ROWS = 12
"""Test rows of the pipeline."""
NUMBERS = np.linspace(0.1, 0.9, ROWS)


class Risk(enum.Enum):
    LOW = 1


class Renumbered(enum.Enum):
    LOW = 2


@dataclass
class Answer:
    label: str
    score: float


class Reply(pydantic.BaseModel):
    label: str
    parts: list[float]


class Metrics(NamedTuple):
    auc: float
    brier: float


class Swapped(NamedTuple):
    brier: float
    auc: float


@dataclass
class Told:
    auc: float = 0.5
    n_iter: int = 3
    verbose: bool = False


def quick(guard: type[Shop], folder: Path) -> Record:
    """The main run of a guard alone: what its methods gave, without contracts and probes."""
    subject = pipeline.Subject("Shop", guard, pipeline.Configuration(None, None, pipeline.CONFIG), folder, guard.target)
    run = Run(subject, MAIN, pipeline.Dataset(pipeline.make()), folder, config=pipeline.CONFIG)
    path = stages.walk_path(run)
    describe.describe_split(run, path)
    describe.describe_answers(run, path)
    return Record.of("Shop", run.observations)


def returning(method: str, value: Any) -> type[Shop]:
    """The guard, with one method that returns this."""
    return type("Shop", (Shop,), {method: lambda self, *given: value(*given) if callable(value) else value})


def compared(method: str, golden: Any, new: Any, folder: Path) -> Comparison:
    """What a change of what one method returns gives; its answers are not evaluated."""
    quiet = {} if method == "evaluate" else {"evaluate": lambda self, test, predictions: 0.5}
    guards = [type("Shop", (returning(method, value),), quiet) for value in (golden, new)]
    return compare(*(quick(guard, folder) for guard in guards))


def answers(make: Any) -> Any:
    """One object per row, for the train and the test rows alike."""
    return lambda model, rows: [make(i) for i in range(len(rows))]


def frame_of(make: Any) -> Any:
    return lambda model, rows: pd.DataFrame({"answer": pd.Series([make(i) for i in range(len(rows))], dtype=object)})


def series(model: Any, rows: Any) -> Any:
    return pd.Series(np.linspace(0, 1, len(rows)), index=[f"customer {i}" for i in range(len(rows))])


def category(*levels: str, ordered: bool = True) -> Any:
    return lambda model, rows: pd.Series(pd.Categorical(["low", "high"] * (len(rows) // 2), levels, ordered=ordered))


def masked(hidden: int) -> Any:
    return lambda model, rows: np.ma.array(np.ones(len(rows)), mask=[i == hidden for i in range(len(rows))])


BY_CLASS = pd.Series([0.5, 0.75], index=["cat", "dog"])
TABLE = pd.DataFrame({"precision": [0.5, 0.75], "recall": [0.5, 0.25]}, index=["cat", "dog"])

SHIFTS: list[tuple[str, Any, Any, str]] = [
    # Of objects, more than the class counts.
    ("predict", answers(lambda i: Answer("a", 0.1 * i)), answers(lambda i: Answer("a", -0.2 * i)), "predict"),
    ("predict", answers(lambda i: Answer("a", 0.1)), answers(lambda i: Answer("b", 0.1)), "predict"),
    ("predict", frame_of(lambda i: Answer("a", 0.1 * i)), frame_of(lambda i: Answer("a", -0.2 * i)), "predict"),
    (
        "predict",
        answers(lambda i: Reply(label="a", parts=[0.5] * i)),
        answers(lambda i: Reply(label="a", parts=[0.25] * i)),
        "predict",
    ),
    ("predict", answers(lambda i: Risk.LOW), answers(lambda i: Renumbered.LOW), "predict"),
    # Labels count.
    ("predict", series, lambda model, rows: series(model, rows).reset_index(drop=True), "predict"),
    ("predict", series, lambda model, rows: series(model, rows)[::-1].set_axis(series(model, rows).index), "predict"),
    ("predict", series, lambda model, rows: series(model, rows).rename_axis("customer"), "predict"),
    ("predict", masked(0), masked(1), "predict"),
    ("predict", category("low", "high"), category("low", "high", ordered=False), "predict"),
    ("predict", category("low", "high"), category("high", "low"), "predict"),
    ("evaluate", BY_CLASS, BY_CLASS.set_axis(["dog", "cat"]), "evaluate"),
    ("evaluate", TABLE, TABLE.set_axis(["dog", "cat"]), "evaluate"),
    ("evaluate", TABLE, TABLE[["recall", "precision"]], "evaluate"),
    ("evaluate", Metrics(0.5, 0.25), Swapped(0.5, 0.25), "evaluate"),
    # No name is left out of what was declared.
    ("evaluate", Told(), Told(n_iter=4), "evaluate"),
    ("evaluate", Told(), Told(verbose=True), "evaluate"),
    ("evaluate", {"n_iter": 3}, {"n_iter": 4}, "evaluate"),
    # Keys have types.
    ("evaluate", {1: 0.5}, {"1": 0.5}, "evaluate"),
    ("evaluate", {"by": {"a.b": 0.5}}, {"by": {"a": {"b": 0.5}}}, "evaluate"),
]


@pytest.mark.parametrize(("method", "golden", "new", "stage"), SHIFTS)
def test_what_used_to_look_alike_is_red(method: str, golden: Any, new: Any, stage: str, tmp_path: Path) -> None:
    comparison = compared(method, golden, new, tmp_path)
    assert comparison.outcome in (Outcome.SHIFTED, Outcome.MISSING)
    assert comparison.first is not None
    assert comparison.first.stage == stage
    assert compared(method, golden, golden, tmp_path).outcome is Outcome.MATCH


def ulp(number: float) -> float:
    return float(np.nextafter(number, 1.0))


def ragged(make: Any) -> Any:
    return lambda model, rows: [make([0.1 * (j + 1) for j in range(i % 3 + 1)]) for i in range(len(rows))]


QUIET: list[tuple[str, Any, Any]] = [
    ("predict", answers(lambda i: {"p": [0.3] * (i % 3)}), answers(lambda i: {"p": [ulp(0.3)] * (i % 3)})),
    ("predict", ragged(list), ragged(lambda cell: [ulp(number) for number in cell])),
    ("predict", ragged(list), ragged(np.array)),
    ("predict", ragged(list), ragged(tuple)),
    (
        "predict",
        answers(lambda i: [("item", 0.3)] * (i % 3)),
        answers(lambda i: [("item", ulp(0.3))] * (i % 3)),
    ),
    (
        "predict",
        answers(lambda i: 0.3 if i else "unknown"),
        answers(lambda i: ulp(0.3) if i else "unknown"),
    ),
    (
        "predict",
        frame_of(lambda i: pd.Interval(0.1, 0.3)),
        frame_of(lambda i: pd.Interval(0.1, ulp(0.3))),
    ),
    ("predict", frame_of(lambda i: Answer("a", 0.3)), frame_of(lambda i: Answer("a", ulp(0.3)))),
    ("evaluate", {"a": 0.5, "b": 1}, {"b": 1, "a": 0.5}),
    ("evaluate", Told(), {"auc": 0.5, "n_iter": 3, "verbose": False}),
]


@pytest.mark.parametrize(("method", "golden", "new"), QUIET)
def test_round_off_in_nested_numbers_and_other_containers_are_quiet(
    method: str, golden: Any, new: Any, tmp_path: Path
) -> None:
    comparison = compared(method, golden, new, tmp_path)
    assert [move.message for move in comparison.moves()] == []
    assert comparison.outcome is Outcome.MATCH


@pytest.mark.parametrize(
    ("method", "value", "words"),
    [
        ("evaluate", {1: 0.5, "1": 0.25}, "`evaluate` returned two values that are both called '1'"),
        ("evaluate", {"r.m": 0.5, "r": {"m": 1}}, "`evaluate` returned two values that are both called 'r.m'"),
        ("evaluate", {"auc": 0.5, "how": {"fn": len}}, "`evaluate` returned builtin_function_or_method at 'how.fn'"),
        ("predict", answers(lambda i: object()), "`predict` returned object, which cannot be compared exactly"),
        ("features", lambda model, rows: {"x": iter([1])}, "`features` returned list_iterator at 'test.x'"),
    ],
)
def test_what_cannot_be_described_is_refused_by_name(method: str, value: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        quick(returning(method, value), tmp_path)
    assert caught.value.message.startswith(f"guard Shop: {words}")
    assert caught.value.slug in ("names-collide", "value-not-comparable")


@pytest.mark.parametrize(
    "turn", [lambda t: t[["recall", "precision"]], lambda t: t.set_axis([1, 2]), lambda t: t.rename_axis("class")]
)
def test_a_noted_frame_keeps_its_columns_in_order_and_its_labels(turn: Any, tmp_path: Path) -> None:
    shown = [TABLE]

    class Notes(Shop):
        def predict(self, model: Any, rows: Any) -> Any:
            note("table", shown[0])
            return super().predict(model, rows)

    golden = quick(Notes, tmp_path)
    assert compare(golden, quick(Notes, tmp_path)).outcome is Outcome.MATCH
    shown[0] = turn(TABLE)
    assert compare(golden, quick(Notes, tmp_path)).outcome is not Outcome.MATCH


def contracts(record: Record) -> dict[str, str]:
    return {o.name: str(o.value.data[0]) for o in record if o.role == CONTRACT}


@pytest.mark.parametrize("guard", [Lists, ListsInFrame])
def test_ragged_answers_are_the_same_row_by_row_and_in_batches(guard: type[Shop], tmp_path: Path) -> None:
    record = observed(guard, tmp_path)
    held = {o.name: judge(record, o, record).held for o in record if o.role == CONTRACT}
    assert {name for name, holds in held.items() if not holds} == set()


def test_a_guard_of_polars_gets_the_contracts_and_probes_of_one_of_pandas(tmp_path: Path) -> None:
    golden, new = observed(Shop, tmp_path), observed(OnPolars, tmp_path)
    told = contracts(new)
    assert told.pop("row index") == f"{INAPPLICABLE}: the rows have no index"
    assert not any(status.startswith((RAISED, INAPPLICABLE)) for status in told.values()), told
    probed = {o.name: o.value for o in new if o.name.startswith("probes.")}
    expected = {o.name: o.value for o in golden if o.name.startswith("probes.")}
    assert probed.keys() == expected.keys()
    assert probed["probes.score"].rows == expected["probes.score"].rows
    assert np.allclose(probed["probes.score"].data, expected["probes.score"].data, equal_nan=True)
    assert compare(new, observed(OnPolars, tmp_path)).outcome is Outcome.MATCH


@pytest.mark.parametrize(
    ("method", "value"),
    [
        ("predict", answers(lambda i: Answer("a", 0.1 * i))),
        ("predict", answers(lambda i: Risk.LOW)),
        ("predict", series),
        ("predict", category("low", "high")),
        ("evaluate", TABLE),
        ("evaluate", Told()),
        ("evaluate", {1: 0.5}),
    ],
)
def test_a_golden_of_the_first_release_is_compared_in_its_form(method: str, value: Any, tmp_path: Path) -> None:
    quiet = {} if method == "evaluate" else {"evaluate": lambda self, test, predictions: 0.5}
    record = quick(type("Shop", (returning(method, value),), quiet), tmp_path)
    older = in_form_of(replace(record, asked={}), record)
    first = [o for o in older if o.question != EXACT_VALUES]
    assert any(o.question == EXACT_VALUES for o in record)
    golden = replace(record, observations=tuple(first), older=(), asked=ASKED_AT_FIRST)
    assert compare(golden, record).outcome is Outcome.MATCH
