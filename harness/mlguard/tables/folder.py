"""A Dataset's folder on disk: written whole or not at all, and never over a file that somebody else wrote or edited."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError, RunError, UsageError, several
from mlguard.tables.codec import AGAIN, CSV
from mlguard.tables.manifest import MANIFEST, Manifest, decode_dataset, encode_dataset, file_digest, parse

_TEMPORARY = ".mlguard-new"
_BACKUP = ".mlguard-old"


@dataclass(frozen=True)
class Written:
    """A Dataset that was written."""

    folder: Path
    """The folder that holds its files."""
    manifest: Manifest
    """What was written."""

    @property
    def size(self) -> int:
        """Bytes of all tables."""
        return sum(entry.size for entry in self.manifest.tables)


def write_dataset(
    dataset: Dataset,
    folder: Path,
    *,
    name: str,
    seed: int,
    rows: int | None = None,
    format: str = CSV,
    replace: bool = False,
) -> Written:
    """Write a Dataset's tables and manifest into its folder, which is made where it is missing.

    Overwrites and deletes only files that a manifest there lists and that are still as they were written; with
    `replace`, also those that are damaged. Raises UsageError naming every file in the way, with nothing touched, and
    RunError where the disk refuses, with everything put back.
    """
    files = encode_dataset(dataset, name=name, seed=seed, rows=rows, format=format)
    written = Written(folder, parse(files[MANIFEST]))
    try:
        stale = _stale(folder, files, replace=replace)
        folder.mkdir(parents=True, exist_ok=True)
        _swap(folder, files, stale)
    except OSError as error:
        text = f"{folder} cannot be written: {error.strerror or error}; nothing there was changed"
        raise RunError(text, slug="dataset-not-written") from error
    return written


def read_dataset(folder: Path, *, check: bool = True) -> Dataset:
    """The Dataset in a folder, with every file's digest checked unless `check` is off (to see what was edited).

    Raises GoldenError naming the file that is missing, damaged or edited by hand.
    """
    manifest = read_manifest(folder)
    files = {name: _read(folder / name) for name in (MANIFEST, *(entry.file for entry in manifest.tables))}
    return decode_dataset(files, where=str(folder), check=check)


def read_manifest(folder: Path) -> Manifest:
    """The manifest in a folder. Raises GoldenError where there is none of ours or it was edited by hand."""
    return parse(_read(folder / MANIFEST), file=str(folder / MANIFEST))


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError as error:
        raise GoldenError(f"{file} is missing", advice=AGAIN, slug="dataset-missing") from error
    except OSError as error:
        raise GoldenError(f"{file} cannot be read: {error.strerror}", slug="dataset-unreadable") from error


def _stale(folder: Path, files: Mapping[str, bytes], *, replace: bool) -> list[str]:
    """Files of an earlier dataset that the new one lacks; UsageError where any file in the way is not ours."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; choose another folder", slug="dataset-foreign")
    known, problems = _known(folder)
    for name in {*files, *known} - {MANIFEST}:
        # The new bytes are ours as well: an interrupted write may have left them.
        if not _may_go(folder / name, {known.get(name), file_digest(files[name]) if name in files else None}):
            state = "was edited by hand" if name in known else "was not written by mlguard"
            problems.append(f"{folder / name} {state}; move it away or choose another folder")
    if problems and not replace:
        raise several(sorted(problems), slug="dataset-foreign")
    return sorted(name for name in known if name not in files and (folder / name).exists())


def _known(folder: Path) -> tuple[dict[str, str], list[str]]:
    """The files that the folder's manifest lists with their digests, and what is wrong with that manifest."""
    if not (folder / MANIFEST).exists():
        return {}, []
    try:
        return {entry.file: entry.sha256 for entry in read_manifest(folder).tables}, []
    except GoldenError:
        text = "was edited by hand or was not written by mlguard; move it away or choose another folder"
        return {}, [f"{folder / MANIFEST} {text}"]


def _may_go(file: Path, digests: set[str | None]) -> bool:
    return not file.exists() or (file.is_file() and file_digest(file.read_bytes()) in digests)


def _swap(folder: Path, files: Mapping[str, bytes], stale: list[str]) -> None:
    """Put all new files in place of all old ones, or none; each of them is whole at any moment."""
    kept = [name for name in (*files, *stale) if (folder / name).exists()]
    swapped: list[str] = []
    try:
        for name in kept:
            (folder / (name + _BACKUP)).write_bytes((folder / name).read_bytes())
        for name, data in files.items():
            (folder / (name + _TEMPORARY)).write_bytes(data)
        for name in files:
            os.replace(folder / (name + _TEMPORARY), folder / name)
            swapped.append(name)
        for name in stale:
            (folder / name).unlink()
            swapped.append(name)
    except BaseException:
        for name in swapped:
            _put_back(folder / name, existed=name in kept)
        raise
    finally:
        for name in {*files, *stale}:
            _remove(folder / (name + _TEMPORARY))
            _remove(folder / (name + _BACKUP))


def _put_back(file: Path, *, existed: bool) -> None:
    if existed:
        with suppress(OSError):
            os.replace(file.with_name(file.name + _BACKUP), file)
    else:
        _remove(file)


def _remove(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)
