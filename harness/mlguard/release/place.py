"""A place of releases: a folder that holds bundles whole, and one small file that says which of them is current.

    PLACE/current                          lines: what is served, then what was served before, newest first
    PLACE/releases/<digest>/bundle/        the bundle with its `mlguard.json`, whose digest names the folder
    PLACE/releases/<digest>/golden/        the goldens that it was checked with

A release is written beside the others and gets its name when it is whole; `current` is replaced as a whole. So whoever
is killed leaves the old one current, or the new one, and a server that reads the first line finds all of it. What is
released is never written again; whoever writes next removes what a dead writer left.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mlguard.core.error import GoldenError, UsageError
from mlguard.files.large import copied
from mlguard.files.lock import locked
from mlguard.files.refused import told_unread, told_unwritten
from mlguard.files.tree import Tree
from mlguard.files.unfinished import is_left
from mlguard.golden.copies import copies, version_of
from mlguard.golden.interface import Store
from mlguard.golden.local import LocalStore
from mlguard.release.bundle import CHECK, BundleFolder, Kept

CURRENT = "current"
"""The file whose first line names the folder of the bundle that is to be served, from the place."""

RELEASES = "releases"
BUNDLE, GOLDEN = "bundle", "golden"
"""Folders of a release."""

UNFINISHED = ".incoming-"
"""How the names of folders begin that are not whole yet."""

_LOCK = ".lock"
_LINE = re.compile(rf"{RELEASES}/([0-9a-f]{{64}})/{BUNDLE}")
_LARGEST = 1 << 20
_PATIENCE = 5.0
"""Seconds in which a reader may keep Windows from replacing the file that it reads."""


@dataclass(frozen=True)
class Release:
    """One release of a place."""

    digest: str
    """Its name: the digest of its `mlguard.json`."""
    bundle: BundleFolder
    """Its bundle."""
    goldens: LocalStore
    """The goldens that it was checked with."""


class Releases:
    """One place of releases."""

    def __init__(self, folder: Path) -> None:
        """`folder` need not exist. Raises UsageError where it is a file."""
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file; name a folder for releases", slug="place-unusable")
        self.folder, self.tree = folder, Tree(folder, folder)

    def history(self) -> tuple[str, ...]:
        """The digests of what is served and of what was served before, newest first.

        Raises GoldenError where `current` is none of ours.
        """
        with told_unread(str(self.folder), slug="place-not-read"):
            content = self.tree.read(CURRENT, _LARGEST)
        lines = (content or b"").decode(errors="replace").split("\n")
        found = [_LINE.fullmatch(line) for line in lines if line]
        if content is not None and not (found and all(found)):
            told = f"{self.shown(CURRENT)} does not say which release is current"
            raise GoldenError(told, advice="restore it, or remove it to begin anew", slug="place-current-odd")
        return tuple(match[1] for match in found if match)

    def release(self, digest: str) -> Release:
        """One release, as it lies here. Raises GoldenError where it is gone."""
        folder = self.folder / RELEASES / digest
        if not (folder / BUNDLE).is_dir():
            told = f"{self.shown(CURRENT)} names a release that is gone: {digest}"
            raise GoldenError(told, advice="restore it, or remove `current` to begin anew", slug="release-damaged")
        goldens = LocalStore(folder / GOLDEN, self.folder)
        return Release(digest, BundleFolder(folder / BUNDLE, self.folder), goldens)

    def kept(self, digest: str) -> Kept:
        """The check of a release. Raises GoldenError where it is not as it was released."""
        bundle = self.release(digest).bundle
        kept = bundle.kept()
        if kept is None or kept.digest != digest:
            raise _damaged(bundle, CHECK)
        return kept

    def whole(self, digest: str) -> Release:
        """A release, each of whose files is as it was released. Raises GoldenError naming one that is not."""
        release, then = self.release(digest), self.kept(digest).check.files
        now = release.bundle.digests()
        for name in sorted({*then, *now}):
            if then.get(name) != now.get(name):
                raise _damaged(release.bundle, name)
        return release

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other writers out, and remove what one left that died. Raises RunError for what the disk refuses."""
        with told_unwritten(str(self.folder), slug="place-not-written"):
            self.tree.make(RELEASES)
            with locked(self.tree, _LOCK):
                self._tidy()
                yield

    def expect(self, history: tuple[str, ...]) -> None:
        """Raises GoldenError where something else was released since this was the history."""
        if self.history() != history:
            raise _meanwhile(f"the current release of {self.folder}", advice="run the command again")

    def add(self, bundle: BundleFolder, kept: Kept, goldens: Store, versions: Mapping[str, str]) -> str:
        """Copy a bundle with its goldens, whole or not at all, and answer its digest; `writing` goes around it.

        `versions` are those of the goldens, by guard. Raises GoldenError where a file became another one meanwhile.
        """
        if any(entry.name == kept.digest for entry in self.tree.entries(RELEASES)):
            self.whole(kept.digest)
            return kept.digest
        unfinished = UNFINISHED + secrets.token_hex(8)
        try:
            self._fill(self.tree.below(f"{RELEASES}/{unfinished}"), bundle, kept, goldens, versions)
            self.tree.move(f"{RELEASES}/{unfinished}", self.tree, f"{RELEASES}/{kept.digest}")
        except BaseException:
            with suppress(OSError):
                self.tree.clear(f"{RELEASES}/{unfinished}")
            raise
        self._settle(RELEASES)
        return kept.digest

    @staticmethod
    def _fill(release: Tree, bundle: BundleFolder, kept: Kept, goldens: Store, versions: Mapping[str, str]) -> None:
        for name, digest in kept.check.files.items():
            if _copied(bundle, name, release) != digest:
                raise _meanwhile(bundle.shown(name))
        release.write(f"{BUNDLE}/{CHECK}", kept.content)
        for files in _goldens(goldens, versions):
            for name, content in files.items():
                if release.read(f"{GOLDEN}/{name}") is None:  # Tables are shared by guards.
                    release.write(f"{GOLDEN}/{name}", content)

    def switch(self, history: tuple[str, ...]) -> None:
        """Let the first of these be current, and the others what was before it; `writing` goes around it."""
        content = "".join(f"{RELEASES}/{digest}/{BUNDLE}\n" for digest in history).encode()
        ends = time.monotonic() + _PATIENCE
        while True:
            try:
                self.tree.put(CURRENT, content)
                break
            except PermissionError:
                if os.name != "nt" or time.monotonic() > ends:
                    raise
                time.sleep(0.01)
        self._settle("")

    def shown(self, name: str) -> str:
        """How messages call a file of it."""
        return (self.folder / name).as_posix()

    def _tidy(self) -> None:
        for entry in self.tree.entries(RELEASES):
            if entry.name.startswith(UNFINISHED):
                self.tree.clear(f"{RELEASES}/{entry.name}")
        for entry in self.tree.entries():
            if is_left(entry.name, CURRENT):
                self.tree.remove(entry.name)

    def _settle(self, folder: str) -> None:
        """See names that changed in a folder on the disk, where the platform can say so."""
        with suppress(OSError), (self.tree.below(folder) if folder else self.tree).entered() as handle:
            if handle is not None:
                os.fsync(handle)


def _copied(bundle: BundleFolder, name: str, release: Tree) -> str | None:
    """Copy a file of a bundle into a release, and answer its digest; None where it is gone."""
    with ExitStack() as stack:
        handle: int | None = None
        with bundle.reading(), suppress(FileNotFoundError, NotADirectoryError):
            handle = stack.enter_context(bundle.tree.looking(name))
        return None if handle is None else copied(handle, release, f"{BUNDLE}/{name}")


def _goldens(store: Store, versions: Mapping[str, str]) -> Iterator[dict[str, bytes]]:
    """The files of each golden, which is still that of its version."""
    for guard, version in versions.items():
        files = copies(store, guard)
        if version_of(files, guard) != version:
            raise _meanwhile(f"the golden of {guard}")
        yield files


def _damaged(bundle: BundleFolder, name: str) -> GoldenError:
    told = f"{bundle.shown(name)} is not as it was released"
    advice = "restore it, or remove that release and release its bundle again"
    return GoldenError(told, advice=advice, slug="release-damaged")


def _meanwhile(what: str, advice: str = "check the bundle again") -> GoldenError:
    told = f"{what} became another one while this command was running"
    return GoldenError(told, advice=f"nothing was switched; {advice}", slug="release-overtaken")
