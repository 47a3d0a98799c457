"""Files below the folder of the goldens that belong to no golden: nothing opens them, and reviewers should see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import PurePosixPath

from mlguard.core.error import GoldenError
from mlguard.files.tree import Tree, is_plain
from mlguard.golden.codec import RECORD, file_digests
from mlguard.golden.datasets import ROWS
from mlguard.golden.naming import ARRAYS, DATA, DATASETS, INTERNALS, SUMMARY
from mlguard.golden.writing import reading
from mlguard.settings import Settings
from mlguard.tables.folder import listed_files
from mlguard.tables.manifest import MANIFEST

_WELCOME = (".gitattributes", ".gitignore", ".gitkeep", "README", "README.md", "README.rst", "README.txt")
"""What git reads, and a note for people."""

_LEFT_BEHIND = (".DS_Store", "._*", "Thumbs.db", "desktop.ini", ".directory", "*~", ".*.sw?", "#*#", ".#*")
"""What file managers and editors leave in any folder."""


def unlisted(settings: Settings, files: Iterable[str]) -> Iterator[str]:
    """Of files below the folder of the goldens, named from there, those that no golden and no Dataset lists.

    Where the project keeps other things below that folder as well, only what lies beside a golden counts.
    """
    places = (settings.base, settings.generators, *settings.guards)
    shared = any(place.is_relative_to(settings.golden) for place in places)
    listing = _Listing(Tree(settings.golden, settings.base))
    for file in files:
        name = PurePosixPath(file).name
        if not any(fnmatchcase(name, pattern) for pattern in (*_WELCOME, *_LEFT_BEHIND)):
            owned = listing.owns(PurePosixPath(file))
            if owned is False or (owned is None and not shared):
                yield file


class _Listing:
    """What the goldens and the Datasets below one folder list."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._listed = cache(self._read)

    def owns(self, file: PurePosixPath) -> bool | None:
        """Whether a file is one of the golden, or of the Dataset, in whose folder it lies; None where there is none."""
        folders = [file.parent, *([file.parent.parent] if file.parent.name in (ARRAYS, INTERNALS) else [])]
        for folder in folders:
            own = self._listed(folder)
            if own is not None:
                name = file.relative_to(folder).as_posix()
                # Of a golden that cannot be read nobody knows what it lists: that is said of the golden.
                return (name == SUMMARY or name.endswith(DATA)) and (not own or name in own)
        return None

    def _read(self, folder: PurePosixPath) -> frozenset[str] | None:
        """The files that are listed in a folder, none where its list cannot be read; None where there is no list."""
        if not all(map(is_plain, folder.parts)):
            return None
        tree = self._tree.below(folder.as_posix()) if folder.parts else self._tree
        is_dataset = folder.parent == PurePosixPath(DATASETS)
        try:
            with reading(tree.shown()):
                if tree.read(MANIFEST if is_dataset else RECORD) is None:
                    return None
                return frozenset((MANIFEST, ROWS, *listed_files(tree)) if is_dataset else file_digests(tree.read))
        except GoldenError:
            return frozenset()
