"""One writer at a time, across processes; the system frees the lock of a process that died."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlguard.files.tree import Tree

_PAUSE = 0.02


@contextmanager
def locked(tree: Tree, name: str) -> Iterator[None]:
    """Hold the lock of this file, which is made where it is missing, for as long as the block runs."""
    with tree.opened(name, make=True) as handle, taken(handle):
        yield


@contextmanager
def waited(tree: Tree, name: str) -> Iterator[None]:
    """The same for a reader, who writes nothing: where there is no such file, nobody ever held the lock."""
    with ExitStack() as stack:
        with suppress(OSError):
            stack.enter_context(taken(stack.enter_context(tree.opened(name, make=False))))
        yield


@contextmanager
def alone(tree: Tree) -> Iterator[None]:
    """Hold the lock of a folder itself, for which no file is made; nothing where folders have none, as on Windows."""
    with tree.entered() as handle, ExitStack() as stack:
        with suppress(OSError):  # A network file system may know no locks of folders.
            if handle is not None:
                stack.enter_context(taken(handle))
        yield


@contextmanager
def taken(handle: int) -> Iterator[None]:
    """Hold the lock of an open file for as long as the block runs."""
    _take(handle)
    try:
        yield
    finally:
        with suppress(OSError):  # What was to be done is done, and closing the file frees it, too.
            _free(handle)


if sys.platform == "win32":
    import msvcrt

    def take_if_free(handle: int) -> bool:
        """Never, since nobody holds the lock of a file that is moved, which must be closed."""
        return False

    def _take(handle: int) -> None:
        while True:
            os.lseek(handle, 0, os.SEEK_SET)
            try:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(_PAUSE)  # Somebody else writes; the blocking form gives up after ten seconds.
            else:
                return

    def _free(handle: int) -> None:
        os.lseek(handle, 0, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def take_if_free(handle: int) -> bool:
        """Take the lock of an open file unless somebody holds it; whether it was taken. OSError: there are no locks."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)

    def _free(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
