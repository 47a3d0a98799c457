"""What a planted behaviour change or a true refactor of guarded code is: data only, applied elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


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
    """The sort of edit, such as `lag-off-by-one`; at most eight shifts of all guards share one."""
    stage: str | None
    """The first stage that moves, as the guard declares its stages; None for a keep."""
    description: str
    """The edit in the words of whoever might make it."""
    edits: tuple[tuple[str, str, str], ...]
    """Replacements `(file, old, new)`; `file` is relative to the project and `old` occurs in it exactly once.

    Where `old` is empty, `file` is a new one and `new` its text.
    """
    moves_bits: bool = False
    """Whether a keep may change some bit of the outputs, within numerical noise, on one machine or another."""
    hidden: bool = False
    """Whether a shift leaves the main run alone: only probes, contracts and the runs beside it see it."""


@dataclass(frozen=True)
class Code:
    """The guarded code of one guard, and how edits of it are written down.

    An edit is `(old, new)` in the guarded file, or `(name, old, new)` in a file of that name beside it.
    """

    guard: str
    """Name of the Guard class."""
    file: str
    """The file to edit, relative to the project."""

    def shift(
        self, name: str, operator: str, stage: str, description: str, *edits: tuple[str, ...], hidden: bool = False
    ) -> Variant:
        """A behaviour change that the guard must notice, first at this stage."""
        return Variant(self.guard, name, "shift", operator, stage, description, self._here(edits), hidden=hidden)

    def keep(
        self, name: str, operator: str, description: str, *edits: tuple[str, ...], moves_bits: bool = False
    ) -> Variant:
        """A true refactor, which the guard must let pass."""
        return Variant(self.guard, name, "keep", operator, None, description, self._here(edits), moves_bits)

    def _here(self, edits: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, str, str], ...]:
        return tuple((self._beside(*names), old, new) for *names, old, new in edits)

    def _beside(self, name: str = "") -> str:
        return str(PurePosixPath(self.file).with_name(name)) if name else self.file
