"""What a planted behaviour change or a true refactor of guarded code is: data only, applied elsewhere."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variant:
    """One edit of a guard's example code and what the guard must say to it."""

    guard: str
    """Name of the Guard class whose code is edited."""
    id: str
    """Short name, unique among the variants of one guard."""
    kind: str
    """`shift` when behaviour moves, so that the guard must turn red; `keep` for a true refactor."""
    operator: str
    """The sort of edit, such as `lag-off-by-one`; at most five shifts of all guards share one."""
    stage: str | None
    """The first stage that moves, as the guard declares its stages; None for a keep."""
    description: str
    """The edit in the words of whoever might make it."""
    edits: tuple[tuple[str, str, str], ...]
    """Replacements `(file, old, new)`; `file` is relative to the project and `old` occurs in it exactly once."""
    moves_bits: bool = False
    """Whether a keep changes some bit of the outputs, within numerical noise."""


@dataclass(frozen=True)
class Code:
    """The guarded code of one guard, and how edits of it are written down."""

    guard: str
    """Name of the Guard class."""
    file: str
    """The file to edit, relative to the project."""

    def shift(self, name: str, operator: str, stage: str, description: str, *edits: tuple[str, str]) -> Variant:
        """A behaviour change that the guard must notice, first at this stage."""
        return Variant(self.guard, name, "shift", operator, stage, description, self._here(edits))

    def keep(
        self, name: str, operator: str, description: str, *edits: tuple[str, str], moves_bits: bool = False
    ) -> Variant:
        """A true refactor, which the guard must let pass."""
        return Variant(self.guard, name, "keep", operator, None, description, self._here(edits), moves_bits)

    def _here(self, edits: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str, str], ...]:
        return tuple((self.file, old, new) for old, new in edits)
