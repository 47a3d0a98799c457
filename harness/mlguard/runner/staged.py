"""The project as a commit would hold it now: what is staged, with the files of which no commit says anything."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from mlguard.core.error import UsageError, several
from mlguard.files.facts import NOISE
from mlguard.runner.order import Copy
from mlguard.runner.repository import Repository
from mlguard.runner.sides import LARGEST, Side
from mlguard.settings import Settings, load

INDEX = "the index"
"""What messages call it."""

_GIT = shutil.ignore_patterns(".git")
_SUBMODULE = "commit what changed in it and `git add` it, or stash that"


@contextlib.contextmanager
def staged(repository: Repository, settings: Settings, differing: Collection[str]) -> Iterator[Side]:
    """What a commit would hold now, its guards, goldens and settings included, in a folder that goes with the block.

    Files that git ignores are those of the working tree: no commit says what they are. So are submodules, which may not
    be among the places that are `differing`.
    Raises UsageError where one is, and where what is staged is no project.
    """
    submodules = [*_submodules(repository)]
    edited = [place.relative_to(repository.top) for place in submodules if str(place) in differing]
    if edited:
        raise several(
            [f"submodule {name} is not as it is staged; {_SUBMODULE}" for name in edited], slug="staged-submodule"
        )
    with repository.workers.scratch() as folder:
        copy = Copy(repository.top, folder / "tree")
        repository.write_staged(copy.place, folder)
        for place in _ignored(repository):
            if _is_free(copy.of(place), copy.place):
                _bring(place, copy.of(place))
        for place in submodules:
            shutil.copytree(place, copy.of(place), symlinks=True, ignore=_GIT, dirs_exist_ok=True)
        base = copy.of(settings.base)
        base.mkdir(parents=True, exist_ok=True)
        there = load(base)
        if there.root != base or not there.declared:
            raise UsageError("no pyproject.toml with [tool.mlguard] is staged; `git add` it", slug="staged-no-project")
        yield Side(INDEX, there, copy)


def _ignored(repository: Repository) -> Iterator[Path]:
    """What git ignores; a folder of which it ignores everything is one place."""
    listed = repository.listed("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
    places = (repository.top / name for name in listed)
    return (place for place in places if NOISE.isdisjoint(place.relative_to(repository.top).parts))


def _submodules(repository: Repository) -> Iterator[Path]:
    entries = (entry.partition("\t") for entry in repository.listed("ls-files", "--stage", "-z"))
    places = (repository.top / name for modes, _, name in entries if modes.startswith("160000 "))
    return (place for place in places if place.is_dir())


def _is_free(there: Path, top: Path) -> bool:
    """Whether nothing that is staged lies in the way: no file, and no link, which may lead out of the copy."""
    above = (folder for folder in there.parents if folder.is_relative_to(top))
    return not os.path.lexists(there) and all(
        not os.path.lexists(f) or (os.path.isdir(f) and not f.is_symlink()) for f in above
    )


def _bring(place: Path, there: Path) -> None:
    """Bring a file of the working tree into a copy; a folder, or a large file, by a link."""
    there.parent.mkdir(parents=True, exist_ok=True)
    if place.is_file() and place.stat().st_size < LARGEST:
        shutil.copy2(place, there, follow_symlinks=False)
    else:
        there.symlink_to(place)
