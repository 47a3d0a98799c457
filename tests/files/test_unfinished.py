"""A file is whole or not there, whoever else writes it; what a writer that was killed left goes with the next one."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from mlguard.files import unfinished as module
from mlguard.files.handle import Folder
from mlguard.files.tree import Tree
from mlguard.files.unfinished import ENDING, is_left, unfinished

POSIX = pytest.mark.skipif(os.name == "nt", reason="no lock is held of a file that is moved")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "kept", tmp_path)


def lying(tree: Tree) -> dict[str, bytes | None]:
    return {entry.name: tree.read(entry.name) if entry.kind == "file" else None for entry in tree.entries()}


def forked(job: Callable[[], object]) -> int:
    """A process that does this and ends; its number."""
    child = os.fork()
    if child == 0:
        try:
            job()
        finally:
            os._exit(1)
    return child


def put(tree: Tree) -> object:
    return tree.put("a.json", b"new")


def publish(tree: Tree) -> object:
    return tree.publish("a.json", b"new")


@POSIX
@pytest.mark.parametrize("write", [put, publish])
def test_what_a_dead_writer_left_goes(tree: Tree, write: Callable[[Tree], object]) -> None:
    def half() -> None:
        with Folder.at(tree.root) as folder, unfinished(folder, "a.json", b"half"):
            os.kill(os.getpid(), signal.SIGKILL)

    tree.make()
    os.waitpid(forked(half), 0)
    assert lying(tree) == {f"a.json{ENDING}": b"half"}
    write(tree)
    assert lying(tree) == {"a.json": b"new"}


@pytest.mark.parametrize("write", [put, publish])
def test_whoever_is_at_it_is_left_alone(tree: Tree, write: Callable[[Tree], object]) -> None:
    tree.make()
    with Folder.at(tree.root) as folder, unfinished(folder, "a.json", b"first") as made:
        write(tree)
        assert lying(tree) == {"a.json": b"new", made: b"first"}
        os.replace(folder.place(made), folder.place("a.json"), src_dir_fd=folder.fd, dst_dir_fd=folder.fd)
        tree.write(made, b"of the next one")
    assert lying(tree) == {"a.json": b"first", made: b"of the next one"}


@POSIX
def test_a_file_that_was_taken_for_left_before_its_lock_was_held_is_made_again(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = module.taken

    def late(handle: int) -> contextlib.AbstractContextManager[None]:
        monkeypatch.setattr(module, "taken", taken)
        tree.remove(f"a.json{ENDING}")
        return taken(handle)

    monkeypatch.setattr(module, "taken", late)
    put(tree)
    assert lying(tree) == {"a.json": b"new"}


@pytest.mark.parametrize("odd", ["link", "folder", "pipe"])
def test_what_somebody_planted_in_its_place_is_neither_followed_nor_removed(tree: Tree, odd: str) -> None:
    tree.make()
    place, outside = tree.root / f"a.json{ENDING}", tree.root.parent / "outside"
    outside.write_bytes(b"mine")
    {"link": lambda: place.symlink_to(outside), "folder": place.mkdir, "pipe": lambda: os.mkfifo(place)}[odd]()
    put(tree)
    assert lying(tree) == {"a.json": b"new", place.name: None}
    assert outside.read_bytes() == b"mine"


def no_locks(handle: int) -> bool:
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


@pytest.mark.parametrize("other", [{"taken": no_locks, "take_if_free": no_locks}, {"_MOVES_OPEN": False}])
def test_where_there_are_no_locks_nothing_is_taken_for_left(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, other: dict[str, object]
) -> None:
    for name, value in other.items():
        monkeypatch.setattr(module, name, value)
    tree.write(f"a.json{ENDING}", b"of somebody")
    put(tree)
    assert lying(tree) == {"a.json": b"new", f"a.json{ENDING}": b"of somebody"}


def refused(*given: object, **named: object) -> None:
    raise OSError("no more")


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_what_the_disk_refuses_leaves_nothing(tree: Tree, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    tree.put("a.json", b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os, call, refused)
        with pytest.raises(OSError, match="no more"):
            put(tree)
    assert lying(tree) == {"a.json": b"old"}


@POSIX
def test_of_many_writers_that_are_killed_nothing_half_is_seen_and_nothing_stays(tree: Tree) -> None:
    contents = [bytes([n]) * 9000 for n in range(3)]
    tree.put("a.json", contents[0])
    ends = time.monotonic() + 0.3
    with ExitStack() as stack:
        for content in contents:
            child = forked(lambda content=content: [tree.put("a.json", content) for _ in count()])
            stack.callback(os.waitpid, child, 0)
            stack.callback(os.kill, child, signal.SIGKILL)
        while time.monotonic() < ends:
            assert tree.read("a.json") in contents
    tree.put("a.json", b"last")
    left = lying(tree)
    assert left.pop("a.json") == b"last"
    assert f"a.json{ENDING}" not in left
    assert all(is_left(name, "a.json") for name in left)


def test_only_names_of_what_is_left_are_taken_for_it() -> None:
    assert is_left("a.json.unfinished", "a.json")
    assert is_left("a.json.0123456789abcdef", "a.json")
    assert not any(is_left(name, "a.json") for name in ("a.json", "a.json.bak", "axjson.unfinished", "b.unfinished"))
