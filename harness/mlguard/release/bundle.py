"""A bundle on the disk: its files with their digests, and the one file in it that keeps what a check found."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from mlguard.core.bundle import BundleCheck
from mlguard.core.error import GoldenError, UsageError
from mlguard.core.intent import parse_intent
from mlguard.core.outcome import Outcome
from mlguard.files.content import file_digest
from mlguard.files.large import large_digest
from mlguard.files.refused import told_unread, told_unwritten
from mlguard.files.tree import Tree, is_plain
from mlguard.files.typed import checked
from mlguard.files.unfinished import is_left
from mlguard.golden.strict import dump, parse

CHECK = "mlguard.json"
"""The file, at the top of a bundle."""

FORMAT = 1
"""The format that is written, and the newest that is read. To raise it: what changes in `core.bundle` gets defaults."""

LARGEST = 16 * 1024**2
"""Bytes that it may have: some hundred thousand files."""

_SHA = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Kept:
    """What a check found, as it lies in a bundle."""

    check: BundleCheck
    """What it found."""
    content: bytes
    """The file."""

    @property
    def digest(self) -> str:
        """The digest of the file, which names each other one: of the release as a whole."""
        return file_digest(self.content)


class BundleFolder:
    """One bundle."""

    def __init__(self, folder: Path, place: Path | None = None) -> None:
        """Below `place`, the folder is reached through no link. Raises UsageError where there is no such folder."""
        self.folder, self.tree = folder, Tree(folder, place or folder)
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder; name that of a bundle", slug="bundle-missing")

    def files(self) -> list[str]:
        """The paths of its files, without what keeps the check. Raises GoldenError for a link or a device in it."""
        found: list[str] = []
        with self.reading():
            for name, kind in self.tree.walk():
                if kind == "odd" or not is_plain(name.rpartition("/")[2]):
                    raise self._odd(name)
                if kind == "file":
                    found.append(name)
        return sorted(name for name in found if name != CHECK)

    def digests(self) -> dict[str, str]:
        """SHA-256 of each file."""
        with self.reading():
            return {name: large_digest(self.tree, name) for name in self.files()}

    def kept(self) -> Kept | None:
        """What a check found; None where nothing is kept. Raises GoldenError where that cannot be read or trusted."""
        with self.reading():
            content = self.tree.read(CHECK, LARGEST)
        return None if content is None else Kept(read(content, self.shown(CHECK)), content)

    def keep(self, check: BundleCheck) -> None:
        """Keep what a check found. Raises UsageError where that is too much to be read, RunError for a full disk."""
        self.require_room(check)
        with self._writing():
            self.tree.put(CHECK, write(check))

    def require_room(self, check: BundleCheck) -> None:
        """Raises UsageError where the file of a check would be larger than what is ever read."""
        if len(write(check)) > LARGEST:
            told = f"{self.folder} has {len(check.files)} files: {CHECK} would list them in more than {LARGEST} bytes"
            advice = "pack what belongs together into one file, such as an archive"
            raise UsageError(told, advice=advice, slug="bundle-too-many")

    def forget(self) -> None:
        """Remove what an earlier check found, and what one left that was killed while it wrote."""
        with self._writing():
            for entry in self.tree.entries():
                if entry.name == CHECK or is_left(entry.name, CHECK):
                    self.tree.remove(entry.name)

    def shown(self, name: str) -> str:
        """How messages call a file of it."""
        return (self.folder / name).as_posix()

    def reading(self) -> AbstractContextManager[None]:
        """Raises RunError, which names the bundle, for what the disk refuses inside the block."""
        return told_unread(str(self.folder), slug="bundle-not-read")

    def _odd(self, name: str) -> GoldenError:
        told = f"{self.shown(name)} is a link, a device, or has a name that not every file system can hold"
        return GoldenError(told, advice="a bundle has plain files and folders only", slug="bundle-odd")

    def _writing(self) -> AbstractContextManager[None]:
        return told_unwritten(self.shown(CHECK), slug="bundle-not-written")


def write(check: BundleCheck) -> bytes:
    """The file of a check; the same check always gives the same bytes."""
    return (dump({"format": FORMAT, **asdict(check)}, indent=1) + "\n").encode()


def read(content: bytes, shown: str) -> BundleCheck:
    """The check of a file, which strangers may have written. Raises GoldenError where it is none that can be trusted.

    `shown` is how messages call the file.
    """
    try:
        document = parse(content.decode())
        number = document.pop("format")
        if type(number) is not int or number < 1:
            raise ValueError("it has no format number")
        if number > FORMAT:
            told = f"{shown} was written by a newer mlguard (format {number}, this one reads up to {FORMAT})"
            raise GoldenError(told, advice="upgrade mlguard, or check the bundle again", slug="bundle-check-newer")
        check = checked(BundleCheck, document)
        _examine(check)
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError, RecursionError, UsageError) as error:
        why = " ".join(str(error).split())[:200] or type(error).__name__
        told = f"{shown} cannot be read ({why})"
        advice = "check the bundle again: `mlguard check --bundle FOLDER`"
        raise GoldenError(told, advice=advice, slug="bundle-check-unreadable") from error
    return check


def _examine(check: BundleCheck) -> None:
    """Raises ValueError, or UsageError for an intent, where a part is of its type and still none that is written."""
    for name, digest in check.files.items():
        if not (all(map(is_plain, name.split("/"))) and _SHA.fullmatch(digest)):
            raise ValueError(f"{name!r} is no file of a bundle with its digest")
    names = [guard.name for guard in check.guards]
    if len({*names}) < len(names):
        raise ValueError("a guard stands in it twice")
    for guard in check.guards:
        Outcome(guard.outcome)
        for approval in filter(None, (approval.intent for approval in guard.approvals)):
            parse_intent(approval)
        if not all(map(_is_number, (n for metric in guard.metrics.values() for n in vars(metric).values()))):
            raise ValueError(f"a metric of {guard.name!r} is not finite")


def _is_number(value: Any) -> bool:
    return value is None or isfinite(value)
