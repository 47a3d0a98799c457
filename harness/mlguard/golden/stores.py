"""The one place that knows where a project keeps its goldens and pending Records."""

from __future__ import annotations

from mlguard.golden.interface import Store
from mlguard.golden.local import LocalStore
from mlguard.golden.state import state
from mlguard.settings import Settings

PENDING = "pending"
"""Name of the folder of pending Records below the project's state folder."""


def open_store(settings: Settings) -> Store:
    """The goldens of a project."""
    return LocalStore(settings.golden, settings.base)


def open_pending(settings: Settings) -> Store:
    """What failed runs saw, kept as goldens are until its owner accepts or rejects it; no repository holds it.

    Raises RunError where the disk refuses.
    """
    return LocalStore(state(settings.base).root / PENDING, settings.base)
