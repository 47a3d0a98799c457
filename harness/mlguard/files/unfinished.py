"""A new file on its way to its place: its writer holds its lock, so what one left that died is known, and removed."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from mlguard.files.handle import Folder, OddError
from mlguard.files.lock import take_if_free, taken

ENDING = ".unfinished"
"""What its name ends with; where somebody else writes the same file at that moment, with a random number instead."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_MOVES_OPEN = os.name != "nt"
"""Whether the system moves a file that is open: where it does not, no lock can be held until then."""


@contextmanager
def unfinished(folder: Folder, file: str, content: bytes) -> Iterator[str]:
    """The name in the folder under which the content is, whole and on the disk; nothing is there after the block."""
    with ExitStack() as stack:
        name = f"{file}{ENDING}"
        handle = _begun(folder, name, stack) if _MOVES_OPEN else None
        if handle is not None:
            stack.callback(_remove, folder, name, handle)
            _fill(handle, content)
        else:
            name = f"{file}.{secrets.token_hex(8)}"
            with folder.open(name, _NEW) as own:
                stack.callback(_unlink, folder, name)
                _fill(own, content)
        yield name


def is_left(name: str, file: str) -> bool:
    """Whether this is the name of what a writer of a file may have left."""
    return re.fullmatch(rf"{re.escape(file)}(?:{re.escape(ENDING)}|\.[0-9a-f]{{16}})", name) is not None


def append(handle: int, content: bytes) -> None:
    """Write all of it: the system may take less than it is given."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _fill(handle: int, content: bytes) -> None:
    append(handle, content)
    os.fsync(handle)


def _begun(folder: Folder, name: str, stack: ExitStack) -> int | None:
    """The descriptor of a new file, its lock held; None where somebody else is at it, or something odd is there."""
    for _ in range(2):
        with suppress(FileExistsError):
            handle = stack.enter_context(folder.open(name, _NEW))
            with suppress(OSError):  # A network file system may know no locks: then nobody takes it for left.
                stack.enter_context(taken(handle))
            if _is_there(folder, name, handle):  # Else somebody took it for left before it was locked.
                return handle
        with suppress(OSError, OddError), folder.open(name, os.O_RDWR) as left:
            if take_if_free(left):
                _remove(folder, name, left)
    return None


def _is_there(folder: Folder, name: str, handle: int) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), folder.stat(name))
    except OSError:
        return False


def _remove(folder: Folder, name: str, handle: int) -> None:
    """Remove a file whose lock is held, and no other that has its name by now."""
    if _is_there(folder, name, handle):
        _unlink(folder, name)


def _unlink(folder: Folder, name: str) -> None:
    with suppress(OSError):
        os.unlink(folder.place(name), dir_fd=folder.fd)
