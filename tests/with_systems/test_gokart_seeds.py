"""Seeds of tasks: pinned, of their own, or drawn from what a task is called and requires."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gokart
import luigi
import pytest

from mlguard.core.notes import listening
from tests.with_systems.kart import ROWS, Clean, Heard, Train, made


@contextmanager
def called(task: type, name: str) -> Iterator[None]:
    """A task of another name while the block runs."""
    before, task.__name__ = task.__name__, name
    try:
        yield
    finally:
        task.__name__ = before


def test_a_renamed_task_keeps_its_seed_where_seeds_are_pinned(tmp_path: Path) -> None:
    noise = []
    for pinned in (True, False):
        for name in ("Train", "Fit"):
            (root := tmp_path / f"{name}{pinned}").mkdir()
            guard = made(root, pin_seeds=pinned, outputs={"model": name, "answers": "Predict"})
            with called(Train, name), listening(heard := Heard()):
                noise.append(guard.train(ROWS)["noise"])
            identity = [value for name, value in heard.inside if name == "model.(identity)"]
            drawn_from = [f"{name}(ridge=0.0) of Split", "Split() of Clean", "Clean() of Load", "Load()"]
            assert identity == ([] if pinned else ["\n".join(drawn_from)])
    assert noise[0] == noise[1]
    assert noise[2] != noise[3]


def test_an_instance_that_was_made_with_its_module_draws_its_seed_anew(tmp_path: Path) -> None:
    early = Train()

    class After(gokart.TaskOnKart):
        def requires(self) -> Any:
            return early

    guard = made(tmp_path, pipeline=After, pin_seeds=False, outputs={"model": "Train", "answers": "After"})
    first = guard.train(ROWS)["noise"]
    with called(Clean, "Tidy"):
        assert guard.train(ROWS)["noise"] != first
    assert guard.train(ROWS)["noise"] == first


def test_a_seed_of_its_own_is_kept(tmp_path: Path) -> None:
    guard, noise = made(tmp_path), set()
    for seed in (5, 6, None):
        guard.config = {} if seed is None else {"TaskOnKart": {"fix_random_seed_value": seed}}
        noise.add(guard.train(ROWS)["noise"])
    assert len(noise) == 3


def test_random_draws_the_same_in_whatever_order_logs_are_dumped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """luigi draws the name of each temporary file from `random`, after gokart has set its seed."""
    handlers = luigi.Task._event_callbacks[luigi.Task]
    guard, drawn = made(tmp_path), []
    for way in (1, -1):
        ordered = dict.fromkeys(sorted(handlers[luigi.Event.START], key=lambda one: one.__name__)[::way])
        monkeypatch.setitem(handlers, luigi.Event.START, ordered)
        drawn.append(guard.train(ROWS)["other"])
    assert drawn[0] == drawn[1]
    assert luigi.Task._event_callbacks[luigi.Task][luigi.Event.START] is ordered
