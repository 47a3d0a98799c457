"""What a node of a cluster is asked, and what it answers: declarations only."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlguard import __version__
from mlguard.core.error import MlguardError
from mlguard.discovery import Declared
from mlguard.files.facts import digest


@dataclass(frozen=True)
class Inventory:
    """What lies on one machine of that on which a run depends."""

    files: Mapping[str, str] = field(default_factory=dict)
    """Digests of the files that git knows, by their path from the root."""
    python: str = platform.python_version()
    """The version of Python."""
    mlguard: str = __version__
    """The version of mlguard."""

    @property
    def digest(self) -> str:
        """One digest of all of it."""
        return digest([self.python, self.mlguard, *(f"{name} {self.files[name]}" for name in sorted(self.files))])


@dataclass(frozen=True)
class Task:
    """One call of a method of `Runner`, for any node."""

    session: str
    """The command that asks; what a node keeps warm is for one command alone."""
    root: Path
    """The project's root, which has to lie at the same path on every node."""
    expected: str
    """The digest of the Inventory in which the command was given."""
    method: str
    """`run` or `answers`; empty where only the Inventory is asked for."""
    guard: Declared | None = None
    """The guard."""
    how: Mapping[str, Any] = field(default_factory=dict)
    """The method's other arguments."""


@dataclass(frozen=True)
class Answer:
    """What came of one Task."""

    node: str
    """The node, as messages name it: its machine and its process."""
    value: Any = None
    """What the method answered."""
    error: MlguardError | None = None
    """What it raised."""
    inventory: Inventory | None = None
    """What lies on the node, where that was asked for or differs."""
