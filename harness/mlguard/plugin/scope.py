"""Which files a run was asked to look at, and which of them it did."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

import pytest

from mlguard.plugin.session import SESSION


class Scope:
    """What the command line asks of one run, and what pytest made of it."""

    def __init__(self, session: pytest.Session) -> None:
        """Of a session whose collection has ended."""
        config = session.config
        mine, here = config.stash[SESSION], config.invocation_params.dir
        self._given = [Path(here, arg).resolve() for arg in config.args if "::" not in arg]
        self._ignored = {Path(here, name).resolve() for name in config.getoption("ignore", None) or ()}
        self._globs = [str(Path(here, glob)) for glob in config.getoption("ignore_glob", None) or ()]
        self._looked_into = {path.resolve() for path in mine.looked_into}
        self._modules = {path.resolve(): outcome for path, outcome in mine.modules.items()}
        self._last_failed = bool(config.getoption("lf", False))

    def covers(self, path: Path) -> bool:
        """Whether the run was asked for everything in this file or folder."""
        return any(path == top or path.is_relative_to(top) for top in self._given)

    def touches(self, folder: Path) -> bool:
        """Whether the run was asked for anything in this folder."""
        return self.covers(folder) or any(top.is_relative_to(folder) for top in self._given)

    def unseen(self, files: Iterable[Path]) -> list[Path]:
        """The files that the run was asked for and pytest has not looked into, without a word of its own on why.

        A module that skips itself or cannot be imported is in pytest's own report.
        """
        return [f for f in files if self.covers(f) and f not in self._looked_into and not self._is_reported(f)]

    def is_left_out(self, file: Path) -> bool:
        """Whether an option of this run leaves the file out: `--ignore`, `--ignore-glob`, `--lf`."""
        way = (file, *file.parents)
        ignored = any(place in self._ignored or any(fnmatch(str(place), glob) for glob in self._globs) for place in way)
        return ignored or (self._last_failed and file in self._modules)

    def is_module(self, file: Path) -> bool:
        """Whether pytest took the file for a test module."""
        return file in self._modules

    def _is_reported(self, file: Path) -> bool:
        return self._modules.get(file, "passed") != "passed"
