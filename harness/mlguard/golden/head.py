"""A head says which files a golden has: one per acceptance, numbered, and never changed once it is there.

The head of the highest number counts. Whoever replaces a golden creates the head of the next number, which succeeds for
one of two writers alone; so nothing is ever written over, and what was accepted before can be read for good.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from mlguard.files.content import file_digest
from mlguard.files.tree import LARGEST as LARGEST_FILE
from mlguard.files.tree import is_plain
from mlguard.files.typed import checked
from mlguard.golden.naming import ARRAYS, INTERNALS

FORMAT = 1
"""The number of what a head holds: raise it where an older mlguard would misread the new one, which it then refuses."""

LARGEST = 4 * 1024**2
"""Bytes that a head may have."""

LARGEST_GOLDEN = 1024**3
"""Bytes that all files of one golden may have together."""

_PLACE = re.compile(r"(.+)/(\d{8})\.json")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Kept:
    """One file of a golden."""

    sha256: str
    """The digest of its bytes, by which the object is named."""
    size: int
    """Its bytes."""


@dataclass(frozen=True)
class Head:
    """What one acceptance left of a golden, or of a Dataset."""

    name: str
    """The guard, or the Dataset."""
    number: int
    """Which acceptance it is, from 1 on."""
    files: Mapping[str, Kept]
    """Its files by name; none where it was deleted."""

    @classmethod
    def of(cls, name: str, number: int, files: Mapping[str, bytes]) -> Head:
        """The head of these contents."""
        kept = {file: Kept(file_digest(content), len(content)) for file, content in files.items()}
        return cls(name, number, kept)

    def encode(self) -> bytes:
        """The bytes of the head; the same head always gives the same bytes."""
        files = {file: {"sha256": kept.sha256, "size": kept.size} for file, kept in self.files.items()}
        document = {"files": files, "format": FORMAT, "name": self.name, "number": self.number}
        return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def decode(content: bytes, number: int) -> Head:
    """The head that these bytes are. Raises ValueError naming what no head holds."""
    try:
        document = json.loads(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f"it is none of format {FORMAT}")
    files = checked(dict[str, Kept], document.get("files"), "files")
    name = checked(str, document.get("name"), "name")
    if document.get("number") != number:
        raise ValueError(f"it says that it is number {document.get('number')!r}")
    for file, kept in files.items():
        if not is_own(file):
            raise ValueError(f"it lists {file!r}, which lies outside")
        if not _SHA256.fullmatch(kept.sha256) or not 0 <= kept.size <= LARGEST_FILE:
            raise ValueError(f"it gives no digest and size of {file!r} that a file can have")
    if sum(kept.size for kept in files.values()) > LARGEST_GOLDEN:
        raise ValueError(f"its files have more than {LARGEST_GOLDEN} bytes together")
    return Head(name, number, files)


def is_own(file: str) -> bool:
    """Whether a golden or a Dataset may have a file of this name: in its own folder, or one of its two others."""
    folder, slash, name = file.rpartition("/")
    return _is_named(name) and (not slash or folder in (ARRAYS, INTERNALS))


def _is_named(name: str) -> bool:
    """Whether mlguard gives such a name; with a dot begin those of what is on its way to its place."""
    return is_plain(name) and not name.startswith(".")


def place(folder: str, number: int) -> str:
    """Where a head lies, below the folder of heads."""
    return f"{folder}/{number:08}.json"


def newest(names: Iterable[str]) -> dict[str, int]:
    """The highest number of each folder; whatever else lies there is no head."""
    found: dict[str, int] = {}
    for match in filter(None, map(_PLACE.fullmatch, names)):
        folder, number = match[1], int(match[2])
        if all(map(_is_named, PurePosixPath(folder).parts)) and str(PurePosixPath(folder)) == folder:
            found[folder] = max(found.get(folder, 0), number)
    return found
