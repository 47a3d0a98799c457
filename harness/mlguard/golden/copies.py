"""Goldens of a checkout as plain files, to be kept beside a release and put back with it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from mlguard.core.record import Record
from mlguard.files import swap
from mlguard.files.tree import Tree
from mlguard.golden.codec import RECORD, decode, file_digests
from mlguard.golden.damage import digest
from mlguard.golden.datasets import dataset_files, dataset_folder
from mlguard.golden.naming import folder_of
from mlguard.golden.writing import reading, writing
from mlguard.settings import Settings
from mlguard.tables.manifest import MANIFEST

Files = Mapping[str, bytes]
"""Contents of files by their paths below the folder of all goldens."""


def goldens_of(settings: Settings) -> Tree:
    """The folder of all goldens of a checkout."""
    return Tree(settings.golden, settings.base)


def copies(store: Tree, name: str) -> dict[str, bytes]:
    """The files of a guard's golden, and of the tables that it was made on; `store` is the folder of all goldens.

    Raises GoldenError where they are damaged, RunError where they cannot be read at this moment.
    """
    place = folder_of(name)
    tree = store.below(str(place))
    with reading(tree.shown()):
        found = _read(tree, place, file_digests(tree.read))
        tables = _tables(_golden(found, name))
        if tables is not None:
            beside = store.below(str(tables))
            found |= _read(beside, tables, dataset_files(beside))
    return found


def version_of(files: Files, name: str) -> str:
    """The version of the golden of a guard that these files hold. Raises GoldenError where they hold no whole one."""
    _golden(files, name)
    return digest(RECORD, files[f"{folder_of(name)}/{RECORD}"])


def put_back(store: Tree, files: Files, name: str) -> tuple[str, ...]:
    """Let a guard's golden, and its tables, be these files; answers which ones changed.

    Raises GoldenError where they are no whole golden, RunError where the disk refuses; each folder is as it was then.
    """
    tables = _tables(_golden(files, name))
    changed: list[str] = []
    if tables is not None and (own := _below(files, tables)):
        with writing(store, tables) as tree:
            done = swap.replace(tree, own, leading=MANIFEST, own=dataset_files(tree))
            changed += (f"{tables}/{file}" for file in done)
    place = folder_of(name)
    with writing(store, place) as tree:
        done = swap.replace(tree, _below(files, place), leading=RECORD, own=file_digests(tree.read))
        changed += (f"{place}/{file}" for file in done)
    return tuple(changed)


def _golden(files: Files, name: str) -> Record:
    place = folder_of(name)
    return decode(lambda file: files.get(f"{place}/{file}"), name, str(place))


def _tables(record: Record) -> PurePosixPath | None:
    described = record.provenance.dataset
    return None if described is None else dataset_folder(described.name)


def _read(tree: Tree, place: PurePosixPath, files: list[str] | dict[str, str]) -> dict[str, bytes]:
    return {f"{place}/{file}": content for file in files if (content := tree.read(file)) is not None}


def _below(files: Files, place: PurePosixPath) -> dict[str, bytes]:
    """The files of a folder, by their paths in it."""
    return {file.removeprefix(f"{place}/"): content for file, content in files.items() if file.startswith(f"{place}/")}
