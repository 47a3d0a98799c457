"""Wherever a release or a way back is cut off, a server finds one whole bundle, and goldens are whole as well."""

from __future__ import annotations

import errno
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.core.error import GoldenError, RunError
from mlguard.golden.copies import Files
from mlguard.golden.interface import OvertakenError, Store
from mlguard.golden.stores import open_store
from mlguard.release import back
from mlguard.release.back import go_back
from mlguard.release.bundle import BundleFolder, Kept
from mlguard.release.place import Releases
from mlguard.settings import load
from tests.disk import DiedError, Disk
from tests.project import Project
from tests.release.releasing import BUNDLE, PLACE, checked, copied, served, train
from tests.repository import Repository

FILES = {"model.txt", "tables/shops.csv", "mlguard.json"}
BOTH = {"slope 2\n", "slope 3\n"}


@pytest.fixture(scope="module")
def repository(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project with a release of the first model, and a checked bundle of the second."""
    made = checked(tmp_path_factory.mktemp("place"))
    assert made.project.command("release", BUNDLE, PLACE).code == 0
    train(made.project, "slope 3\n")
    assert made.project.command("check", "--bundle", BUNDLE).code == 0
    return made


@pytest.fixture
def project(repository: Repository, tmp_path: Path) -> Project:
    return copied(repository, tmp_path / "copy")


def release(project: Project, *, alone: bool = False) -> None:
    """What the command does once the gate has passed; `alone`: without goldens, which take longest to read."""
    settings, place, bundle = load(project.root), Releases(project.root / PLACE), BundleFolder(project.root / BUNDLE)
    kept = bundle.kept()
    assert kept is not None
    history = place.history()
    with place.writing():
        digest = place.add(bundle, kept, open_store(settings), {} if alone else versions(kept))
        place.switch((digest, *history))


def versions(kept: Kept) -> dict[str, str]:
    return {guard.name: guard.golden for guard in kept.check.guards if guard.golden is not None}


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def whole(project: Project) -> str:
    """What is served, once it is known that all of it is there."""
    place = Releases(project.root / PLACE)
    current = place.whole(place.history()[0])
    names = {p.relative_to(current.bundle.folder).as_posix() for p in current.bundle.folder.rglob("*") if p.is_file()}
    assert names == FILES
    assert files(current.goldens.tree.root) in ({}, files(project.root / "golden"))
    return served(project)


def test_whoever_dies_at_any_call_leaves_the_old_one_or_the_new_one(project: Project, tmp_path: Path):
    disk, place = Disk(), project.root / PLACE
    shutil.copytree(place, tmp_path / "before")
    with disk.stopping():
        release(project, alone=True)
    steps, seen = range(disk.calls), []
    assert len(steps) > 15
    for step in steps:
        shutil.rmtree(place)
        shutil.copytree(tmp_path / "before", place)
        with disk.stopping(disk.died_from(step)), suppress(DiedError):
            release(project, alone=True)
        seen.append(whole(project))
        if step % 7 == 0:  # Whoever comes next finds nothing in the way, and leaves nothing of the dead one.
            release(project, alone=True)
            assert whole(project) == "slope 3\n"
            assert [p.name for p in (place / "releases").iterdir() if p.name.startswith(".")] == []
    # The last call of all is the one that replaces `current`.
    assert {*seen} == {"slope 2\n"}


def test_what_the_disk_refuses_leaves_the_old_one_and_nothing_besides(project: Project):
    disk, place = Disk(), project.root / PLACE
    with disk.stopping():
        release(project)
    Releases(place).switch(Releases(place).history()[1:])
    new = next(p for p in (place / "releases").iterdir() if served(project) != (p / "bundle/model.txt").read_text())
    shutil.rmtree(new)
    before = sorted(place.rglob("*"))
    for step in range(0, disk.calls - 2, 3):
        with disk.stopping(disk.refused(step)), suppress(RunError, OSError):
            release(project)
            continue
        if whole(project) == "slope 2\n":
            assert sorted(place.rglob("*")) == before


def test_whoever_dies_on_the_way_back_can_go_it_again(project: Project, tmp_path: Path):
    """Where the release before is current, its goldens are there as well; until then, the command is given again."""
    release(project)
    disk, place, settings = Disk(), project.root / PLACE, load(project.root)
    golden = files(project.root / "golden")
    shutil.copytree(place, tmp_path / "before")
    shutil.rmtree(project.root / "golden")
    with disk.stopping():
        go_back(Releases(place), settings)
    assert files(project.root / "golden") == golden
    for step in (*range(0, disk.calls, 9), *range(disk.calls - 5, disk.calls)):
        shutil.rmtree(place)
        shutil.rmtree(project.root / "golden")
        shutil.copytree(tmp_path / "before", place)
        with disk.stopping(disk.died_from(step)), suppress(DiedError):
            go_back(Releases(place), settings)
        if served(project) == "slope 3\n":
            go_back(Releases(place), settings)
        assert whole(project) == "slope 2\n"
        assert files(project.root / "golden") == golden


def test_a_golden_that_is_recorded_on_the_way_back_is_not_written_over(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    release(project)
    real = back.put_back

    def late(store: Store, files: Files, name: str, **over: str | None) -> tuple[str, ...]:
        golden = store.load(name)
        assert golden is not None
        store.save(replace(golden, remarks=("recorded meanwhile",)))
        return real(store, files, name, **over)

    monkeypatch.setattr(back, "put_back", late)
    before = served(project)
    with pytest.raises(OvertakenError):
        go_back(Releases(project.root / PLACE), load(project.root))
    golden = open_store(load(project.root)).load("Line")
    assert golden is not None
    assert golden.remarks == ("recorded meanwhile",)
    assert served(project) == before


def test_a_file_that_becomes_another_one_meanwhile_is_noticed(project: Project):
    bundle, place = BundleFolder(project.root / BUNDLE), Releases(project.root / PLACE)
    kept = bundle.kept()
    assert kept is not None
    before = place.history()
    train(project, "slope 4\n")
    with pytest.raises(GoldenError, match=r"model\.txt became another one"), place.writing():
        place.add(bundle, kept, open_store(load(project.root)), versions(kept))
    assert place.history() == before
    assert len([*(project.root / PLACE / "releases").iterdir()]) == 1
    with pytest.raises(GoldenError, match="the current release of"):
        place.expect(())


def test_a_file_that_is_gone_or_cannot_be_read_is_named_and_not_the_place(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    bundle, place = BundleFolder(project.root / BUNDLE), Releases(project.root / PLACE)
    kept = bundle.kept()
    assert kept is not None

    def add() -> None:
        with place.writing():
            place.add(bundle, kept, open_store(load(project.root)), {})

    (project.root / BUNDLE / "model.txt").unlink()
    with pytest.raises(GoldenError, match=r"model\.txt became another one"):
        add()

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(bundle.tree, "looking", refuse)
    with pytest.raises(RunError, match="line cannot be read: Permission denied"):
        add()
    assert len([*(project.root / PLACE / "releases").iterdir()]) == 1
