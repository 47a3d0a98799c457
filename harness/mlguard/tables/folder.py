"""A Dataset's folder on disk: written whole or not at all, and never over a file that somebody else wrote or edited."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError, RunError, UsageError, several
from mlguard.files import swap
from mlguard.files.content import as_written, file_digest
from mlguard.files.lock import alone
from mlguard.files.refused import refusal
from mlguard.files.tree import Tree
from mlguard.tables.codec import AGAIN, CSV
from mlguard.tables.manifest import MANIFEST, Manifest, decode_dataset, encode_dataset, parse


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
) -> Manifest:
    """Write a Dataset's tables and manifest into its folder, which is made where it is missing; answers the manifest.

    Overwrites and deletes only files that a manifest there lists and that are still as they were written; with
    `replace`, also those that are damaged. Below `project` (the working directory, unless given) no link is followed.
    Raises UsageError naming every file in the way, with nothing touched, and RunError where the disk refuses, with
    everything put back.
    """
    files = encode_dataset(dataset, name=name, seed=seed, rows=rows, format=format)
    manifest = parse(files[MANIFEST])
    tree = _tree(folder, project)
    if folder.is_file():
        raise UsageError(f"{folder} is a file; choose another folder", slug="dataset-foreign")
    try:
        tree.make()
        with alone(tree):
            swap.finish(tree)
            own = own_files(tree)
            if not replace:
                _refuse_foreign(tree, files, own)
            swap.replace(tree, files, leading=MANIFEST, own=own)
    except OSError as error:
        came = "may be half written" if swap.is_half_done(tree) else "was not written and nothing in it changed"
        raise RunError(f"{folder} {came}: {refusal(error)}", slug="dataset-not-written", blames_code=False) from error
    return manifest


def read_dataset(folder: Path, *, check: bool = True, project: Path | None = None) -> Dataset:
    """The Dataset in a folder, with every file's digest checked unless `check` is off (to see what was edited).

    Raises GoldenError naming the file that is missing, damaged or edited by hand.
    """
    tree = _tree(folder, project)
    return decode_dataset(_read(tree), where=tree.shown(), check=check)


def read_manifest(folder: Path, *, project: Path | None = None) -> Manifest:
    """The manifest in a folder. Raises GoldenError where there is none of ours or it was edited by hand."""
    tree = _tree(folder, project)
    return parse(_read(tree)[MANIFEST], file=tree.shown(MANIFEST))


def read_files(tree: Tree) -> dict[str, bytes]:
    """The manifest of a Dataset's folder and the files that it lists, as far as they are there.

    Raises GoldenError where the manifest is damaged, and OSError where the disk refuses.
    """
    content = tree.read(MANIFEST)
    if content is None:
        return {}
    listed = [entry.file for entry in parse(content, file=tree.shown(MANIFEST)).tables]
    found = {MANIFEST: content, **{file: tree.read(file) for file in listed}}
    return {file: content for file, content in found.items() if content is not None}


def own_files(tree: Tree) -> list[str]:
    """The files of a Dataset's folder that its manifest lists and that are as they were written, the manifest first.

    There are none where the manifest cannot be trusted. Raises OSError where the disk refuses.
    """
    listed = listed_files(tree)
    fitting = [file for file, sha256 in listed.items() if as_written(file, tree.read(file) or b"", sha256) is not None]
    return [MANIFEST, *fitting] if listed else []


def listed_files(tree: Tree) -> dict[str, str]:
    """The files that the folder's manifest lists, with their digests; none where it cannot be trusted."""
    try:
        return {entry.file: entry.sha256 for entry in parse(tree.read(MANIFEST) or b"").tables}
    except GoldenError:
        return {}


def _tree(folder: Path, project: Path | None) -> Tree:
    """The files of a folder, which is itself no link."""
    place = Path.cwd() / folder
    return Tree(place.parent, project or Path.cwd()).below(place.name)


def _read(tree: Tree) -> dict[str, bytes]:
    try:
        files = read_files(tree)
    except OSError as error:
        raise GoldenError(f"{tree.shown()} cannot be read: {error.strerror}", slug="dataset-unreadable") from error
    if not files:
        raise GoldenError(f"{tree.shown(MANIFEST)} is missing", advice=AGAIN, slug="dataset-missing")
    return files


def _refuse_foreign(tree: Tree, files: Mapping[str, bytes], own: Collection[str]) -> None:
    """Raise UsageError naming every file in the way that is not ours, or no more as it was written."""
    found = {name: tree.read(name) for name in {*files, *listed_files(tree)} - {*own}}
    foreign = [
        f"{tree.root / name} was edited by hand or was not written by mlguard; move it away or choose another folder"
        for name, content in sorted(found.items())
        # The new bytes are ours as well: an interrupted write may have left them.
        if content is not None and (name not in files or as_written(name, content, file_digest(files[name])) is None)
    ]
    if foreign:
        raise several(foreign, slug="dataset-foreign")
