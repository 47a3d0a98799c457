"""Goldens at an address that a team shares: read from copies on this machine, and written there first."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError
from mlguard.core.record import Record
from mlguard.files.content import file_digest
from mlguard.golden.codec import RECORD, Fetch, encode
from mlguard.golden.head import Head
from mlguard.golden.interface import ANY, AsOf, Held, OvertakenError
from mlguard.golden.local import LocalStore
from mlguard.golden.mirror import Mirror, is_dataset
from mlguard.golden.naming import DATASETS, TESTS, component, folder_of, name_of

if TYPE_CHECKING:
    from mlguard.golden.datasets import GoldenDatasets
    from mlguard.tables.manifest import Manifest

_TRIES = 5
"""How often it is looked again what lies there while others record the same golden at this moment."""


class RemoteStore:
    """The goldens at one address: a `Store`, whose methods say what each does and raises."""

    def __init__(self, mirror: Mirror, project: Path) -> None:
        """`project` is the root that messages name files from."""
        self._mirror, self._copies = mirror, LocalStore(mirror.files.root, project)

    @property
    def as_of(self) -> AsOf | None:
        """As of when the goldens are, where nobody answers."""
        return self._mirror.as_of

    def update(self, name: str) -> None:
        """Bring the copies of a golden up to date."""
        self._mirror.bring(str(folder_of(name)))

    def require(self) -> None:
        """Raises UnreachableError where nobody answers."""
        self._mirror.require()

    def names(self, *, of_tests: bool = True) -> tuple[str, ...]:
        """The guards that have a golden there."""
        folders = [
            folder
            for folder in self._mirror.numbers()
            if not is_dataset(folder) and (of_tests or not folder.startswith(f"{TESTS}/"))
        ]
        heads = self._mirror.heads(folders)
        return tuple(sorted(_name(folder, head) for folder, head in heads.items() if _is_there(head)))

    def load(self, name: str) -> Record | None:
        """The golden alone."""
        held = self.held(name)
        if held.error is not None:
            raise held.error
        return held.record

    def held(self, name: str) -> Held:
        """What lies there of a guard, brought up to date."""
        folder = str(folder_of(name))
        for _ in range(_TRIES):
            try:
                head = self._mirror.bring(folder)
            except GoldenError as error:
                # What was accepted before it was damaged stands in the copy that this machine had then.
                return Held(version="odd", error=error, approvals=self._copies.held(name).approvals)
            if head is None or not head.files:
                return Held()
            held = self._copies.held(name)
            if RECORD not in head.files or held.version == f"sha256:{head.files[RECORD].sha256}":
                break  # Else another process has just brought a newer one.
        return held if held.error is None else replace(held, error=self._told(name, held.error))

    def finish(self, name: str) -> None:
        """Raises RunError where nobody answers, before anything is run that could not be recorded."""
        self._mirror.require()

    def save(self, record: Record, *, over: str | None = ANY) -> tuple[str, ...]:
        """Record a golden there, and then in the copy."""
        return self.replace(record.guard, encode(record), over=over)

    def files(self, name: str) -> dict[str, bytes]:
        """The files of a golden that can be trusted."""
        self._mirror.bring(str(folder_of(name)))
        return self._copies.files(name)

    def has_copy(self, name: str) -> bool:
        """Whether this machine has a whole copy of the newest golden of a guard."""
        return self._mirror.has_copy(str(folder_of(name)))

    def mend(self, name: str, files: Mapping[str, bytes]) -> bool:
        """Put whole objects in the places of damaged ones, where the golden there is just this one; whether any was."""
        folder, now = str(folder_of(name)), {file: file_digest(files[file]) for file in files}
        return self._files(folder) == now and self._mirror.mend(folder, files.values())

    def verify(self, name: str) -> Held:
        """What lies there of a guard, whatever copies this machine has."""
        try:
            self._mirror.verify(str(folder_of(name)))
        except GoldenError as error:
            return Held(version="odd", error=error)
        return self.held(name)

    def delete(self, name: str) -> tuple[str, ...]:
        """Leave a head there that lists nothing; what it listed before can still be read by its number."""
        return self.replace(name, {})

    @property
    def datasets(self) -> RemoteDatasets:
        """The Datasets beside the goldens."""
        return RemoteDatasets(self._mirror, self._copies.datasets)

    def read(self, fetch: Fetch, name: str, shown: str) -> Record:
        """The Record of files that lie elsewhere, such as in a commit of before."""
        return self._copies.read(fetch, name, shown)

    def place(self, name: str) -> str:
        """Where the copy of the golden lies, or would: version control has none of it."""
        return self._copies.place(name)

    def replace(self, name: str, files: Mapping[str, bytes], *, over: str | None = ANY) -> tuple[str, ...]:
        """Record the files of a golden as `save` does."""
        folder = str(folder_of(name))
        while True:
            number = self._mirror.again(folder)
            if over != ANY and (now := self.held(name)).version != over:
                raise OvertakenError(f"the golden of {name} at {self._mirror.url}", now)
            before = self._files(folder)
            changed = _changed(before, files)
            if not changed or self._mirror.publish(folder, name, files, number):
                return tuple(f"{self._mirror.url}/{folder}/{file}" for file in changed)

    def _files(self, folder: str) -> Mapping[str, str]:
        return _digests(self._mirror.heads([folder]).get(folder))

    def _told(self, name: str, error: GoldenError) -> GoldenError:
        """What is wrong with a golden there; its copy is what its head says."""
        repair = f'record it again with `mlguard regen-golden {shlex.quote(name)} --reason "…"`'
        return GoldenError(f"{self._mirror.url}: {error.what}", advice=repair, slug=error.slug)


class RemoteDatasets:
    """The Datasets at one address: `Datasets`, whose methods say what each does and raises."""

    def __init__(self, mirror: Mirror, copies: GoldenDatasets) -> None:
        """`copies` are those of this machine."""
        self._mirror, self._copies = mirror, copies

    def save(self, dataset: Dataset, name: str, seed: int) -> tuple[str, ...]:
        """Keep a Dataset there, and then in the copy."""
        from mlguard.golden.datasets import files_of

        return self.replace(name, files_of(dataset, name, seed))

    def files(self, name: str) -> dict[str, bytes]:
        """The files of a Dataset."""
        self._mirror.bring(_dataset(name))
        return self._copies.files(name)

    def mend(self, name: str, files: Mapping[str, bytes]) -> bool:
        """Put whole objects in the places of damaged ones, where the Dataset there is just this one."""
        now = {file: file_digest(content) for file, content in files.items()}
        before = _digests(self._mirror.heads([_dataset(name)]).get(_dataset(name)))
        return before == now and self._mirror.mend(_dataset(name), files.values())

    def damaged(self) -> Iterator[tuple[str, GoldenError]]:
        """The folders of Datasets that are damaged there, whatever copies this machine has."""
        for folder in sorted(filter(is_dataset, self._mirror.numbers())):
            try:
                self._mirror.verify(folder)
            except GoldenError as error:
                yield folder, error

    def load(self, name: str) -> tuple[Dataset, Manifest] | None:
        """The Dataset as it was saved, with its manifest."""
        head = self._mirror.bring(_dataset(name))
        return self._copies.load(name) if head is not None and head.files else None

    def delete(self, name: str) -> tuple[str, ...]:
        """Leave a head there that lists nothing."""
        return self.replace(name, {})

    def place(self, name: str) -> str:
        """Where the copy lies, or would."""
        return self._copies.place(name)

    def replace(self, name: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Keep the files of a Dataset as `save` does."""
        folder = _dataset(name)
        while True:
            number = self._mirror.again(folder)
            changed = _changed(_digests(self._mirror.heads([folder]).get(folder)), files)
            if not changed or self._mirror.publish(folder, name, files, number):
                return tuple(f"{self._mirror.url}/{folder}/{file}" for file in changed)


def _dataset(name: str) -> str:
    return f"{DATASETS}/{component(name)}"


def _name(folder: str, head: Head | GoldenError) -> str:
    """The name that a head gives, if this is its folder; else one whose folder this is."""
    told = head.name if isinstance(head, Head) else None
    return told if told is not None and str(folder_of(told)) == folder else name_of(PurePosixPath(folder))


def _is_there(head: Head | GoldenError) -> bool:
    return isinstance(head, GoldenError) or bool(head.files)


def _digests(head: Head | GoldenError | None) -> Mapping[str, str]:
    return {file: kept.sha256 for file, kept in head.files.items()} if isinstance(head, Head) else {}


def _changed(before: Mapping[str, str], files: Mapping[str, bytes]) -> list[str]:
    """The files that are others than before, and those that go."""
    changed = [file for file, content in files.items() if before.get(file) != file_digest(content)]
    return [*changed, *(file for file in before if file not in files)]
