"""What lies on this machine of that on which a run depends, and what of it is different elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from mlguard.cluster.task import Place
from mlguard.core.error import UsageError
from mlguard.files.facts import NOISE, Question, answer
from mlguard.runner import sources
from mlguard.runner.repository import Repository
from mlguard.settings import Settings
from mlguard.worker.pool import Workers

_PASSED: frozenset[str] = NOISE | {".tox", ".venv", "node_modules"}
"""Folders of a project outside git that hold what others made."""


def look(settings: Settings, workers: Workers) -> Place:
    """The Place of a project on this machine; goldens, which no run reads, are no part of it."""
    root = settings.base
    found = {name: digest_of(root / name) for name in _names(root, workers)}
    golden = f"{settings.relative(settings.golden)}/"
    return Place({name: text for name, text in found.items() if text and not name.startswith(golden)})


def differing(here: Place, there: Place) -> list[str]:
    """What differs on another machine, the versions first, in words."""
    versions = [
        f"{name} {theirs} (here {ours})"
        for name, ours, theirs in (("Python", here.python, there.python), ("mlguard", here.mlguard, there.mlguard))
        if ours != theirs
    ]
    names = [name for name in sorted({*here.files, *there.files}) if here.files.get(name) != there.files.get(name)]
    return [*versions, *(_told(name, here, there) for name in names)]


def _told(name: str, here: Place, there: Place) -> str:
    missing = {name not in here.files: "not here", name not in there.files: "not there"}
    return f"{name} ({missing[True]})" if True in missing else name


def _names(root: Path, workers: Workers) -> Iterable[str]:
    """The project's files, from its root: those that git knows or would add, or all where there is no git."""
    try:
        repository = Repository.around(root, workers)
    except UsageError:
        return _walked(root)
    listed = repository.listed("ls-files", "--cached", "--others", "--exclude-standard", "-z")
    return (Path(os.path.relpath(repository.top / name, root.resolve())).as_posix() for name in listed)


def _walked(root: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in _PASSED]
        yield from ((Path(folder) / name).relative_to(root).as_posix() for name in names)


def digest_of(file: Path) -> str:
    """The digest of a file as provenance keeps it; nothing where there is none, or a folder, as of a submodule."""
    return _digested(file, answer(Question.STAMP, str(file))) if file.is_file() else ""


@lru_cache(maxsize=100_000)
def _digested(file: Path, stamp: str) -> str:
    """The digest of a file that has this stamp: a node is asked again and again."""
    return sources.digest(file)
