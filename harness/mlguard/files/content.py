"""What a file holds: its digest, and its line ends, which a checkout may turn into CRLF without editing anything."""

from __future__ import annotations

import hashlib

from mlguard.core.error import RunError

CRLF, LF = b"\r\n", b"\n"

BINARY = (".npy", ".parquet")
"""How the names of files end that are no text."""


def file_digest(content: bytes) -> str:
    """The digest of a file's bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def plain_ends(name: str, content: bytes) -> bytes:
    """The content of a text with a line feed alone at each line's end; of any other file, as it is."""
    return content if name.endswith(BINARY) else content.replace(CRLF, LF)


def check_fetched(place: str, content: bytes) -> None:
    """Raise RunError where Git LFS has left a pointer in the place of a file: nobody knows then what it holds."""
    if content.startswith(b"version https://git-lfs.github.com/spec/"):
        told = f"{place} is a pointer of Git LFS, and what it points to was not fetched"
        raise RunError(told, advice="run `git lfs pull`", slug="file-not-fetched", blames_code=False)


def as_written(name: str, content: bytes, expected: str) -> bytes | None:
    """The content that has this digest: as it is or, for a text may hold CRLF itself, with plain line ends.

    None where neither has, since somebody edited the file.
    """
    return next((one for one in (content, plain_ends(name, content)) if file_digest(one) == expected), None)
