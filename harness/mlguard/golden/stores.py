"""The one place that knows where a project keeps its goldens and pending Records."""

from __future__ import annotations

from pathlib import Path

from mlguard.files.tree import Tree
from mlguard.golden.interface import Store
from mlguard.golden.local import LocalStore
from mlguard.golden.naming import folder_of
from mlguard.golden.state import state
from mlguard.settings import Settings

PENDING = "pending"
"""Name of the folder of pending Records below the project's state folder."""

COMPARED = "_compared"
"""Name of the folder, beside pending Records, of what each was compared with; it holds no Record."""


def open_store(settings: Settings) -> Store:
    """The goldens of a project."""
    return LocalStore(settings.golden, settings.base)


def open_pending(settings: Settings, folder: Path | None = None) -> Store:
    """What failed runs saw, kept as goldens are until its owner accepts or rejects it; no repository holds it.

    `folder` holds those of another checkout, such as a CI job's. Raises RunError where the disk refuses.
    """
    return LocalStore(_home(settings, folder), settings.base)


def compared_file(settings: Settings, guard: str, folder: Path | None = None) -> tuple[Tree, str]:
    """Where it is kept what a pending Record was compared with: a tree, and the file's name in it."""
    return Tree(_home(settings, folder), settings.base), f"{COMPARED}/{folder_of(guard)}.json"


def _home(settings: Settings, folder: Path | None) -> Path:
    """Where pending Records lie."""
    return folder or state(settings.base).root / PENDING
