"""A copy of the project in which guarded code runs: what is opened there stands for the project's own file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Copy:
    """A folder that stands for the project."""

    root: Path
    """The project's root."""
    folder: Path
    """The copy."""
    linked: tuple[Path, ...] = ()
    """Files and folders to which links in it lead."""
    large: Path | None = None
    """Where those of them lie that are copies, too: large files, which are copied once for many such folders."""

    mapped: frozenset[str] = frozenset()
    """Real paths of files in whose places it has others, which code must not read instead."""

    def original(self, place: Path) -> Path:
        """The project's file of which a place in the copy is one; any other place as it is."""
        for folder in self.folders:
            if place.is_relative_to(folder):
                return self.root / place.relative_to(folder)
        return place

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders in which files have the places that they have in the project."""
        return (self.folder,) if self.large is None else (self.folder, self.large)

    def shown(self, file: Path) -> Path:
        """The place in the copy of a file of the project; any other file as it is."""
        return self.folder / file.relative_to(self.root) if file.is_relative_to(self.root) else file

    def leads_to(self, place: Path) -> bool:
        """Whether a place is one to which a link leads."""
        return any(place.is_relative_to(real) for real in self.linked)


_copy: ContextVar[Copy | None] = ContextVar("mlguard_copy", default=None)
_is_made: ContextVar[bool] = ContextVar("mlguard_copy_is_made", default=True)


@contextmanager
def making() -> Iterator[None]:
    """While the block runs, a copy is made: what it opens is no doing of guarded code."""
    token = _is_made.set(False)
    try:
        yield
    finally:
        _is_made.reset(token)


@contextmanager
def running_in(copy: Copy) -> Iterator[None]:
    """While the block runs, guarded code runs in a copy."""
    token = _copy.set(copy)
    try:
        yield
    finally:
        _copy.reset(token)


def current() -> Copy | None:
    """The copy in which guarded code runs; None where it runs in the project itself."""
    return _copy.get()


def original(place: Path) -> Path | None:
    """The file that is meant by one that is opened; None where nobody means any."""
    if not _is_made.get():
        return None
    copy = _copy.get()
    return place if copy is None else copy.original(place)
