"""What the disk refuses, in words, with what to do about it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from mlguard.core.error import RunError

FULL = (errno.ENOSPC, errno.EDQUOT)
READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def told_unread(what: str, *, slug: str) -> Iterator[None]:
    """Raises RunError, which names what cannot be read, for what the disk refuses inside the block."""
    try:
        yield
    except OSError as error:
        raise RunError(f"{what} cannot be read: {error.strerror or error}", slug=slug, blames_code=False) from error


@contextmanager
def told_unwritten(what: str, *, slug: str) -> Iterator[None]:
    """The same of what cannot be written, with what to do about it."""
    try:
        yield
    except OSError as error:
        raise RunError(f"{what} cannot be written: {refusal(error)}", slug=slug, blames_code=False) from error


def refusal(error: OSError) -> str:
    """What is wrong and what to do, as the end of a sentence on a file or folder that cannot be written."""
    if error.errno in FULL:
        return "the disk is full; free some space and run the command again"
    if error.errno in READ_ONLY:
        return f"it is read-only for this user ({error.strerror}); make it writable and run the command again"
    return f"{error.strerror or error}; mend that and run the command again"
