"""Goldens as plain files, to be kept beside a release and put back with it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from mlguard.core.record import Record
from mlguard.golden.codec import RECORD, decode
from mlguard.golden.damage import digest
from mlguard.golden.datasets import dataset_folder
from mlguard.golden.interface import ANY, Store
from mlguard.golden.naming import folder_of

Files = Mapping[str, bytes]
"""Contents of files by their paths below the folder of all goldens."""


def copies(store: Store, name: str) -> dict[str, bytes]:
    """The files of a guard's golden, wherever they are kept, and of the tables that it was made on.

    Raises GoldenError where they are damaged, RunError where they cannot be read at this moment.
    """
    found = _at(folder_of(name), store.files(name))
    described = _golden(found, name).provenance.dataset
    tables = {} if described is None else _at(dataset_folder(described.name), store.datasets.files(described.name))
    return {**found, **tables}


def version_of(files: Files, name: str) -> str:
    """The version of the golden of a guard that these files hold. Raises GoldenError where they hold no whole one."""
    _golden(files, name)
    return digest(RECORD, files[f"{folder_of(name)}/{RECORD}"])


def put_back(store: Store, files: Files, name: str, *, over: str | None = ANY) -> tuple[str, ...]:
    """Let a guard's golden, and its tables, be these files; answers which ones changed.

    `over` is the version that they may replace. Raises GoldenError where they are no whole golden, OvertakenError where
    another one lies there, and RunError where they cannot be written; each folder is as it was then.
    """
    described = _golden(files, name).provenance.dataset
    changed: list[str] = []
    if described is not None and (tables := _below(files, place := dataset_folder(described.name))):
        changed += _named(place, store.datasets.replace(described.name, tables))
    changed += _named(folder_of(name), store.replace(name, _below(files, folder_of(name)), over=over))
    return tuple(changed)


def _golden(files: Files, name: str) -> Record:
    place = folder_of(name)
    return decode(lambda file: files.get(f"{place}/{file}"), name, str(place))


def _at(place: PurePosixPath, files: Files) -> dict[str, bytes]:
    return {f"{place}/{file}": content for file, content in files.items()}


def _named(place: PurePosixPath, changed: Iterable[str]) -> Iterator[str]:
    """Files that a store names wherever they lie, by their paths below the folder of all goldens."""
    for file in changed:
        yield f"{place}/{file.replace(os.sep, '/').rpartition(f'/{place}/')[2]}"


def _below(files: Files, place: PurePosixPath) -> dict[str, bytes]:
    """The files of a folder, by their paths in it."""
    return {file.removeprefix(f"{place}/"): content for file, content in files.items() if file.startswith(f"{place}/")}
