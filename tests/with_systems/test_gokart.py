"""Pipelines of gokart itself: each part runs alone, from nothing, on what stands in the places of tasks."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gokart
import luigi
import numpy as np
import pandas as pd
import pytest
from luigi.configuration import get_config

from mlguard.configuration import configurations
from mlguard.core.notes import listening
from mlguard.programs.error import ProgramError
from mlguard.programs.gokart import Withheld
from tests.with_systems.kart import ROWS, Check, Clean, Heard, Predict, Split, Train, made


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_each_method_runs_its_part_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/kept.ini").write_text("kept")
    guard, before = made(tmp_path), files(tmp_path)
    with listening(heard := Heard()):
        train, test = guard.split(guard.data)
        model = guard.train(train)
        answers = guard.predict(model, test)
        metrics = guard.evaluate(test, answers)
    assert (train["x"].tolist(), test["x"].tolist()) == ([1, 2, 3], [4])
    assert (model["slope"], answers.tolist()) == (2.0, [8.0])
    assert metrics == {"accuracy": 0.5}
    assert [name for name, _ in heard.inside] == ["Clean", "Split", "Train", "Predict", "Check"]
    assert heard.inside[0][1].equals(ROWS)
    assert files(tmp_path) == before


def test_answers_come_from_the_rows_and_the_model_that_are_given(tmp_path: Path) -> None:
    guard = made(tmp_path)
    assert guard.predict({"slope": 10.0}, ROWS[1:3]).tolist() == [20.0, 30.0]
    assert guard.evaluate(ROWS, ROWS["y"] + 1)["accuracy"] == 0.5


def test_a_configuration_reaches_its_tasks_and_no_other_run(tmp_path: Path) -> None:
    guard = made(tmp_path, values={"Train": {"ridge": 14.0}, "TaskOnKart": {"workspace_directory": "/nowhere/at/all"}})
    before = get_config()
    assert guard.train(ROWS[:3])["slope"] == 1.0
    assert get_config() is before
    assert not before.has_section("Train")
    guard.config = None
    assert guard.train(ROWS[:3])["slope"] == 2.0


def test_a_file_of_parameters_is_read_by_luigi_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "param.ini").write_text("[DEFAULT]\nridge=%(half)s4.0\nhalf=${HALF}\n[Train]\n")
    monkeypatch.setenv("HALF", "1")
    (found,) = configurations("param.ini", tmp_path, "Shop")
    guard = made(tmp_path, values=found.values)
    guard.config_path = found.path
    assert guard.train(ROWS[:3])["slope"] == 1.0


def test_where_the_project_has_luigi_read_toml_its_files_and_ours_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "luigi.toml").write_text("[Train]\nridge = 7.0\n")
    (tmp_path / "param.ini").write_text("[Train]\nridge=14.0\n[Other]\nname=no TOML\n")
    monkeypatch.setenv("LUIGI_CONFIG_PARSER", "toml")
    guard = made(tmp_path)
    assert guard.train(ROWS[:3])["slope"] == 28 / 21
    (found,) = configurations("param.ini", tmp_path, "Shop")
    guard.config, guard.config_path = found.values, found.path
    assert guard.train(ROWS[:3])["slope"] == 1.0
    guard.config = guard.config_path = None
    assert guard.train(ROWS[:3])["slope"] == 28 / 21


def test_other_machines_and_runs_of_the_settings_are_left_alone(tmp_path: Path) -> None:
    settings = {"redis_host": "192.0.2.1", "redis_port": 1, "should_lock_run": True, "rerun": True}
    guard = made(tmp_path, values={"TaskOnKart": settings, "core": {"workers": 4, "logging_conf_file": "none.ini"}})
    assert guard.train(ROWS[:3])["slope"] == 2.0


def test_what_earlier_runs_cached_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """gokart takes a dump for that of edited code as long as the class and its parameters are called the same."""
    monkeypatch.chdir(tmp_path)
    guard = made(tmp_path)
    luigi.task_register.Register.clear_instance_cache()
    task = Train(workspace_directory=str(tmp_path / "resources"))
    task.output().dump({"slope": -1.0}, lock_at_dump=False)
    assert task.complete()
    luigi.task_register.Register.clear_instance_cache()
    assert guard.train(ROWS[:3])["slope"] == 2.0
    monkeypatch.setattr(Train, "run", lambda self: self.dump({"slope": 5.0}))
    assert guard.train(ROWS[:3])["slope"] == 5.0


def test_an_instance_that_luigi_keeps_is_not_used(tmp_path: Path) -> None:
    early = Train()
    early.run = lambda: early.dump({"slope": -1.0})
    assert made(tmp_path).train(ROWS[:3])["slope"] == 2.0


def test_a_task_that_was_made_with_its_module_runs_in_the_workspace_of_the_call(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    early = Train(workspace_directory=str(elsewhere))

    class After(gokart.TaskOnKart):
        def requires(self) -> Any:
            return early

    guard = made(tmp_path, pipeline=After, outputs={"model": "Train", "answers": "After"})
    assert [guard.train(rows)["slope"] for rows in (ROWS[:3], ROWS[:3].assign(y=1.0))] == [2.0, 6 / 14]
    assert not elsewhere.exists()


class Late(gokart.TaskOnKart):
    def run(self) -> None:
        self.dump(5.0)


class Asking(gokart.TaskOnKart):
    def requires(self) -> Any:
        return Split()

    def run(self) -> Iterator[Any]:
        late = Late()
        yield late
        self.dump({"slope": late.output().load()})


class Answering(gokart.TaskOnKart):
    def requires(self) -> Any:
        return Asking()


def test_a_task_that_another_asks_for_while_it_runs_dumps_into_the_workspace_as_well(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    values = {"TaskOnKart": {"workspace_directory": str(elsewhere)}}
    outputs = {"model": "Asking", "answers": "Answering"}
    assert made(tmp_path, pipeline=Answering, outputs=outputs, values=values).train(ROWS) == {"slope": 5.0}
    assert not elsewhere.exists()


def test_what_a_task_raises_is_told_with_the_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Clean, "run", lambda self: self.load()["z"])
    with pytest.raises(KeyError, match="z") as raised:
        made(tmp_path).split(None)
    assert raised.value.__notes__ == ["in task Clean, where Load is given"]


def test_a_task_that_cannot_be_made_is_told_by_its_own_exception(tmp_path: Path) -> None:
    with pytest.raises(luigi.parameter.ParameterException):
        made(tmp_path, pipeline=lambda self: Train(roof=1)).train(ROWS)


def test_a_task_that_dumps_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Train, "run", lambda self: None)
    with pytest.raises(ProgramError, match="Train left nothing where its `output` says"):
        made(tmp_path).train(ROWS)


def test_what_a_call_is_not_given_may_be_loaded_and_not_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`load` of a task with several targets loads them all."""
    guard = made(tmp_path)
    assert guard.train(ROWS[:3])["slope"] == 2.0
    monkeypatch.setattr(Train, "run", lambda self: self.dump(self.load()["test"]["x"]))
    told = r"the task uses `Split\[test\]`, on which what is asked here must not depend"
    with pytest.raises(ProgramError, match=told) as raised:
        guard.train(ROWS[:3])
    assert raised.value.__notes__ == ["in task Train, where Load, Split[train] is given and Split[test] is not"]


@pytest.mark.parametrize("use", [len, list, np.asarray, pd.DataFrame, lambda one: one.x, lambda one: one["x"]])
def test_what_is_withheld_cannot_be_used(use: Any) -> None:
    withheld = Withheld("Split[test]")
    assert isinstance(copy.deepcopy(withheld), Withheld)
    assert isinstance(pickle.loads(pickle.dumps(withheld)), Withheld)
    with pytest.raises(ProgramError, match=r"Split\[test\]"):
        use(withheld)


def test_other_outputs_are_run_on_the_answers_and_noted(tmp_path: Path) -> None:
    class Sum(gokart.TaskOnKart):
        def requires(self) -> Any:
            return {"answers": Predict(), "check": Check()}

        def run(self) -> None:
            self.dump(float(self.load("answers").sum()))

    outputs = {"model": "Train", "answers": "Predict", "metrics": "Check", "sum": "Sum"}
    with listening(heard := Heard()):
        made(tmp_path, pipeline=Sum, outputs=outputs).evaluate(ROWS, ROWS["y"])
    assert heard.notes == {"sum": 21.0}


def test_a_configuration_without_sections_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="the configuration has `ridge` outside of a section"):
        made(tmp_path, values={"ridge": 1.0}).train(ROWS)
