"""Goldens in a folder of the project, one folder per guard; written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mlguard.core.error import GoldenError
from mlguard.core.record import Record
from mlguard.files import swap
from mlguard.files.content import plain_ends
from mlguard.files.tree import Tree
from mlguard.golden.codec import RECORD, Fetch, arrays_in, decode, encode, file_digests, guard_name, read_log
from mlguard.golden.damage import Damage, digest
from mlguard.golden.interface import ANY, Held, OvertakenError
from mlguard.golden.naming import ARRAYS, DATASETS, INTERNALS, TESTS, folder_of, name_of
from mlguard.golden.writing import quiet, reading, remove, writing

if TYPE_CHECKING:
    from mlguard.golden.datasets import GoldenDatasets
    from mlguard.golden.large import LargeArrays


class LocalStore:
    """The goldens below one folder of a project: a `Store`, whose methods say what each does and raises."""

    def __init__(self, root: Path, project: Path, arrays: LargeArrays | None = None) -> None:
        """`root` is the folder of all goldens, `project` the root that messages name files from.

        `arrays` keeps the large arrays, where that is not the folder of their golden.
        """
        self.tree, self.arrays = Tree(root, project), arrays

    @property
    def as_of(self) -> None:
        """What lies here is what there is."""

    def update(self, name: str) -> None:
        """What lies here is up to date."""

    def names(self, *, of_tests: bool = True) -> tuple[str, ...]:
        """The guards that have a golden here, unreadable ones included, in alphabetical order."""

        def enters(place: str) -> bool:
            name = place.rpartition("/")[2]
            return not name.startswith(".") and name != DATASETS and (of_tests or place != TESTS)

        with reading(self.tree.shown()):
            found = self.tree.holding(RECORD, enters)
            return tuple(sorted(_name(PurePosixPath(place), content) for place, content in found if place))

    def load(self, name: str) -> Record | None:
        """The golden alone."""
        held = self.held(name)
        if held.error is not None:
            raise held.error
        return held.record

    def held(self, name: str) -> Held:
        """What lies here of a guard, also where a writer moves some of its files at this moment."""
        tree = self._tree(name)
        found = self._held(tree, name)
        if found.error is None:
            return found
        with quiet(tree):
            found = self._held(tree, name)
            if found.error is not None and swap.is_half_done(tree):
                return replace(found, error=Damage(name, tree.shown()).half_written())
            return found

    def finish(self, name: str) -> None:
        """Finish an interrupted write; nothing is written where there is none."""
        tree = self._tree(name)
        with reading(tree.shown()):
            left = swap.left(tree)
        if left:
            with writing(self.tree, folder_of(name)):
                pass

    def save(self, record: Record, *, over: str | None = ANY) -> tuple[str, ...]:
        """Write a golden; files that hold the same already are not touched."""
        return self.replace(record.guard, encode(record), over=over)

    def files(self, name: str) -> dict[str, bytes]:
        """The files of a golden that can be trusted, as they were written."""
        fetch = _fetching(self._tree(name))
        found: dict[str, bytes] = {}
        for file, expected in file_digests(fetch).items():
            content = fetch(file)
            if content is None and self.arrays is not None:
                content = self.arrays.fetch(expected.removeprefix("sha256:"))
            found[file] = plain_ends(file, content or b"")
        return found

    def replace(self, name: str, files: Mapping[str, bytes], *, over: str | None = ANY) -> tuple[str, ...]:
        """Write the files of a golden as `save` does."""
        with writing(self.tree, folder_of(name)) as tree:
            if over != ANY and (now := self._held(tree, name)).version != over:
                raise OvertakenError(tree.shown(), now)
            if self.arrays is not None:
                files = self.arrays.keep(files)
            changed = swap.replace(tree, files, leading=RECORD, own=_own(tree))
            if changed:
                _drop_empty_data(tree)
        return tuple(str(tree.root / file) for file in changed)

    def delete(self, name: str) -> tuple[str, ...]:
        """Remove what the golden itself lists and what is as it was written; folders that are empty then go too."""
        if _fetching(self._tree(name))(RECORD) is None:
            return ()
        with writing(self.tree, folder_of(name)) as tree:
            own = _own(tree)
            if not own and (error := self._held(tree, name).error):
                raise error
            remove(tree, reversed(own))
            _drop_empty_data(tree)
        return tuple(str(tree.root / file) for file in own)

    @property
    def datasets(self) -> GoldenDatasets:
        """The Datasets beside the goldens."""
        # Imported late: reading a golden needs no pandas.
        from mlguard.golden.datasets import GoldenDatasets

        return GoldenDatasets(self.tree)

    def place(self, name: str) -> str:
        """Where the golden of a guard lies, or would."""
        return str(self._tree(name).root)

    def arrays_in(self, name: str) -> dict[str, str] | None:
        """The large arrays of a golden with their digests; None where its record cannot be trusted."""
        fetch = _fetching(self._tree(name))
        return arrays_in(fetch) if file_digests(fetch) else None

    def array(self, name: str, file: str, sha256: str) -> bytes | None:
        """A large array where it lies with its golden, and is as it was written; None elsewhere."""
        content = _fetching(self._tree(name))(file)
        return content if content is not None and digest(file, content) == f"sha256:{sha256}" else None

    def mend(self, name: str, files: Mapping[str, bytes]) -> bool:
        """Write the files of a golden that is damaged and was just this one; whether anything was written."""
        return bool(self.replace(name, files, over=digest(RECORD, files[RECORD])))

    def read(self, fetch: Fetch, name: str, shown: str) -> Record:
        """The Record of files that lie elsewhere, such as in a commit, with the arrays of this store."""
        return decode(fetch, name, shown) if self.arrays is None else decode(fetch, name, shown, self.arrays.fetch)

    def _tree(self, name: str) -> Tree:
        return self.tree.below(str(folder_of(name)))

    def _held(self, tree: Tree, name: str) -> Held:
        try:
            with reading(tree.shown()), tree.opened_once() as opened:
                return self._read(opened, name)
        except GoldenError as error:
            return Held(version="odd", error=error)

    def _read(self, tree: Tree, name: str) -> Held:
        fetch = _fetching(tree)
        content = fetch(RECORD)
        if content is None:
            return Held()
        version = digest(RECORD, content)
        try:
            record = self.read(fetch, name, tree.shown())
        except GoldenError as error:
            return Held(version=version, error=error, approvals=read_log(content))
        return Held(record, version, approvals=record.approvals)


def _own(tree: Tree) -> list[str]:
    """A golden's own files: those that it lists and that are as they were written. What lists others is first."""
    fetch = _fetching(tree)
    return [file for file, expected in file_digests(fetch).items() if digest(file, fetch(file) or b"") == expected]


def _name(folder: PurePosixPath, record: bytes | None) -> str:
    """The name that a record gives, if this is its folder; else one whose folder this is."""
    told = guard_name(record or b"")
    return told if told is not None and folder_of(told) == folder else name_of(folder)


def _fetching(tree: Tree) -> Fetch:
    """Gives the content of the golden's files, each read once."""

    @cache
    def fetch(file: str) -> bytes | None:
        with reading(tree.shown(file)):
            return tree.read(file)

    return fetch


def _drop_empty_data(tree: Tree) -> None:
    for data in (ARRAYS, INTERNALS):
        tree.drop(data)
