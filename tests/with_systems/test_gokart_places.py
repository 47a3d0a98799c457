"""Places in pipelines of gokart: tasks of one class, parts of a dump, and pipelines without a split."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gokart
import luigi
import pytest

from mlguard import Dataset
from mlguard.programs.error import ProgramError
from tests.with_systems.kart import ROWS, Noting, made


class Table(gokart.TaskOnKart):
    name = luigi.Parameter()

    def run(self) -> None:
        raise AssertionError("the real data are read")


class Both(gokart.TaskOnKart):
    tables = gokart.ListTaskInstanceParameter()

    def run(self) -> None:
        shops, rows = self.load("tables")
        self.dump((rows[:2], rows[2:].assign(shops=len(shops))))


class Merge(gokart.TaskOnKart):
    def requires(self) -> Any:
        return Both(tables=[Table(name="shops"), Table(name="rows")])

    def run(self) -> None:
        first, _ = self.load()
        self.dump(len(first))


class Answer(gokart.TaskOnKart):
    def requires(self) -> Any:
        return Merge()


def test_tasks_of_one_class_are_told_apart_by_a_parameter_and_parts_by_a_number(tmp_path: Path) -> None:
    inputs = {"shops": "Table(name=shops)", "rows": "Table(name='rows')", "train": "Both[0]", "test": "Both[1]"}
    guard = made(tmp_path, pipeline=Answer, inputs=inputs, outputs={"model": "Merge", "answers": "Answer"})
    guard.data = Dataset({"shops": ROWS[:1], "rows": ROWS})
    train, test = guard.split(guard.data)
    assert (len(train), test["shops"].tolist()) == (2, [1, 1])
    assert guard.train(ROWS) == 4


class Fit(gokart.TaskOnKart):
    def requires(self) -> Any:
        return {part: Table(name=part) for part in ("train", "test")}

    def run(self) -> None:
        self.dump(len(self.load()["train"]))


class Tell(gokart.TaskOnKart):
    def requires(self) -> Any:
        return {"model": Fit(), "test": Table(name="test")}

    def run(self) -> None:
        self.dump(self.load("test")["x"] + self.load("model"))


def test_a_task_that_makes_the_other_part_is_not_run(tmp_path: Path) -> None:
    inputs = {part: f"Table(name={part})" for part in ("train", "test")}
    guard = made(tmp_path, pipeline=Tell, inputs=inputs, outputs={"model": "Fit", "answers": "Tell"})
    assert guard.train(ROWS) == 4
    assert guard.predict(10, ROWS[:1]).tolist() == [11.0]


class Three(gokart.TaskOnKart):
    def output(self) -> Any:
        return [self.make_target(f"{number}.pkl") for number in range(3)]

    def run(self) -> None:
        raise AssertionError("the real data are read")


class Last(gokart.TaskOnKart):
    def requires(self) -> Any:
        return Three()

    def run(self) -> None:
        self.dump([len(one) for one in self.load()])


def test_a_whole_dump_lies_in_several_targets(tmp_path: Path) -> None:
    guard = made(tmp_path, pipeline=Last, inputs={"rows": "Three"}, outputs={"last": "Last"})
    guard.data = {"rows": ["a", "bb", "ccc"]}
    guard.observe(guard.data, notes := Noting())
    assert notes.taken == {"predict last": [1, 2, 3]}


def test_numbered_targets_are_parts(tmp_path: Path) -> None:
    inputs = {"train": "Three[0]", "test": "Three[2]"}
    guard = made(tmp_path, pipeline=Last, inputs=inputs, outputs={"model": "Last", "answers": "Three[1]"})
    told = r"the task uses `Three\[1\]`, on which what is asked here must not depend"
    with pytest.raises(ProgramError, match=told):
        guard.train("a")
    guard = made(tmp_path / "run", pipeline=Last, inputs={**inputs, "train": "Three[3]"}, outputs=guard.outputs)
    with pytest.raises(ProgramError, match=r"`Three\[3\]`: Three has the targets 0, 1, 2"):
        guard.train("a")


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("Fit", "`Fit`: the pipeline has no such task; it has Table, Both, Merge"),
        ("Table", r"the pipeline has 2 tasks Table; say which, as in `Table\(name=shops\)`"),
        ("Both[2]", r"`Both\[2\]`: what Both dumped has no part of that name"),
    ],
)
def test_a_place_that_is_not_there_is_told(tmp_path: Path, place: str, told: str) -> None:
    guard = made(
        tmp_path, pipeline=Merge, inputs={"a": "Table(name=shops)", "b": "Table(name=rows)"}, outputs={"c": place}
    )
    guard.data = Dataset({"a": ROWS, "b": ROWS})
    with pytest.raises(ProgramError, match=told):
        guard.observe(guard.data, Noting())


def test_a_pipeline_that_splits_its_rows_by_itself_is_looked_at_as_a_whole(tmp_path: Path) -> None:
    guard = made(
        tmp_path, inputs={"rows": "Load"}, outputs={"clean": "Clean", "test": "Split[test]", "metrics": "Check"}
    )
    guard.observe(guard.data, notes := Noting())
    assert list(notes.taken) == ["predict clean", "predict test", "evaluate metrics"]
    assert notes.taken["evaluate metrics"] == {"accuracy": 0.5}
    assert notes.taken["predict test"]["x"].tolist() == [4]
