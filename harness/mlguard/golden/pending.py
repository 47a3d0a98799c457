"""Pending Records: what a failed run saw, kept until its owner accepts or rejects it; no repository holds them."""

from __future__ import annotations

from pathlib import Path

from mlguard.golden.local import LocalStore
from mlguard.golden.state import state

PENDING = "pending"
"""Name of their folder below the project's state folder."""


def pending_store(project: Path) -> LocalStore:
    """The store of a project's pending Records, written as goldens are, below `.mlguard/pending/`.

    Raises RunError where the disk refuses.
    """
    return LocalStore(state(project).root / PENDING, project)
