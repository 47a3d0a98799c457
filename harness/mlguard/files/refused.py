"""What the disk refuses, in words, with what to do about it."""

from __future__ import annotations

import errno

FULL = (errno.ENOSPC, errno.EDQUOT)
READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)


def refusal(error: OSError) -> str:
    """What is wrong and what to do, as the end of a sentence on a file or folder that cannot be written."""
    if error.errno in FULL:
        return "the disk is full; free some space and run the command again"
    if error.errno in READ_ONLY:
        return f"it is read-only for this user ({error.strerror}); make it writable and run the command again"
    return f"{error.strerror or error}; mend that and run the command again"
