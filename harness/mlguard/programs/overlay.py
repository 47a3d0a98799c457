"""A folder that looks like the project, with other files in some places: for programs that know where they read."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

_NEVER = frozenset({".git", ".mlguard", "golden", "__pycache__", ".venv", ".tox"})
"""What it does not show: what belongs to git, to mlguard and to Python."""


@contextmanager
def for_one_call(above: Path) -> Iterator[Path]:
    """A folder for the files of one call, of the same name each time: names of files must move no answer."""
    folder = above / "call"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lay(root: Path, folder: Path, mapped: Collection[str], *, real: str = ".") -> None:
    """Link what lies below the root into a folder, but for the mapped files, whose own folders are new and real.

    `mapped` are paths from the root; nothing is put in their places. `real` is another folder that is no link, since
    `..` leads out of a link to where it points.
    """
    places = {PurePosixPath(name) for name in mapped}
    above = {folder for place in (*places, PurePosixPath(real) / "any") for folder in place.parents}
    _link(root, folder, PurePosixPath("."), places, above)
    for name in sorted(above):
        (folder / name).mkdir(parents=True, exist_ok=True)


def changed_config(declared: Any, root: Path, path: Path | None) -> dict[str, Path]:
    """The configuration's place in the project, with the file that holds the values of this run, if that is another."""
    if path is None or not isinstance(declared, str) or path == root / declared:
        return {}
    return {declared: path}


def _link(
    root: Path, folder: Path, below: PurePosixPath, mapped: set[PurePosixPath], above: set[PurePosixPath]
) -> None:
    (folder / below).mkdir(parents=True, exist_ok=True)
    place = root / below
    for entry in sorted(place.iterdir()) if place.is_dir() else ():
        name = below / entry.name
        if name in mapped or entry.name in _NEVER:
            continue
        if name in above:
            _link(root, folder, name, mapped, above)
        else:
            (folder / name).symlink_to(entry, target_is_directory=entry.is_dir())
