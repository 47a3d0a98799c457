"""What every store of goldens can do; where it keeps them is its own affair."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from mlguard.core.record import Record


class Store(Protocol):
    """Saves, loads, names and deletes Records by the name of their guard; it never compares them."""

    def names(self) -> tuple[str, ...]:
        """The guards that have a Record here, unreadable ones included, in alphabetical order."""

    def load(self, name: str) -> Record | None:
        """The guard's Record; None where there is none. Raises GoldenError where it cannot be read or trusted."""

    def save(self, record: Record) -> tuple[Path, ...]:
        """Keep a Record whole or not at all, and answer which files changed: none, where it was kept already.

        Raises RunError where the disk refuses, and UsageError where the Record holds what no file can.
        """

    def delete(self, name: str) -> tuple[Path, ...]:
        """Remove the guard's Record and answer which files went; none, where there was none."""
