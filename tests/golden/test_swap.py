"""A folder's files are the old ones or the new ones, whenever the writer dies."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mlguard.core.record import Observation, Record
from mlguard.core.value import number, numbers
from mlguard.golden import swap
from mlguard.golden.codec import RECORD, encode
from mlguard.golden.local import LocalStore

OLD = {"lead": b"1\n", "a": b"old a\n", "d": b"old d\n", "same": b"both\n", "gone": b"old\n"}
NEW = {"lead": b"2\n", "a": b"new a\n", "b/c": b"new\n", "d": b"new d\n", "same": b"both\n"}
CHANGED = {name: content for name, content in NEW.items() if OLD.get(name) != content}
STEPS = range(13)
"""Calls that change the disk in one swap: five files written, the rename, four moves, one removed, the tidying."""


class DiedError(BaseException):
    """Stands for the process that ends at this very call."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return put(tmp_path, OLD)


def put(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files as a checkout does: over what is there, and nothing else goes."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def seen(folder: Path) -> dict[str, bytes]:
    """Every file of either version that a reader finds."""
    found = {name: swap.read(folder, name) for name in sorted({*OLD, *NEW})}
    return {name: content for name, content in found.items() if content is not None}


def there(folder: Path) -> dict[str, bytes]:
    """Every file on the disk."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def swapped(folder: Path, *, dying: int | None = None) -> None:
    """Swap old for new; the process dies at the n-th call that would change the disk, whichever it is."""
    calls = iter(range(99))

    def until_death(function: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            if dying is not None and next(calls) >= dying:
                raise DiedError
            return function(*arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as patch, suppress(DiedError):
        # A dead process tidies nothing either, so tidying is among what stops.
        for target, name in ((swap, "_write"), (os, "replace"), (Path, "rename"), (Path, "unlink"), (shutil, "rmtree")):
            patch.setattr(target, name, until_death(getattr(target, name)))
        swap.replace(folder, CHANGED, leading="lead", kept=["same"], gone=["gone"])


def test_replace_leaves_only_the_new_files(folder: Path) -> None:
    swapped(folder)
    assert there(folder) == NEW
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "d", "lead", "same"]


@pytest.mark.parametrize("step", STEPS)
def test_dying_at_any_step_leaves_old_or_new(folder: Path, step: int) -> None:
    swapped(folder, dying=step)
    before, state = there(folder), seen(folder)
    listed = {name: state.get(name) for name in (OLD if state["lead"] == OLD["lead"] else NEW)}
    assert listed == (OLD if step < 7 else NEW), "from the first file that moved on, the new ones count"
    assert there(folder) == before, "reading writes nothing"
    swap.finish(folder)
    assert there(folder) == (OLD if step < 7 else NEW)
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("version", [OLD, NEW], ids=["old", "new"])
def test_a_checkout_after_a_crash_decides(folder: Path, step: int, version: dict[str, bytes], ends: bytes) -> None:
    checked_out = {name: content.replace(b"\n", ends) for name, content in version.items()}
    swapped(folder, dying=step)
    put(folder, checked_out)
    assert {name: swap.read(folder, name) for name in version} == checked_out
    swap.finish(folder)
    left = there(folder)
    assert {name: left[name] for name in version} == checked_out
    assert set(left) - set(version) <= {"gone", "b/c"}, "what the leading file does not name may stay"
    assert not (folder / swap.SAVED).exists()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("name", ["lead", "a", "d", "same"])
def test_a_file_of_neither_version_makes_what_was_left_worthless(folder: Path, step: int, name: str) -> None:
    swapped(folder, dying=step)
    put(folder, {name: b"a third version\n"})
    before = {file: content for file, content in there(folder).items() if not file.startswith(".")}
    assert seen(folder) == before
    swap.finish(folder)
    assert there(folder) == before
    assert not (folder / swap.SAVED).exists()


@pytest.mark.parametrize("step", range(10))
def test_a_first_golden_of_somebody_else_survives_the_one_that_never_came(tmp_path: Path, step: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "replace", dying_at(step, os.replace))
        with suppress(DiedError):
            swap.replace(tmp_path, NEW, leading="lead", kept=(), gone=())
    theirs = {**NEW, "lead": b"theirs\n"}
    assert (swap.read(tmp_path, "lead") is None) is (step < len(NEW)), "the leading file alone makes a first golden"
    put(tmp_path, theirs)
    assert seen(tmp_path) == theirs
    swap.finish(tmp_path)
    assert there(tmp_path) == theirs


def dying_at(step: int, function: Any) -> Any:
    calls = iter(range(99))

    def call(*arguments: Any) -> Any:
        if next(calls) >= step:
            raise DiedError
        return function(*arguments)

    return call


@pytest.mark.parametrize("journal", [None, b"", b"[]", b'{"files": 1}', b'{"leading": "x", "files": {"a": [1]}}'])
def test_what_no_journal_explains_counts_for_nothing(folder: Path, journal: bytes | None) -> None:
    put(folder / swap.SAVED, NEW if journal is None else {**NEW, ".journal": journal})
    assert seen(folder) == OLD
    swap.finish(folder)
    assert there(folder) == OLD


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
