"""What somebody does to the code of a subject, and what must be said to that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlguard.core.record import Role


@dataclass(frozen=True)
class Edit:
    """One replacement in one file: a rewrite that changes no behaviour, or a planted bug where it has a stage."""

    id: str
    """The edit in a few words."""
    file: str
    """The file, from the project's root."""
    old: str
    """A text that stands in it once."""
    new: str
    """What stands there afterwards."""
    stage: str | None = None
    """The first stage that moves; None for a rewrite, which must stay quiet."""
    names: str = ""
    """What the report says of the place: a column, a variable, an expression of a query, a step, a layer."""
    only: frozenset[Role] | None = None
    """The roles of all that moves in a full run, for a bug that nothing else shows."""
    shape: str = ""
    """The only comment that `mlguard shapes` finds wrong: its file and line, and the value's name."""
    edited: str = ""
    """What `mlguard diff` names: the function, the cell or the file whose undoing brings the old values back."""


@dataclass(frozen=True)
class Subject:
    """A kind of program that people hand over: a project below `examples/subjects/`, and edits of it."""

    number: int
    """Its number among the eight."""
    name: str
    """What it is, in a few words."""
    project: str
    """The folder of its project."""
    guard: str
    """The guard that is checked."""
    edits: Sequence[Edit]
    """Rewrites and bugs."""

    @property
    def rewrites(self) -> list[Edit]:
        """The edits that must stay quiet."""
        return [edit for edit in self.edits if edit.stage is None and not edit.shape]

    @property
    def bugs(self) -> list[Edit]:
        """The edits that must be caught."""
        return [edit for edit in self.edits if edit.stage is not None or edit.shape]
