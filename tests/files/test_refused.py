"""What the disk refuses is said with the advice that helps."""

from __future__ import annotations

import errno
import os

import pytest

from mlguard.files.refused import refusal


@pytest.mark.parametrize(
    ("number", "advice"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EACCES, "make it writable"),
        (errno.EROFS, "make it writable"),
        (errno.EIO, "mend that"),
        (errno.EMFILE, "mend that"),
    ],
)
def test_a_refusal_ends_with_what_helps(number: int, advice: str) -> None:
    assert refusal(OSError(number, os.strerror(number))).endswith(f"; {advice} and run the command again")
