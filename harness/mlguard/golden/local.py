"""Goldens in a folder of the project, one folder per guard; written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError
from mlguard.core.record import Record
from mlguard.golden import swap
from mlguard.golden.codec import INTERNALS_FILE, RECORD, decode, encode, file_names, guard_name
from mlguard.golden.damage import Damage, normalised
from mlguard.golden.naming import ARRAYS, DATASETS, INTERNALS, folder_of, name_of
from mlguard.golden.writing import Home, removed

if TYPE_CHECKING:
    from mlguard.golden.datasets import GoldenDatasets

_TRIES = 5


class LocalStore:
    """The goldens below one folder of a project; a `Store`."""

    def __init__(self, root: Path, project: Path) -> None:
        """`root` is the folder of all goldens, `project` the root that messages name files from."""
        self.home = Home(root, project)

    def names(self) -> tuple[str, ...]:
        """The guards that have a golden here, unreadable ones included, in alphabetical order."""
        return tuple(sorted(self._name(folder) for folder in self._folders()))

    def load(self, name: str) -> Record | None:
        """The guard's golden; None where there is none. Raises GoldenError where it cannot be read or trusted."""
        folder = self.folder(name)
        shown = self.home.shown(folder)
        for _ in range(_TRIES):
            before = self._read(folder, RECORD, name)
            if before is None:
                return None
            try:
                return decode(lambda file: self._read(folder, file, name), name, shown)
            except GoldenError as error:
                damaged = error
                if self._read(folder, RECORD, name) == before:
                    break  # Otherwise somebody saved meanwhile, and the files read were not all of one golden.
        raise damaged

    def save(self, record: Record) -> tuple[Path, ...]:
        """Write a golden whole or not at all, and answer which files changed; unchanged ones are not touched.

        Raises RunError where the disk refuses, and UsageError where the Record holds what no file can.
        """
        files = encode(record)
        folder = self.folder(record.guard)
        with self.home.writing(folder):
            swap.finish(folder)
            changed = {name: content for name, content in files.items() if not _holds(folder, name, content)}
            unwanted = sorted(name for name in _listed(folder) - files.keys() if (folder / name).is_file())
            if changed or unwanted:
                kept = files.keys() - changed.keys()
                swap.replace(folder, changed, leading=RECORD, kept=kept, gone=unwanted)
                _drop_empty_data(folder)
            return tuple(folder / name for name in (*changed, *unwanted))

    def delete(self, name: str) -> tuple[Path, ...]:
        """Remove a guard's golden and answer which files went; folders that are empty then go too."""
        folder = self.folder(name)
        if not folder.is_dir():
            return ()
        with self.home.writing(folder):
            swap.finish(folder)
            own = sorted(_listed(folder), key=lambda file: file != RECORD)
            gone = [folder / file for file in own if (folder / file).is_file()]
            for path in gone:
                path.unlink()
            _drop_empty_data(folder)
        return tuple(gone)

    def save_dataset(self, dataset: Dataset, name: str, seed: int) -> tuple[Path, ...]:
        """Keep the tables that goldens were made on, and answer which files changed; see `GoldenDatasets.save`."""
        return self.datasets.save(dataset, name, seed)

    def load_dataset(self, name: str) -> Dataset | None:
        """The goldens' own tables; None where there are none, or only their digests."""
        return self.datasets.load(name)

    def dataset_digest(self, name: str) -> str | None:
        """The content digest of the goldens' own tables; None where there are none."""
        return self.datasets.digest(name)

    @property
    def datasets(self) -> GoldenDatasets:
        """The Datasets beside the goldens."""
        # Imported late: reading a golden needs no pandas.
        from mlguard.golden.datasets import GoldenDatasets

        return GoldenDatasets(self.home)

    def folder(self, name: str) -> Path:
        """Where the golden of a guard lies, or would."""
        return self.home.root / folder_of(name)

    def _folders(self) -> Iterator[PurePosixPath]:
        """The folders with a golden, as paths below the root; tables of Datasets and hidden folders are none."""
        for place, folders, files in os.walk(self.home.root):
            if RECORD in files:
                yield PurePosixPath(Path(place).relative_to(self.home.root).as_posix())
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name != DATASETS)

    def _name(self, folder: PurePosixPath) -> str:
        """The name that the record gives, if this is its folder; else one whose folder this is."""
        try:
            content = swap.read(self.home.root / folder, RECORD)
        except OSError:
            content = None
        told = guard_name(content or b"")
        return told if told is not None and folder_of(told) == folder else name_of(folder)

    def _read(self, folder: Path, file: str, name: str) -> bytes | None:
        try:
            return swap.read(folder, file)
        except OSError as error:
            raise Damage(name, self.home.shown(folder)).unreadable(file, error.strerror) from error


def _holds(folder: Path, name: str, content: bytes) -> bool:
    """Whether the file is there with this content, in either kind of line end."""
    found = swap.read(folder, name)
    return found is not None and normalised(name, found) == content


def _listed(folder: Path) -> set[str]:
    """The golden's files: those that its record lists, and whatever lies where only goldens write."""
    listed = set(file_names(swap.read(folder, RECORD) or b"")) | {INTERNALS_FILE}
    for data in (ARRAYS, INTERNALS):
        listed.update(path.relative_to(folder).as_posix() for path in (folder / data).glob("*") if path.is_file())
    return listed


def _drop_empty_data(folder: Path) -> None:
    for data in (ARRAYS, INTERNALS):
        removed(folder / data)
