"""A folder that looks like the project, with other files in some places: for programs that know where they read."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Collection, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from mlguard.core.copies import Copy, current, making, running_in
from mlguard.programs.written import altered, touched

LARGE = 2**20
"""Bytes from which on a file is a link to a copy that is made once for many calls."""

HUGE = 2**28
"""Bytes from which on it is a link to the real file."""

_BESIDE = ("-journal", "-wal", "-shm")
"""Endings of the files that SQLite puts beside the one to which a link leads."""

MANY = 1000
"""Entries from which on a folder is linked as a whole."""

_NEVER = frozenset({".git", ".mlguard", "golden", "__pycache__", ".venv", ".tox", "node_modules", ".pytest_cache"})
"""What is not shown: what belongs to git, to mlguard, to Python and to installers."""


@contextmanager
def for_one_call(above: Path) -> Iterator[Path]:
    """A folder for the files of one call, of the same name each time: names of files must move no answer."""
    folder = above / "call"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lay(
    root: Path,
    folder: Path,
    *,
    changed: Mapping[str, Path],
    mapped: Collection[str] = (),
    links: bool = True,
    large: Path | None = None,
) -> Copy:
    """Copy what lies below the root into a folder, so that nothing real is written.

    `changed` are other files for some paths from the root. In the places of `mapped` nothing is put; their folders are
    made. Large files, full folders and the project's own links are links, unless `links` is off: large files to copies
    in the folder `large`, where there is one, since nobody sees what compiled code writes through a link.
    """
    places = {PurePosixPath(name) for name in (*changed, *mapped)}
    laying = _Laying(root, folder, places, large, links=links)
    with making():
        linked = tuple(laying.below(PurePosixPath(".")))
    for place in places:
        (folder / place.parent).mkdir(parents=True, exist_ok=True)
    for name, file in changed.items():
        shutil.copyfile(file, folder / name)
    real = frozenset(str(above / name) for above in (root, root.resolve()) for name in mapped)
    return Copy(root, folder, linked, large, real)


@contextmanager
def protected(copy: Copy) -> Iterator[None]:
    """Run guarded code in a copy; what it would change of real files and folders is refused with PermissionError.

    So is a real file that it would read though the copy has another in its place.

    Only what this process does by itself is seen.
    """
    _watch()
    with running_in(copy):
        yield


@cache
def _watch() -> None:
    """Look at what this process writes; once, since an audit hook stays for good."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    copy = current()
    if copy is None:
        return
    for place in (*touched(event, arguments), *altered(event, arguments)):
        if _is_real(copy, place):
            raise PermissionError(
                f"{copy.original(place)} is a real file, which a guarded script must leave alone: "
                "map it in `outputs`, or write elsewhere"
            )
    if event == "open" and isinstance(arguments[0], str) and os.path.abspath(arguments[0]) in copy.mapped:
        raise PermissionError(
            f"{arguments[0]} is a real file, in whose place the guard has another: a guarded script must find it from "
            "the folder in which it is started, or from `__file__`"
        )


def _is_real(copy: Copy, place: Path) -> bool:
    """Whether a file is the project's or behind a link. A new one elsewhere is told by the contract on such files."""
    if place.is_relative_to(copy.folder.resolve()):
        return False
    return copy.leads_to(place) or (place.is_relative_to(copy.root.resolve()) and place.exists())


def changed_config(declared: Any, root: Path, path: Path | None) -> dict[str, Path]:
    """The configuration's place in the project, with the file that holds the values of this run, if that is another."""
    if path is None or not isinstance(declared, str) or path == root / declared:
        return {}
    return {declared: path}


@dataclass(frozen=True)
class _Laying:
    """One copy under way."""

    root: Path
    folder: Path
    places: Set[PurePosixPath]
    """Where nothing is put, from the root."""
    large: Path | None
    """Where copies of large files are kept, from one copy of the project to the next."""
    links: bool

    def below(self, folder: PurePosixPath) -> Iterator[Path]:
        """Copy what lies below a folder of the project; answers the places to which it made links."""
        (self.folder / folder).mkdir(parents=True, exist_ok=True)
        for entry in sorted((self.root / folder).iterdir()):
            name = folder / entry.name
            if name in self.places or self._is_left_out(entry):
                continue
            if entry.is_dir() and self._is_opened(entry, name):
                yield from self.below(name)
            elif entry.is_file() and (not self.links or entry.stat().st_size < LARGE):
                with suppress(OSError):  # What cannot be read is not there, as for a bundle that is loaded elsewhere.
                    shutil.copyfile(entry, self.folder / name)
            elif entry.exists():
                target = self._kept(entry, name)
                (self.folder / name).symlink_to(target, target_is_directory=entry.is_dir())
                yield target.resolve()

    def _kept(self, entry: Path, name: PurePosixPath) -> Path:
        """Where a link for a file or folder leads: to the copy of a large file, made anew where somebody changed it."""
        if self.large is None or not entry.is_file() or entry.stat().st_size >= HUGE:
            return entry
        kept = self.large / name
        for ending in _BESIDE:
            kept.with_name(f"{kept.name}{ending}").unlink(missing_ok=True)
        try:
            if not kept.is_file() or _stamp(kept) != _stamp(entry):
                _copy_as_it_is(entry, kept)
        except OSError:
            return entry  # It cannot be read: whoever opens it is told so.
        return kept

    def _is_left_out(self, entry: Path) -> bool:
        """Also virtual environments, whatever they are called; and temporary files, which may lie below the project."""
        return entry.name in _NEVER or self.folder.is_relative_to(entry) or (entry / "pyvenv.cfg").is_file()

    def _is_opened(self, entry: Path, name: PurePosixPath) -> bool:
        """Whether a folder is a real one in the copy: always where a mapped file lies in it."""
        if any(place.is_relative_to(name) for place in self.places):
            return True
        if not self.links:
            return entry.resolve() not in entry.absolute().parents  # A link to a folder above has no end.
        return not entry.is_symlink() and sum(1 for _ in islice(entry.iterdir(), MANY)) < MANY


def _copy_as_it_is(file: Path, copy: Path) -> None:
    """Copy a file with its rights and times."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.unlink(missing_ok=True)
    shutil.copyfile(file, copy)
    shutil.copymode(file, copy)
    os.utime(copy, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))


def _stamp(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns, found.st_mode
