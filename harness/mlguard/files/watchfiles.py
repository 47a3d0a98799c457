"""Wait until files are saved: the library watchfiles says when to look below a folder, and the disk what changed."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mlguard.core.error import UsageError

LONGEST = 500
"""Milliseconds after which it is looked whether the watching was interrupted, and at files elsewhere."""

Stamp = tuple[int, int, int, int] | None
"""Times of the last change of the content and of anything else, in nanoseconds, bytes, and number of the file on its
disk; None where there is no file."""

Stamps = Mapping[str, Stamp]
"""The stamp of each file by its path."""


class Saves:
    """What is saved, created, moved or deleted below a folder, from the moment at which this is made."""

    def __init__(self, folder: Path, besides: str) -> None:
        """Raises UsageError where the library is not installed.

        What version control, editors and caches of Python write does not count, nor do environments, nor what lies in
        folders of the name `besides`.
        """
        try:
            from watchfiles import Change, DefaultFilter, watch
        except ImportError as error:
            raise UsageError(
                "mlguard watch needs watchfiles, which is not installed",
                advice="pip install 'pytest-mlguard[watch]'",
                slug="watch-missing",
            ) from error
        self.folder = folder
        self._number = _number(folder)
        counts = DefaultFilter(ignore_dirs=(*DefaultFilter.ignore_dirs, besides))
        # Of the folder's own place nothing is asked: a project may lie below `.tox`, or below another one's `.mlguard`.
        self._counts: Callable[[str], bool] = lambda path: counts(
            Change.modified, path.removeprefix(f"{folder}{os.sep}")
        )
        # Nothing is filtered: a notice can be lost while others are handed over, and each is a reason to look.
        options: dict[str, Any] = {"watch_filter": None, "yield_on_timeout": True, "debounce": 200}
        self._notices = _notices(lambda: watch(folder, rust_timeout=LONGEST, **options))
        next(self._notices)  # It begins to listen with the first question.
        self._inside: Stamps = dict(self._stamps(str(folder)))
        self._elsewhere: Stamps = {}

    def look_at(self, files: Iterable[str], since: int) -> None:
        """Look at these files, too, wherever they lie and whatever link leads there.

        A file of which nothing was known before counts as saved if it changed after `since`, in nanoseconds of the
        clock.
        """
        before = self._elsewhere
        now = {file: _stamp(file) for file in files if file not in self._inside}
        self._elsewhere = {
            file: before[file] if file in before else None if stamp is not None and max(stamp[:2]) > since else stamp
            for file, stamp in now.items()
        }

    def so_far(self) -> list[Path]:
        """The files that were saved since the last call, in the order of their names; none, where none was.

        Raises UsageError where the folder is gone.
        """
        next(self._notices)
        return self._saved()

    def wait(self) -> list[Path]:
        """The same, once there is one."""
        while True:
            if found := self._saved(inside=next(self._notices)):
                return found

    def _saved(self, *, inside: bool = True) -> list[Path]:
        """What changed since the last look, below the folder only if `inside`."""
        if _number(self.folder) != self._number:
            raise UsageError(
                f"{self.folder} was moved or deleted while it was watched",
                advice="start mlguard watch again in the project",
                slug="watch-gone",
            )
        before = {**self._elsewhere, **self._inside}
        self._elsewhere = {file: _stamp(file) for file in self._elsewhere}
        self._inside = dict(self._stamps(str(self.folder))) if inside else self._inside
        now = {**self._elsewhere, **self._inside}
        return sorted(Path(path) for path in {*before, *now} if before.get(path) != now.get(path))

    def _stamps(self, folder: str) -> Iterator[tuple[str, Stamp]]:
        """Every file that counts, below a folder that may vanish meanwhile; links are not followed."""
        try:
            entries = list(os.scandir(folder))
        except OSError:
            return
        if any(entry.name == "pyvenv.cfg" for entry in entries):
            return
        for entry in entries:
            if not self._counts(entry.path):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from self._stamps(entry.path)
            elif (stamp := _stamp(entry.path, follow=False)) is not None:
                yield entry.path, stamp


def _notices(watch: Callable[[], Iterator[set[Any]]]) -> Iterator[bool]:
    """Whether there is a reason to look at the folder, at least each time that `LONGEST` has passed."""
    with contextlib.suppress(OSError, RuntimeError):
        yield from map(bool, watch())
    # A folder below cannot be read, or the system watches no more of them: it is looked without a reason.
    while True:
        time.sleep(2 * LONGEST / 1000)
        yield True


def _stamp(file: str, *, follow: bool = True) -> Stamp:
    try:
        found = os.stat(file, follow_symlinks=follow)
    except (OSError, ValueError):
        return None
    # A folder's time is that of its entries, of which each is looked at by itself.
    return None if stat.S_ISDIR(found.st_mode) else (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)


def _number(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another one in its place."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
