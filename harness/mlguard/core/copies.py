"""A copy of the project in which guarded code runs: what is opened there stands for the project's own file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_copy: ContextVar[tuple[Path, Path] | None] = ContextVar("mlguard_copy", default=None)
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
def standing_for(root: Path, folder: Path) -> Iterator[None]:
    """While the block runs, a folder stands for the project's root."""
    token = _copy.set((root, folder))
    try:
        yield
    finally:
        _copy.reset(token)


def original(place: Path) -> Path | None:
    """The file that is meant by one that is opened; None where nobody means any."""
    if not _is_made.get():
        return None
    copy = _copy.get()
    if copy is None or not place.is_relative_to(copy[1]):
        return place
    root, folder = copy
    return root / place.relative_to(folder)
