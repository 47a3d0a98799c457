"""A Dataset's folder on disk: written whole or not at all, and never over a file that somebody else wrote or edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError, RunError, UsageError, several
from mlguard.files import swap
from mlguard.files.tree import Tree
from mlguard.tables.codec import AGAIN, CSV
from mlguard.tables.manifest import MANIFEST, Manifest, decode_dataset, encode_dataset, file_digest, parse


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
    project: Path | None = None,
) -> Written:
    """Write a Dataset's tables and manifest into its folder, which is made where it is missing.

    Overwrites and deletes only files that a manifest there lists and that are still as they were written; with
    `replace`, also those that are damaged. Below `project` (the working directory, unless given) no link is followed.
    Raises UsageError naming every file in the way, with nothing touched, and RunError where the disk refuses, with
    everything put back.
    """
    files = encode_dataset(dataset, name=name, seed=seed, rows=rows, format=format)
    written = Written(folder, parse(files[MANIFEST]))
    tree = _tree(folder, project)
    if folder.is_file():
        raise UsageError(f"{folder} is a file; choose another folder", slug="dataset-foreign")
    try:
        tree.make()
        swap.finish(tree)
        gone = _stale(tree, files, replace=replace)
        swap.replace(tree, files, leading=MANIFEST, gone=gone)
    except OSError as error:
        came = "run the command again" if swap.is_half_done(tree) else "nothing there was changed"
        text = f"{folder} cannot be written: {error.strerror or error}; {came}"
        raise RunError(text, slug="dataset-not-written") from error
    return written


def read_dataset(folder: Path, *, check: bool = True, project: Path | None = None) -> Dataset:
    """The Dataset in a folder, with every file's digest checked unless `check` is off (to see what was edited).

    Raises GoldenError naming the file that is missing, damaged or edited by hand.
    """
    manifest = read_manifest(folder, project=project)
    tree = _tree(folder, project)
    files = {name: _read(tree, name) for name in (MANIFEST, *(entry.file for entry in manifest.tables))}
    return decode_dataset(files, where=str(folder), check=check)


def read_manifest(folder: Path, *, project: Path | None = None) -> Manifest:
    """The manifest in a folder. Raises GoldenError where there is none of ours or it was edited by hand."""
    return parse(_read(_tree(folder, project), MANIFEST), file=str(folder / MANIFEST))


def _tree(folder: Path, project: Path | None) -> Tree:
    """The files of a folder, which is itself no link."""
    place = Path.cwd() / folder
    return Tree(place.parent, project or Path.cwd()).below(place.name)


def _read(tree: Tree, name: str) -> bytes:
    file = tree.root / name
    try:
        content = tree.read(name)
    except OSError as error:
        raise GoldenError(f"{file} cannot be read: {error.strerror}", slug="dataset-unreadable") from error
    if content is None:
        raise GoldenError(f"{file} is missing", advice=AGAIN, slug="dataset-missing")
    return content


def _stale(tree: Tree, files: Mapping[str, bytes], *, replace: bool) -> list[str]:
    """Files of an earlier dataset that the new one lacks; UsageError where any file in the way is not ours."""
    known, problems = _known(tree)
    there = {name: file_digest(content) for name in {*files, *known} if (content := tree.read(name)) is not None}
    for name in there.keys() - {MANIFEST}:
        # The new bytes are ours as well: an interrupted write may have left them.
        if there[name] not in (known.get(name), file_digest(files[name]) if name in files else None):
            state = "was edited by hand" if name in known else "was not written by mlguard"
            problems.append(f"{tree.root / name} {state}; move it away or choose another folder")
    if problems and not replace:
        raise several(sorted(problems), slug="dataset-foreign")
    return sorted(name for name in known if name not in files and there.get(name) == known[name])


def _known(tree: Tree) -> tuple[dict[str, str], list[str]]:
    """The files that the folder's manifest lists with their digests, and what is wrong with that manifest."""
    content = tree.read(MANIFEST)
    if content is None:
        return {}, []
    try:
        return {entry.file: entry.sha256 for entry in parse(content).tables}, []
    except GoldenError:
        text = "was edited by hand or was not written by mlguard; move it away or choose another folder"
        return {}, [f"{tree.root / MANIFEST} {text}"]
