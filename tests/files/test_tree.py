"""A tree reaches plain files and folders below its root, and nothing else."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mlguard.core.error import GoldenError
from mlguard.files import handle as module
from mlguard.files.tree import Tree

ACTIONS: dict[str, Callable[[Tree, str], Any]] = {
    "read": lambda tree, name: tree.read(name),
    "entries": lambda tree, name: tree.entries(name),
    "opened once": lambda tree, name: read_twice(tree, name),
    "holding": lambda tree, name: list(tree.below(name).holding("file", lambda folder: True)),
    "make": lambda tree, name: tree.make(f"{name}/inner"),
    "write": lambda tree, name: tree.write(name, b"ours"),
    "write below": lambda tree, name: tree.write(f"{name}/file", b"ours"),
    "put": lambda tree, name: tree.put(f"{name}/file", b"ours"),
    "remove": lambda tree, name: tree.remove(f"{name}/file"),
    "drop": lambda tree, name: tree.drop(name),
    "drop below": lambda tree, name: tree.drop(f"{name}/empty"),
    "clear": lambda tree, name: tree.clear(name),
    "move from": lambda tree, name: tree.move(f"{name}/file", tree, "moved"),
    "move to": lambda tree, name: tree.move("plain", tree, f"{name}/file"),
    "fresh": lambda tree, name: tree.below(name).fresh(".new-"),
    "open": lambda tree, name: tree.opened(name, make=True).__enter__(),
    "making": lambda tree, name: tree.making(f"{name}/file").__enter__(),
    "looking": lambda tree, name: tree.looking(f"{name}/file").__enter__(),
    "modified": lambda tree, name: tree.modified(f"{name}/file"),
}


def read_twice(tree: Tree, name: str) -> list[bytes | None]:
    with tree.below(name).opened_once() as opened:
        return [opened.read("file"), opened.read("inner/file")]


@pytest.fixture(params=["by descriptor", "by path"])
def project(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project, on a platform that opens relative to a folder and on one that does not."""
    if request.param == "by path":
        monkeypatch.setattr(module, "_RELATIVE", False)
    (tmp_path / "project/golden/a").mkdir(parents=True)
    (tmp_path / "project/golden/plain").write_text("plain")
    return tmp_path / "project"


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """Files that nobody may touch; that they are as they were is looked at in the end."""
    folder = tmp_path / "outside"
    (folder / "empty").mkdir(parents=True)
    (folder / "file").write_text("mine")
    before = facts(folder)
    yield folder
    assert facts(folder) == before


def facts(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_size) for p in (folder, *sorted(folder.rglob("*")))}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("place", ["golden", "golden/a", "golden/a/b"])
def test_no_action_goes_through_a_link(project: Path, outside: Path, action: str, place: str) -> None:
    link = project / place
    if link.is_dir():
        link.rename(project / "away")
    link.symlink_to(outside, target_is_directory=True)
    name = Path(place, "x").relative_to("golden").as_posix() if place != "golden/a/b" else "a/b"
    for asked in (name, name.removesuffix("/x")):
        try:
            ACTIONS[action](Tree(project / "golden", project), asked if asked != "x" else "file")
        except (GoldenError, OSError):
            continue


@pytest.mark.parametrize("kind", ["link", "dangling", "fifo", "device", "socket", "folder"])
def test_only_plain_files_are_read(project: Path, outside: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = project / "golden/odd"
    if kind == "link":
        place.symlink_to(outside / "file")
    elif kind == "dangling":
        place.symlink_to(outside / "nothing")
    elif kind == "fifo":
        os.mkfifo(place)
    elif kind == "device":
        place.symlink_to("/dev/zero")
    elif kind == "socket":
        monkeypatch.chdir(place.parent)  # The system allows short names of sockets only.
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(place.name)
    else:
        place.mkdir()
    tree = Tree(project / "golden", project)
    with pytest.raises(GoldenError, match=r"^golden/odd is (a link|no plain file)") as caught:
        tree.read("odd")
    assert caught.value.slug == "not-plain"
    with pytest.raises((GoldenError, OSError)), tree.opened("odd", make=True):
        pass
    with pytest.raises((GoldenError, OSError)):
        tree.write("odd", b"ours")
    assert [entry.kind for entry in tree.entries() if entry.name == "odd"] == ["folder" if kind == "folder" else "odd"]


@pytest.mark.parametrize("name", ["..", "../a", "a/../../b", "/etc/passwd", "a//b", "./a", "C:a", "a\\b", "a\0b", "a/"])
def test_only_plain_names_are_names(project: Path, name: str) -> None:
    tree = Tree(project / "golden", project)
    for action in ACTIONS.values():
        with pytest.raises(GoldenError, match="no plain name"):
            action(tree, name)


def test_a_root_that_its_owner_put_elsewhere_is_followed_and_nothing_below_it(project: Path, outside: Path) -> None:
    elsewhere = project.parent / "elsewhere"
    (project.parent / "kept").mkdir()
    elsewhere.symlink_to(project.parent / "kept", target_is_directory=True)
    tree = Tree(elsewhere, project)
    tree.write("a/file", b"ours")
    assert tree.read("a/file") == b"ours"
    assert tree.shown("a") == elsewhere.joinpath("a").as_posix()
    (elsewhere / "b").symlink_to(outside, target_is_directory=True)
    with pytest.raises(GoldenError, match="is a link"):
        tree.read("b/file")


def test_size_is_looked_at_before_anything_is_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (project / "golden/sparse").open("wb") as file:
        file.truncate(1 << 40)
    monkeypatch.setattr(os, "read", lambda *arguments: pytest.fail("it was read"))
    with pytest.raises(GoldenError, match="golden/sparse has more than 268435456 bytes") as caught:
        Tree(project / "golden", project).read("sparse")
    assert caught.value.slug == "file-too-large"


def test_files_come_back_and_what_is_missing_is_none(project: Path) -> None:
    tree = Tree(project / "golden", project)
    tree.write("a/b/c", b"1" * 3_000_000)
    assert tree.below("a/b").read("c") == b"1" * 3_000_000
    assert (tree.read("x"), tree.read("x/y"), tree.read("plain/y"), tree.entries("x")) == (None, None, None, [])
    with pytest.raises(FileExistsError):
        tree.write("a/b/c", b"2")
    tree.put("a/b/c", b"2")
    assert [entry.name for entry in tree.entries("a/b")] == ["c"]
    assert (tree.drop("a/b"), tree.remove("a/b/c"), tree.remove("a/b/c"), tree.drop("a/b")) == (
        False,
        True,
        False,
        True,
    )


def test_what_holds_a_file_is_found_without_entering_what_nobody_wants(project: Path, outside: Path) -> None:
    tree = Tree(project / "golden", project)
    for name in ("b/deep/kept", "b/kept", "c/other", "not me/kept", "a/kept/inner"):
        tree.write(name, name.encode())
    (project / "golden/link").symlink_to(outside)
    (project / "golden/c/kept").symlink_to(outside / "file")
    entered: list[str] = []

    def enters(folder: str) -> bool:
        entered.append(folder)
        return folder != "not me"

    found = dict(tree.holding("kept", enters))
    assert found == {"b": b"b/kept", "b/deep": b"b/deep/kept", "c": None, "link": None}
    assert entered == ["a", "b", "b/deep", "c", "not me"]
    assert list(tree.below("nothing").holding("kept", enters)) == []


def test_a_folder_that_is_opened_once_is_the_same_for_every_read(project: Path, outside: Path) -> None:
    tree = Tree(project / "golden", project)
    tree.write("a/b/file", b"old")
    tree.write("a/b/inner/file", b"below")
    with tree.below("a/b").opened_once() as opened:
        assert opened.read("file") == b"old"
        if module._RELATIVE:
            (project / "golden/a/b").rename(project / "golden/away")
            (project / "golden/a/b").symlink_to(outside)
        assert (opened.read("file"), opened.read("inner/file"), opened.read("x")) == (b"old", b"below", None)
        assert opened.shown("file") == "golden/a/b/file"
    with tree.below("nothing").opened_once() as opened:
        assert opened.read("file") is None
        tree.write("nothing/file", b"new")
        assert opened.read("file") == b"new"


def test_a_folder_that_is_opened_once_is_entered_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = Tree(project / "golden", project).below("a/b/c")
    for name in ("x", "y", "z"):
        tree.write(name, b"")
    calls: list[str] = []
    real = os.open
    monkeypatch.setattr(os, "open", lambda name, *rest, **more: calls.append(str(name)) or real(name, *rest, **more))
    with tree.opened_once() as opened:
        assert [opened.read(name) for name in ("x", "y", "z")] == [b""] * 3
    assert calls.count("c") == (1 if module._RELATIVE else 0)
    assert len(calls) == (8 if module._RELATIVE else 3)


def test_no_descriptor_is_left_open(project: Path, outside: Path) -> None:
    (project / "golden/link").symlink_to(outside)
    before = os.listdir("/proc/self/fd")
    for action in ACTIONS.values():
        for name in ("link", "link/x", "nothing", "nothing/x", "plain", "plain/x", ".."):
            try:
                action(Tree(project / "golden", project), name)
            except (GoldenError, OSError):
                continue
    assert len(os.listdir("/proc/self/fd")) == len(before)


def test_a_file_is_published_only_where_there_is_none(tmp_path: Path) -> None:
    tree = Tree(tmp_path, tmp_path)
    assert tree.publish("a/b.json", b"first")
    assert not tree.publish("a/b.json", b"second")
    assert tree.read("a/b.json") == b"first"
    assert [entry.name for entry in tree.entries("a")] == ["b.json"]


def test_a_link_in_the_place_of_a_published_file_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside/b.json").symlink_to(outside)
    assert not Tree(tmp_path / "inside", tmp_path).publish("b.json", b"x")
    assert not outside.exists()


def test_of_many_who_publish_at_once_one_does(tmp_path: Path) -> None:
    tree = Tree(tmp_path, tmp_path)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda number: tree.publish("x", str(number).encode()), range(8)))
    assert won.count(True) == 1
    assert tree.read("x") == str(won.index(True)).encode()
