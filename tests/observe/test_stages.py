from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlguard.configuration import Configuration
from mlguard.core.dataset import Dataset
from mlguard.core.error import RunError, UsageError
from mlguard.core.guard import Guard
from mlguard.core.notes import note
from mlguard.core.run_name import MAIN
from mlguard.observe.run import Run, Subject, scratch
from mlguard.observe.stages import evaluate, split, walk_path
from tests.observe.pipeline import CONFIG, Shop, make


def run(folder: Path, data: Any = None, guard: type[Guard] = Shop, **methods: Any) -> Run:
    guard = type("Shop", (guard,), methods)
    given = data if isinstance(data, Dataset) else Dataset(make() if data is None else data)
    return Run(
        Subject("Shop", guard, Configuration(None, None, CONFIG), folder),
        MAIN,
        given,
        folder,
        dict(CONFIG),
        watch=True,
    )


def names(made: Run) -> list[str]:
    return [o.name for o in made.observations]


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (None, "`split` returned nothing (None); return the train and the test rows"),
        (make(), "`split` returned a DataFrame; return the train and the test rows"),
        ((1, 2, 3), "`split` returned a tuple of 3; return the train and the test rows"),
        ((make(), make().iloc[:0]), "`split` returned no test rows; return at least one of each"),
        (([], np.zeros((0, 3))), "`split` returned no train and no test rows; return at least one of each"),
    ],
)
def test_a_split_that_gives_no_two_parts_is_refused(pair: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        split(run(tmp_path, split=lambda self, data: pair))
    assert caught.value.message == f"guard Shop: {words}"


def test_without_split_the_tables_say_or_three_quarters_train(tmp_path: Path) -> None:
    own = {"train": make(1), "test": make(2)}
    train, test = split(run(tmp_path, own, Guard))
    assert (train.rows.equals(own["train"]), test.rows.equals(own["test"])) == (True, True)
    train, test = split(run(tmp_path, np.arange(10), Guard))
    assert (train.rows.tolist(), test.rows.tolist()) == (list(range(8)), [8, 9])
    with pytest.raises(UsageError, match="the dataset has the tables a, b; declare `split`"):
        split(run(tmp_path, {"a": make(), "b": make()}, Guard))


@pytest.mark.parametrize(
    ("raw", "metrics"),
    [
        (0.5, {"metric": 0.5}),
        ({"auc": 0.5, "by": {"Rom": 0.25, "Köln": 0.75}}, {"auc": 0.5, "by.Rom": 0.25, "by.Köln": 0.75}),
        ({f"m{i}": i for i in range(12)}, {f"m{i}": i for i in range(12)}),
        ({"n_iter": 3, "verbose": True}, {"n_iter": 3, "verbose": True}),
        (pd.Series([0.5]), {"metric": 0.5}),
    ],
)
def test_every_metric_has_a_name_of_its_own(raw: Any, metrics: dict[str, Any], tmp_path: Path) -> None:
    found = evaluate(run(tmp_path, evaluate=lambda self, test, predictions: raw), None, None)
    assert {name: value.element(0) for name, value in found.items()} == metrics


@pytest.mark.parametrize(("raw", "came"), [(None, "nothing (None)"), ({}, "a dict of 0")])
def test_an_evaluation_without_metrics_is_refused(raw: Any, came: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        evaluate(run(tmp_path, evaluate=lambda self, test, predictions: raw), None, None)
    assert caught.value.message == (
        f"guard Shop: `evaluate` returned {came}; return a mapping of metric names to numbers"
    )


def test_what_guarded_code_raises_has_its_stage_and_its_own_frames(tmp_path: Path) -> None:
    def train(self: Any, train: Any) -> Any:
        raise KeyError("income")

    with pytest.raises(RunError) as caught:
        walk_path(run(tmp_path, train=train))
    assert caught.value.message == "guard Shop: `train` raised KeyError: 'income'"
    assert caught.value.stage == "train"
    assert caught.value.traceback == "KeyError: 'income'"


def reaching(self: Any, model: Any, rows: Any) -> Any:
    return pd.DataFrame({"label": rows["floor"] > 0})


@pytest.mark.parametrize("method", ["predict", "features"])
def test_train_rows_that_lack_a_column_of_the_test_rows_need_no_answer(method: str, tmp_path: Path) -> None:
    lacking = {"split": lambda self, data: (data.rows[:20], data.rows[20:].assign(floor=1)), method: reaching}
    made = run(tmp_path, **lacking)
    path = walk_path(made)
    kept = "answers" if method == "predict" else "features"
    assert (getattr(path.train, kept), path.metrics is None) == (None, False)
    assert getattr(path.test, kept) is not None
    assert made.remarks == [
        f"the train rows have no column floor, which the test rows have, and `{method}` raised KeyError on them: what "
        "it makes of train rows is not compared"
    ]


@pytest.mark.parametrize("rows", ["train", "test"])
def test_where_nothing_is_lacking_what_is_raised_is_an_error(rows: str, tmp_path: Path) -> None:
    floors = {"train": 1, "test": 1} if rows == "train" else {"train": 1}

    def parts(self: Any, data: Dataset) -> Any:
        given = {"train": data.rows[:20], "test": data.rows[20:]}
        return tuple(table.assign(floor=floors[name]) if name in floors else table for name, table in given.items())

    def refuse(self: Any, model: Any, rows: Any) -> Any:
        raise KeyError("floor") if "floor" not in rows or len(rows) == 20 else ValueError("other")

    with pytest.raises(RunError):
        walk_path(run(tmp_path, split=parts, predict=refuse))


def test_every_call_gets_a_fresh_guard_and_a_fresh_configuration(tmp_path: Path) -> None:
    seen: list[Any] = []

    def train(self: Any, train: Any) -> Any:
        self.left = True
        self.config["alpha"] = 9.0
        return Shop.train(self, train)

    def predict(self: Any, model: Any, rows: Any) -> Any:
        seen.append((hasattr(self, "left"), self.config["alpha"], self.config_path, self.folder == tmp_path))
        return Shop.predict(self, model, rows)

    made = run(tmp_path, train=train, predict=predict)
    walk_path(made)
    assert seen == [(False, 0.5, None, True)] * 2
    assert made.mutations == ["train changed alpha of config"]


def test_notes_belong_to_the_stage_that_runs_and_none_is_lost(tmp_path: Path) -> None:
    def train(self: Any, train: Any) -> Any:
        note("seen", len(train))
        note("seen", [{"a": i} for i in range(50)])
        note("seen", 3)
        return Shop.train(self, train)

    made = run(tmp_path, train=train)
    walk_path(made)
    made.keep("train", "seen", made.observations[0].value)
    assert [(o.stage, o.name) for o in made.observations] == [
        ("train", "seen"), ("train", "seen.(entries)"), ("train", "seen.a"), ("train", "seen#2"), ("train", "seen#3"),
    ]  # fmt: skip
    assert made.observations[2].value.shape == (50,)


@pytest.mark.parametrize(
    ("value", "stage", "words"),
    [
        (1, "fit", "note 'x' names the stage 'fit'; known are dataset, split"),
        ({}, None, "note 'x' is dict, which holds nothing to compare; note a number"),
        (object(), None, "note 'x' holds object, which cannot be compared exactly; give its content"),
    ],
)
def test_a_note_that_cannot_be_kept_is_refused(value: Any, stage: str | None, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        run(tmp_path).note("x", value, stage=stage)
    assert caught.value.message.startswith(f"guard Shop: {words}")


def test_each_run_has_an_empty_folder_of_its_own(tmp_path: Path) -> None:
    one, other = scratch(tmp_path, "config a/b"), scratch(tmp_path, "config a/b")
    assert (one.name, other.name) == ("config-a-b", "config-a-b-2")


def test_the_folder_of_a_run_has_one_name_in_its_record(tmp_path: Path) -> None:
    made = run(tmp_path)
    made.note("model", {"path": tmp_path / "model.bin", "log": f"written to {tmp_path}/log", "score": 0.5})
    kept = {o.name: o.value.element(0) for o in made.observations}
    assert kept == {"model.path": "<folder>/model.bin", "model.log": "written to <folder>/log", "model.score": 0.5}
