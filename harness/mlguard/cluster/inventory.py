"""What lies on this machine of that on which a run depends, and what of it is different elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from mlguard.cluster.task import Inventory
from mlguard.core.error import UsageError
from mlguard.files.facts import Question, answer
from mlguard.runner.repository import Repository
from mlguard.runner.sources import digest
from mlguard.settings import READ, Settings
from mlguard.worker.pool import Workers


def look(settings: Settings, workers: Workers) -> Inventory:
    """The Inventory of a project on this machine.

    These are the files that git knows, or those with settings where there is no git. A run may write others; what it
    reads of them is compared when it has ended. No run reads goldens.
    """
    goldens = settings.golden.resolve()
    files = [file for file in _known(settings.base, workers) if not file.is_relative_to(goldens)]
    return Inventory({settings.relative(file): text for file in files if (text := digest_of(file))})


def differing(here: Inventory, there: Inventory) -> list[str]:
    """What differs on another machine, the versions first, in words."""
    versions = [
        f"{name} {theirs} (here {ours})"
        for name, ours, theirs in (("Python", here.python, there.python), ("mlguard", here.mlguard, there.mlguard))
        if ours != theirs
    ]
    names = sorted({*here.files, *there.files})
    return [*versions, *(name for name in names if here.files.get(name) != there.files.get(name))]


def digest_of(file: Path) -> str:
    """The digest of a file as provenance keeps it; nothing where there is none, or a folder, as of a submodule."""
    return _digested(file, answer(Question.STAMP, str(file))) if file.is_file() else ""


def _known(root: Path, workers: Workers) -> Iterator[Path]:
    try:
        repository = Repository.around(root, workers)
    except UsageError:
        yield from (root / name for name in READ)
    else:
        yield from (repository.top / name for name in repository.listed("ls-files", "--cached", "-z"))


@lru_cache(maxsize=100_000)
def _digested(file: Path, stamp: str) -> str:
    """The digest of a file that has this stamp: a node is asked again and again."""
    return digest(file)
