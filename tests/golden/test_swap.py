"""A folder's files are the old ones or the new ones, whenever the writer dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from mlguard.core.record import Observation, Record
from mlguard.core.value import number, numbers
from mlguard.golden import swap
from mlguard.golden.codec import RECORD, encode
from mlguard.golden.local import LocalStore

OLD = {"lead": b"1", "a": b"old a", "gone": b"old"}
NEW = {"lead": b"2", "a": b"new a", "b/c": b"new"}


class DiedError(BaseException):
    """Stands for the process that ends at this very call."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in OLD.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def seen(folder: Path) -> dict[str, bytes | None]:
    return {name: swap.read(folder, name) for name in ("lead", "a", "b/c")}


def test_replace_leaves_only_the_new_files(folder: Path) -> None:
    swap.replace(folder, NEW, leading="lead", unwanted=["gone"])
    assert {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()} == NEW
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "lead"]


@pytest.mark.parametrize("step", range(9))
def test_dying_at_any_step_leaves_old_or_new(folder: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    count = [0]

    def dying(function: object) -> object:
        def call(*arguments: object, **options: object) -> object:
            if count[0] >= step:
                raise DiedError
            count[0] += 1
            return function(*arguments, **options)  # type: ignore[operator]

        return call

    with monkeypatch.context() as patch:
        # A dead process tidies nothing either, so tidying is among what stops.
        for target, name in ((swap, "_write"), (os, "replace"), (Path, "rename"), (swap.shutil, "rmtree")):
            patch.setattr(target, name, dying(getattr(target, name)))
        with suppress(DiedError):
            swap.replace(folder, NEW, leading="lead", unwanted=["gone"])
    state = seen(folder)
    old = {"lead": b"1", "a": b"old a", "b/c": None}
    assert state == (old if step < 4 else NEW)
    in_place = {name: (folder / name).read_bytes() for name in NEW if (folder / name).exists()}
    assert in_place == NEW or in_place["lead"] == OLD["lead"]  # Tools that read no `.saved` see no newer record.
    swap.finish(folder, leading="lead")
    assert seen(folder) == state
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def version(number_of: int) -> Record:
    values = numbers(np.full(3000, float(number_of)))
    parts = tuple(Observation("predict", f"p{i}.x", values, file=f"f{i}") for i in range(6))
    return Record("Churn", (Observation("evaluate", "version", number(number_of)), *parts))


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_swap import LocalStore, version
store = LocalStore(Path({root!r}) / "golden", Path({root!r}))
store.save(version(0))
print("ready", flush=True)
for turn in range(1, 1_000_000):
    store.save(version(turn))
"""


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.11, 0.17])
def test_a_writer_that_is_killed_leaves_a_readable_golden(tmp_path: Path, delay: float) -> None:
    script = WRITER.format(tests=str(Path(__file__).parent), root=str(tmp_path))
    writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(delay)
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
    store = LocalStore(tmp_path / "golden", tmp_path)
    loaded = store.load("Churn")
    assert loaded is not None
    turn = int(loaded.observations[0].value.data[0])
    assert encode(loaded) == encode(version(turn))
    assert store.names() == ("Churn",)
    store.save(version(turn + 1))
    files = {path.relative_to(store.folder("Churn")).as_posix() for path in store.folder("Churn").rglob("*")}
    assert files == {RECORD, *(f"f{i}.csv" for i in range(6))}
