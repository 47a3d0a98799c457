"""What somebody does to the code of a repository, and what its guard must say to that."""

from __future__ import annotations

from dataclasses import dataclass

from mlguard.core.record import Role


@dataclass(frozen=True)
class Edit:
    """One replacement in one file: a planted bug where it has a stage, else a rewrite that changes no behaviour."""

    id: str
    """The edit in a few words."""
    guard: str
    """The guard that is checked."""
    file: str
    """The file, from the repository's root."""
    old: str
    """A text that stands in it once."""
    new: str
    """What stands there afterwards."""
    stage: str | None = None
    """The first stage that moves; None for a rewrite that must stay quiet."""
    only: frozenset[Role] | None = None
    """The roles of all that moves, for a bug that the main run does not show."""
