"""A folder that looks like the project, with other files in some places: for programs that know where they read."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from mlguard.core.copies import making

LARGE = 2**20
"""Bytes from which on a file is linked and not copied."""

MANY = 1000
"""Entries from which on a folder is linked as a whole."""

_NEVER = frozenset({".git", ".mlguard", "golden", "__pycache__", ".venv", ".tox", "node_modules", ".pytest_cache"})
"""What is not shown: what belongs to git, to mlguard, to Python and to installers."""


@contextmanager
def for_one_call(above: Path) -> Iterator[Path]:
    """A folder for the files of one call, of the same name each time: names of files must move no answer."""
    folder = above / "call"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lay(root: Path, folder: Path, *, changed: Mapping[str, Path], mapped: Collection[str] = ()) -> None:
    """Copy what lies below the root into a folder, so that nothing real is written.

    Large files and full folders are links. `changed` are other files for some paths from the root. In the places of
    `mapped` nothing is put; their folders are made.
    """
    places = {PurePosixPath(name) for name in (*changed, *mapped)}
    with making():
        _copy(root, folder, PurePosixPath("."), places)
    for place in places:
        (folder / place.parent).mkdir(parents=True, exist_ok=True)
    for name, file in changed.items():
        shutil.copyfile(file, folder / name)


def changed_config(declared: Any, root: Path, path: Path | None) -> dict[str, Path]:
    """The configuration's place in the project, with the file that holds the values of this run, if that is another."""
    if path is None or not isinstance(declared, str) or path == root / declared:
        return {}
    return {declared: path}


def _copy(root: Path, folder: Path, below: PurePosixPath, mapped: set[PurePosixPath]) -> None:
    (folder / below).mkdir(parents=True, exist_ok=True)
    for entry in sorted((root / below).iterdir()):
        name = below / entry.name
        if name in mapped or entry.name in _NEVER or folder.is_relative_to(entry):
            continue  # The last: temporary files may lie below the project.
        if entry.is_dir() and not entry.is_symlink() and _is_short(entry, name, mapped):
            _copy(root, folder, name, mapped)
        elif entry.is_file() and entry.stat().st_size < LARGE:
            with suppress(OSError):  # What cannot be read is not there, as for a bundle that is loaded elsewhere.
                shutil.copyfile(entry, folder / name)
        elif entry.exists():
            (folder / name).symlink_to(entry, target_is_directory=entry.is_dir())


def _is_short(entry: Path, name: PurePosixPath, mapped: set[PurePosixPath]) -> bool:
    holds_mapped = any(place.is_relative_to(name) for place in mapped)
    return holds_mapped or sum(1 for _ in islice(entry.iterdir(), MANY)) < MANY
