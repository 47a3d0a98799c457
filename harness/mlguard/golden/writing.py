"""Write into a folder of goldens: one writer at a time, and words for what the disk refuses."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlguard.core.error import RunError
from mlguard.golden.lock import locked
from mlguard.golden.naming import labelled
from mlguard.golden.state import state_folder
from mlguard.golden.swap import SAVED, is_half_done

_FULL = (errno.ENOSPC, errno.EDQUOT)
_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass(frozen=True)
class Home:
    """Where a store keeps its folders."""

    root: Path
    """The folder above all of them."""
    project: Path
    """The project's root, from which messages name files."""

    def shown(self, folder: Path) -> str:
        """A folder as messages show it."""
        below = folder.is_relative_to(self.project)
        return (folder.relative_to(self.project) if below else folder).as_posix()

    @contextmanager
    def writing(self, folder: Path) -> Iterator[None]:
        """Keep other writers out of a folder, which is made where it is missing and goes where it stays empty.

        Raises RunError for whatever the disk refuses inside the block.
        """
        shown = self.shown(folder)
        lock = state_folder(self.project) / "locks" / f"{labelled(shown)}.lock"
        try:
            with locked(lock):
                folder.mkdir(parents=True, exist_ok=True)
                try:
                    yield
                finally:
                    self._drop_empty(folder)
        except OSError as error:
            raise _refused(folder, shown, error) from error

    def _drop_empty(self, folder: Path) -> None:
        """Remove the folder and those above it, up to the root, as far as they are empty."""
        while self.root in folder.parents and removed(folder):
            folder = folder.parent


def removed(folder: Path) -> bool:
    """Whether the folder was empty and is gone now."""
    try:
        folder.rmdir()
    except OSError:
        return False
    return True


def _refused(folder: Path, shown: str, error: OSError) -> RunError:
    if error.errno in _FULL:
        told, slug = "the disk is full; free some space", "golden-disk-full"
    elif error.errno in _READ_ONLY:
        told, slug = "the folder is read-only; make it writable", "golden-read-only"
    else:
        told, slug = f"{error.strerror or error}; mend that", "golden-not-written"
    state = "was not written and nothing in it changed"
    if is_half_done(folder):
        state = f"was written, but some of its files still lie in its folder {SAVED}"
    return RunError(f"{shown} {state}: {told} and run the command again", slug=slug)
