"""The project's own folder for what no repository keeps: pending Records, locks, facts of this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from mlguard.files.lock import locked
from mlguard.files.refused import told_unwritten
from mlguard.files.tree import Tree

STATE = ".mlguard"
"""Name of the folder below the project's root."""

_LOCK = "state.lock"


def place(project: Path) -> Tree:
    """The project's `.mlguard/` as it lies there; nothing is made."""
    return Tree(project / STATE, project)


def state(project: Path) -> Tree:
    """The project's `.mlguard/`, which ignores itself; made where it is missing.

    Raises RunError where the disk refuses, and GoldenError where it is a link.
    """
    tree = place(project)
    with writing_state(tree.root):
        tree.make()
        if not any(entry.name == ".gitignore" for entry in tree.entries()):
            tree.put(".gitignore", b"# Written by mlguard: nothing in here belongs into a repository.\n*\n")
    return tree


def update(project: Path, name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Change one JSON object below `.mlguard/`, whole or not at all; one that is not there is empty.

    Raises RunError where the disk refuses.
    """
    tree = state(project)
    with writing_state(tree.root), locked(tree, _LOCK):
        document = change(kept(project, name) or {})
        tree.put(name, (json.dumps(document, indent=1) + "\n").encode())


def kept(project: Path, name: str) -> dict[str, Any] | None:
    """The JSON object that is kept below `.mlguard/`; None where there is none that can be read."""
    try:
        found = json.loads(place(project).read(name) or b"")
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def writing_state(folder: Path) -> AbstractContextManager[None]:
    """Raises RunError for what the disk refuses inside the block, in which something of a folder of ours is written."""
    return told_unwritten(str(folder), slug="state-folder")
