"""Tasks of a small pipeline, a guard of it that is about to be called, and who listens to that."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import gokart
import luigi
import numpy as np
import pandas as pd

from mlguard import Dataset, GokartGuard
from mlguard.core.guard import problems

ROWS = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [2.0, 4.0, 6.0, 9.0]})


class Load(gokart.TaskOnKart):
    def run(self) -> None:
        raise AssertionError("the real data are read")


class Clean(gokart.TaskOnKart):
    def requires(self) -> Any:
        return Load()

    def run(self) -> None:
        self.dump(self.load().dropna())


class Split(gokart.TaskOnKart):
    def requires(self) -> Any:
        return Clean()

    def output(self) -> Any:
        return {part: self.make_target(f"split/{part}.csv") for part in ("train", "test")}

    def run(self) -> None:
        rows = self.load()
        self.dump(rows[:3], "train")
        self.dump(rows[3:], "test")


class Train(gokart.TaskOnKart):
    ridge = luigi.FloatParameter(default=0.0)

    def requires(self) -> Any:
        return Split()

    def run(self) -> None:
        rows = self.load()["train"]
        slope = float((rows["x"] * rows["y"]).sum() / ((rows["x"] ** 2).sum() + self.ridge))
        self.dump({"slope": slope, "noise": float(np.random.rand()), "other": random.random()})


class Predict(gokart.TaskOnKart):
    def requires(self) -> Any:
        return {"model": Train(), "split": Split()}

    def run(self) -> None:
        self.dump(self.load("model")["slope"] * self.load("split")["test"]["x"])


class Check(gokart.TaskOnKart):
    require_acc = luigi.FloatParameter(default=0.1)

    def requires(self) -> Any:
        return {"answers": Predict(), "split": Split()}

    def run(self) -> None:
        accuracy = 1 / (1 + float((self.load("answers") - self.load("split")["test"]["y"]).abs().mean()))
        if accuracy <= self.require_acc:
            raise ValueError(f"{accuracy} is too low")
        self.dump({"accuracy": accuracy})


class Everything(gokart.TaskOnKart):
    def requires(self) -> Any:
        return Check()

    def run(self) -> None:
        raise AssertionError("nobody asked for what comes last")


def made(root: Path, **entries: Any) -> GokartGuard:
    """A guard that is about to be called."""
    sound = {
        "dataset": "tiny",
        "pipeline": Everything,
        "inputs": {"rows": "Load", "train": "Split[train]", "test": "Split[test]"},
        "outputs": {"model": "Train", "answers": "Predict", "metrics": "Check"},
        "__module__": "shop",
    }
    config = entries.pop("values", None)
    declared = type("Shop", (GokartGuard,), {**sound, **entries})
    assert problems(declared) == []
    guard = declared()
    guard._root, guard.folder, guard.data, guard.config = root, root / "run", Dataset({"rows": ROWS}), config
    guard.folder.mkdir()
    return guard


class Heard:
    """Who listens to a run."""

    def __init__(self) -> None:
        self.notes: dict[str, Any] = {}
        self.inside: list[tuple[str, Any]] = []

    def note(self, name: str, value: object, *, stage: str | None = None) -> None:
        self.notes[name] = value

    def look_inside(self, values: Iterable[tuple[str, object]]) -> None:
        self.inside += values


class Noting:
    """Notes of a run, by stage and name."""

    def __init__(self) -> None:
        self.taken: dict[str, Any] = {}

    def note(self, name: str, value: object, *, stage: str) -> None:
        self.taken[f"{stage} {name}"] = value
