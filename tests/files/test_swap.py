"""A folder's files are the old ones or the new ones, whenever the writer dies and whatever the disk refuses."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from mlguard.core.error import GoldenError
from mlguard.files import swap
from mlguard.files.content import file_digest
from mlguard.files.tree import Tree
from tests.disk import DiedError, Disk
from tests.repository import git

OLD = {"lead": b"1\n", "a": b"old a\n", "d": b"old d\n", "same": b"both\n", "gone": b"old\n"}
NEW = {"lead": b"2\n", "a": b"new a\n", "b/c": b"new\n", "d": b"new d\n", "same": b"both\n"}
CHANGED = {name: content for name, content in NEW.items() if OLD.get(name) != content}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return put(tmp_path / "folder", OLD)


def put(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files as a checkout does: over what is there, and nothing else goes."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def tree(folder: Path) -> Tree:
    return Tree(folder, folder)


def there(folder: Path) -> dict[str, bytes]:
    """Every file on the disk."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def visible(folder: Path) -> dict[str, bytes]:
    """Every file but those that are on their way."""
    return {name: content for name, content in there(folder).items() if not name.startswith(".")}


def swapped(folder: Path) -> None:
    assert swap.replace(tree(folder), NEW, leading="lead", own=OLD) == (*CHANGED, "gone")


def steps(folder: Path, disk: Disk) -> range:
    """The calls of one swap that change the disk."""
    with disk.stopping():
        swapped(folder)
    assert there(folder) == NEW
    return range(disk.calls)


def anew(folder: Path, files: Mapping[str, bytes] = OLD) -> Path:
    """The folder with these files and nothing else."""
    shutil.rmtree(folder)
    return put(folder, files)


def died(folder: Path, disk: Disk, step: int) -> None:
    anew(folder)
    with disk.stopping(disk.died_from(step)), suppress(DiedError):
        swapped(folder)


def test_replace_leaves_only_the_new_files(folder: Path) -> None:
    swapped(folder)
    assert there(folder) == NEW
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "d", "lead", "same"]


def test_dying_at_any_call_leaves_old_new_or_a_mixture_that_the_next_writer_finishes(folder: Path, disk: Disk) -> None:
    mixtures = 0
    for step in steps(folder, disk):
        died(folder, disk, step)
        before = there(folder)
        found = visible(folder)
        assert all(content in (OLD.get(name), NEW.get(name)) for name, content in found.items()), step
        mixed = swap.is_half_done(tree(folder))
        mixtures += mixed
        assert not mixed or found["lead"] == OLD["lead"], "the leading file comes last"
        assert there(folder) == before, "looking writes nothing"
        wanted = NEW if mixed or found["lead"] == NEW["lead"] else OLD
        swap.finish(tree(folder))
        assert there(folder) == wanted, step
        assert not [path for path in folder.iterdir() if path.name.startswith(".")]
    assert mixtures > 2


def test_a_call_that_is_refused_leaves_old_or_new_and_says_so(folder: Path, disk: Disk) -> None:
    for step in steps(folder, disk):
        anew(folder)
        refused = False
        with disk.stopping(disk.refused(step, errno.ENOSPC)):
            try:
                swapped(folder)
            except OSError:
                refused = True
        found = visible(folder)
        assert found == OLD if refused else {**found, **NEW} == found, step
        swap.finish(tree(folder))
        assert there(folder) == (OLD if refused else NEW), step


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("version", [OLD, NEW], ids=["old", "new"])
def test_a_checkout_after_a_crash_decides(folder: Path, disk: Disk, version: dict[str, bytes], ends: bytes) -> None:
    checked_out = {name: content.replace(b"\n", ends) for name, content in version.items()}
    for step in steps(folder, disk)[::2]:
        died(folder, disk, step)
        put(folder, checked_out)
        swap.finish(tree(folder))
        left = there(folder)
        assert {name: left[name] for name in version} == checked_out
        assert set(left) - set(version) <= {"gone", "b/c"}, "what the leading file does not name may stay"


def test_new_files_go_where_a_checkout_brought_the_old_ones_back(folder: Path, disk: Disk) -> None:
    begun = 0
    for step in steps(folder, disk):
        died(folder, disk, step)
        is_begun = (folder / "b/c").exists() and any(folder.glob(f"{swap.STAGED}*/journal.json"))
        put(folder, OLD)
        swap.finish(tree(folder))
        assert not (is_begun and (folder / "b/c").exists()), step
        begun += is_begun
    assert begun > 2


@pytest.mark.parametrize("name", ["lead", "a", "d", "same"])
def test_a_file_of_neither_version_makes_what_was_staged_worthless(folder: Path, disk: Disk, name: str) -> None:
    for step in steps(folder, disk)[::2]:
        died(folder, disk, step)
        put(folder, {name: b"a third version\n"})
        before = visible(folder)
        swap.finish(tree(folder))
        assert there(folder) == before


def test_git_adds_nothing_of_what_a_crash_leaves(folder: Path, disk: Disk) -> None:
    git(folder.parent, "init", "-q")
    for step in steps(folder, disk)[::4]:
        died(folder, disk, step)
        untracked = git(folder.parent, "status", "--porcelain", "--untracked-files=all").split()[1::2]
        found = {name.removeprefix("folder/") for name in untracked}
        assert all(name in {*OLD, *NEW} or not (folder / name).read_bytes() for name in found), found


JOURNALS = [
    None,
    b"",
    b"[]",
    b"[" * 100_000,
    b'{"files": 1}',
    b'{"leading": "x", "files": {"a": [1]}}',
    b'{"leading": "lead", "files": {"lead": [1, 2], "a": [{}, []]}}',
]


@pytest.mark.parametrize("journal", JOURNALS)
@pytest.mark.parametrize("name", [".saved", f"{swap.STAGED}1"])
def test_what_no_journal_explains_counts_for_nothing(folder: Path, name: str, journal: bytes | None) -> None:
    files = {f"new/{file}": content for file, content in NEW.items()} | NEW
    put(folder / name, files if journal is None else {**files, "journal.json": journal})
    assert not swap.is_half_done(tree(folder))
    swap.finish(tree(folder))
    assert there(folder) == OLD


@pytest.mark.parametrize("name", ["../outside", "a/../../outside", "/outside", "..\\outside", ""])
def test_a_journal_reaches_nothing_outside(folder: Path, name: str) -> None:
    outside = folder.parent / "outside"
    outside.write_bytes(b"old\n")
    old, new = file_digest(b"old\n"), file_digest(b"new\n")
    journal = {"leading": "lead", "files": {"lead": [file_digest(OLD["lead"]), new], name: [old, None]}}
    put(folder / f"{swap.STAGED}1", {"journal.json": json.dumps(journal).encode(), "new/lead": b"new\n"})
    with suppress(GoldenError):
        swap.finish(tree(folder))
    assert outside.read_bytes() == b"old\n"
    assert visible(folder) == OLD


def test_staged_files_can_be_read_by_nobody_else(folder: Path, disk: Disk) -> None:
    died(folder, disk, steps(folder, disk)[-1] // 2)
    (staged,) = folder.glob(f"{swap.STAGED}*")
    assert staged.stat().st_mode & 0o077 == 0
    assert os.stat(folder / "lead").st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
