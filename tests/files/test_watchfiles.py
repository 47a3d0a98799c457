"""Which files count as saved, wherever they lie and whoever is slow to tell."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from mlguard.core.error import UsageError
from mlguard.files import watchfiles
from mlguard.files.watchfiles import Saves

library = pytest.importorskip("watchfiles", reason="it comes with an extra")


@pytest.fixture
def saves(tmp_path: Path) -> Saves:
    """What is saved in a project that lies where others keep what does not count."""
    folder = tmp_path / ".tox/.mlguard/project"
    folder.mkdir(parents=True)
    return patient(Saves(folder, ".mlguard"))


def patient(saves: Saves) -> Saves:
    """The same, which waits for twenty seconds and no longer."""
    saves._notices = islice(saves._notices, 40)
    return saves


def test_what_mlguard_and_others_write_by_themselves_is_no_save(saves: Saves) -> None:
    for name in (".mlguard/matched/a.json", ".git/index", "__pycache__/a.pyc", ".pytest_cache/v"):
        (saves.folder / name).parent.mkdir(parents=True)
        (saves.folder / name).write_text("")
    (saves.folder / "data.csv").write_text("")
    assert saves.wait() == [saves.folder / "data.csv"]
    assert saves.so_far() == []


def test_no_save_is_lost_with_its_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library may lose one that comes while it hands over others."""
    (tmp_path / "gone.py").write_text("")
    saves = Saves(tmp_path, ".mlguard")
    (tmp_path / "new.py").write_text("")
    (tmp_path / "gone.py").unlink()
    monkeypatch.setattr(saves, "_notices", iter([False, True, False, True]))
    assert saves.wait() == [tmp_path / "gone.py", tmp_path / "new.py"]
    (tmp_path / "new.py").write_text("pass")
    assert saves.so_far() == [tmp_path / "new.py"]


def in_place(file: Path) -> None:
    """Write as many bytes as there were, and leave the time as it was."""
    before = file.stat()
    file.write_text("2")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def by_another(file: Path) -> None:
    """Put another file in its place, as editors do."""
    another = file.with_name("4913~")
    another.write_text("1")
    os.replace(another, file)


@pytest.mark.parametrize("save", [in_place, by_another, lambda file: os.utime(file, (1, 1)), Path.unlink])
def test_each_way_to_save_counts(saves: Saves, save: Callable[[Path], None]) -> None:
    file = saves.folder / "data.csv"
    file.write_text("1")
    assert saves.wait() == [file]
    save(file)
    assert saves.wait() == [file]


def test_a_file_elsewhere_counts_once_it_is_looked_at(saves: Saves, tmp_path: Path) -> None:
    """Also where a link in the project leads there, or the project keeps it where nothing counts."""
    (tmp_path / "far").mkdir()
    (saves.folder / "data").symlink_to(tmp_path / "far")
    (saves.folder / ".git").mkdir()
    far, linked, hidden = tmp_path / "far.csv", saves.folder / "data/linked.csv", saves.folder / ".git/HEAD"
    for file in (far, linked):
        file.write_text("1")
    assert saves.wait() == [saves.folder / "data"]
    saves.look_at(map(str, (far, linked, hidden, tmp_path / "far")), time.time_ns())
    assert saves.so_far() == []
    for file in (far, linked, hidden):
        file.write_text("more")
        assert saves.wait() == [file]
    (tmp_path / "far/another.csv").write_text("nobody read it")
    assert saves.so_far() == []
    far.unlink()
    assert saves.wait() == [far]
    saves.look_at([], 0)
    far.write_text("nobody looks any more")
    assert saves.so_far() == []


def test_a_file_elsewhere_may_have_changed_before_it_was_looked_at(saves: Saves, tmp_path: Path) -> None:
    file = tmp_path / "far.csv"
    file.write_text("1")
    saves.look_at([str(file)], file.stat().st_ctime_ns - 1)
    assert saves.so_far() == [file]
    saves.look_at([str(file)], 0)
    assert saves.so_far() == []


@pytest.mark.parametrize("error", [PermissionError("a folder below"), RuntimeError("OS file watch limit reached.")])
def test_what_cannot_be_watched_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refused(*_: object, **__: object) -> Iterator[set[object]]:
        yield set()
        raise error

    monkeypatch.setattr(library, "watch", refused)
    monkeypatch.setattr(watchfiles, "LONGEST", 1)
    saves = patient(Saves(tmp_path, ".mlguard"))
    (tmp_path / "a.py").write_text("")
    assert saves.wait() == [tmp_path / "a.py"]
    (tmp_path / "a.py").write_text("pass")
    assert saves.wait() == [tmp_path / "a.py"]


@pytest.mark.parametrize("again", [False, True])
def test_a_folder_that_is_gone_is_watched_no_more(saves: Saves, again: bool) -> None:
    kept = saves.folder.with_name("kept")
    shutil.move(saves.folder, kept)
    if again:
        saves.folder.mkdir()
    with pytest.raises(UsageError, match="was moved or deleted while it was watched") as error:
        saves.wait()
    assert error.value.slug == "watch-gone"
