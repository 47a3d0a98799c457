"""Wait until files below a folder are saved: the library watchfiles says when to look, and the disk what changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from mlguard.core.error import UsageError

LONGEST = 500
"""Milliseconds after which it is looked whether the watching was interrupted."""

Stamp = tuple[int, int, int]
"""Time of the last change in nanoseconds, bytes, and number of the file on its disk."""


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
        counts = DefaultFilter(ignore_dirs=(*DefaultFilter.ignore_dirs, besides))
        self._counts: Callable[[str], bool] = lambda path: counts(Change.modified, path)
        options: dict[str, Any] = {"yield_on_timeout": True, "rust_timeout": LONGEST, "debounce": 200}
        # Nothing is filtered: a notice can be lost while others are handed over, and each is a reason to look.
        self._notices: Iterator[set[tuple[Any, str]]] = iter(watch(folder, watch_filter=None, **options))
        next(self._notices)  # It begins to listen with the first question.
        self._files = dict(self._stamps(str(folder)))

    def so_far(self) -> list[Path]:
        """The files that were saved since the last call, in the order of their names; none, where none was."""
        next(self._notices)
        return self._saved()

    def wait(self) -> list[Path]:
        """The same, once there is one."""
        while True:
            if next(self._notices) and (found := self._saved()):
                return found

    def _saved(self) -> list[Path]:
        before, self._files = self._files, dict(self._stamps(str(self.folder)))
        return sorted(Path(path) for path in {*before, *self._files} if before.get(path) != self._files.get(path))

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
                continue
            try:
                found = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            yield entry.path, (found.st_mtime_ns, found.st_size, found.st_ino)
