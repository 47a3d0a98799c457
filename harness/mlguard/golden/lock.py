"""One writer at a time for one folder, across processes; the system frees the lock of a writer that died."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_PAUSE = 0.02


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock of this file, which is made where it is missing, for as long as the block runs."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as handle:
        _take(handle)
        try:
            yield
        finally:
            _free(handle)


if sys.platform == "win32":
    import msvcrt

    def _take(handle: IO[bytes]) -> None:
        while True:
            handle.seek(0)
            try:
                msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(_PAUSE)  # Somebody else writes; the blocking form gives up after ten seconds.
            else:
                return

    def _free(handle: IO[bytes]) -> None:
        handle.seek(0)
        msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(handle: IO[bytes]) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)

    def _free(handle: IO[bytes]) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
