"""Wait until files below a folder are saved, through the library watchfiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlguard.core.error import UsageError

STATE = ".mlguard"
"""The folder that mlguard writes itself."""

LONGEST = 500
"""Milliseconds after which it is looked whether the watching was interrupted."""


class Saves:
    """What is saved, created, moved or deleted below a folder, from the moment at which this is made."""

    def __init__(self, folder: Path) -> None:
        """Raises UsageError where the library is not installed.

        What version control, editors, caches of Python and mlguard itself write does not count.
        """
        try:
            from watchfiles import DefaultFilter, watch
        except ImportError as error:
            raise UsageError(
                "mlguard watch needs watchfiles, which is not installed",
                advice="pip install 'pytest-mlguard[watch]'",
                slug="watch-missing",
            ) from error
        self.folder = folder
        ours = DefaultFilter(ignore_dirs=(*DefaultFilter.ignore_dirs, STATE))
        options: dict[str, Any] = {"yield_on_timeout": True, "rust_timeout": LONGEST, "debounce": 200}
        self._seen: Iterator[set[tuple[Any, str]]] = iter(watch(folder, watch_filter=ours, **options))
        # It begins to look with the first question.
        self._first = next(self._seen)

    def so_far(self) -> list[Path]:
        """The files that were saved since the last call, in the order of their names; none, where none was."""
        found, self._first = self._first or next(self._seen), set()
        return sorted({Path(path) for _, path in found})

    def wait(self) -> list[Path]:
        """The same, once there is one."""
        while not (found := self.so_far()):
            pass
        return found
