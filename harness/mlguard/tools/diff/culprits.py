"""Which further edits restore a part of a guard: the likeliest, several that each bring something back, or a set."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from mlguard.tools.diff.part import Part
from mlguard.tools.diff.search import Separation, first, smallest
from mlguard.tools.diff.trials import Moves, SpentError, Trials
from mlguard.tools.edits import Edit, changed

FIRST = 3
"""Edits that are tried by themselves before sets are."""

PIECES = 4
"""Single places of edited functions that are tried then."""

SMALLEST = 2
"""Places with the smallest changes that are tried where three edits or more restore together."""


@dataclass(frozen=True)
class Culprits:
    """Edits whose undoing restores a part."""

    edits: tuple[Edit, ...]
    back: dict[Edit, tuple[str, ...]] = field(default_factory=dict)
    """What each of several brings back; empty where it was not taken apart so."""
    left: Moves = field(default_factory=dict)
    """What still moves without them, because the runs were used up."""


@dataclass(frozen=True)
class Search:
    """The search for the edits that moved a part, beside those that are known."""

    trials: Trials
    part: Part
    known: Collection[Edit]
    """The edits that are undone in all of its runs."""

    def among(self, suspects: Sequence[Edit]) -> Culprits | None:
        """The fewest of these edits whose undoing restores the part, else places of files; None where none do.

        Raises SpentError where the runs are used up, and nothing is known to have come back.
        """
        edits = self.trials.swap.edits
        found = self._one_by_one(suspects) or self._set(suspects)
        if found is None and self.trials.forget_idle():
            found = self._set(suspects)
        if found is not None:
            return found if found.left else self._narrowed(found)
        orders = edits.orders()
        return (self._set([*orders, *suspects]) if orders else None) or self._set(edits.rest())

    def _one_by_one(self, suspects: Sequence[Edit]) -> Culprits | None:
        left = self._moved([])
        if left is None:
            return None
        apart = Separation(self._moved, left)
        try:
            return self._apart(apart, suspects)
        except SpentError:
            # Some are found by what the others of a group did not do: the last run is for them.
            if not (apart.found and apart.is_clean) or self._moved([*apart.found], spare=0) != apart.left:
                raise
            return Culprits(tuple(apart.found), apart.found, apart.left)

    def _apart(self, apart: Separation[Edit], suspects: Sequence[Edit]) -> Culprits | None:
        """The likeliest edits, then places of those that cannot be undone as wholes, then all others by groups."""
        for edit in suspects[:FIRST]:
            apart.without([edit])
            if not apart.left:
                return self._of(apart)
        likely = [*apart.found, *apart.unclear]
        if apart.unclear and len(likely) > 1 and self._restores(likely):
            return self._set(likely)
        piece = None if apart.found else self._piece(edit for edit in apart.unclear if self._moved([edit]) is None)
        if piece is not None:
            return piece
        if suspects[FIRST:]:
            apart.without(suspects[FIRST:], {})  # All together nearly always restore: nobody tries that.
        if apart.left and apart.found and apart.unclear:
            again, apart.unclear = apart.unclear, []
            apart.without(again)
        if not apart.left:
            return self._of(apart)
        rest = [*apart.found, *apart.unclear]
        return self._set(rest) if self._restores(rest) else self._piece(apart.unclear)

    def _of(self, apart: Separation[Edit]) -> Culprits | None:
        """What was taken apart, if it does restore; none of it is there in vain if all else moved as before."""
        found = tuple(apart.found)
        if not self._restores(found):
            return None
        return Culprits(found, apart.found) if apart.is_clean or len(found) == 1 else self._set(found)

    def _set(self, suspects: Sequence[Edit]) -> Culprits | None:
        """The fewest that restore together, or one place of them where that does: a refactor may go through several
        functions, of which one holds another edit, whose change is small."""
        several = first(suspects, self._restores)
        if several is None:
            return None
        pieces = sorted(self._pieces(several), key=lambda piece: changed(piece.hunk)) if len(several) > 2 else []
        return self._first(pieces[:SMALLEST]) or Culprits(smallest(several, self._restores) or several)

    def _narrowed(self, found: Culprits) -> Culprits:
        """The fewest of the edits that were undone at once because names say that they need each other.

        Where several are left, single places of them are tried too.
        """
        needs = self.trials.needs
        together = [edit for edit in needs.candidates() if edit in needs.undoing(found.edits)]
        if any(edit.whole for edit in found.edits) or len(together) <= len(found.edits):
            return found
        ordered = sorted(together, key=lambda edit: edit in found.edits)
        fewest = smallest(ordered, self._restores_alone) or found.edits
        with contextlib.suppress(SpentError):  # The fewest are proven without.
            return (self._piece(fewest) if len(fewest) > 1 else None) or Culprits(fewest)
        return Culprits(fewest)

    def _piece(self, edits: Iterable[Edit]) -> Culprits | None:
        """One place of an edited function that restores by itself."""
        return self._first(islice(self._pieces(edits), PIECES))

    def _pieces(self, edits: Iterable[Edit]) -> Iterator[Edit]:
        """The places of edited functions where more than blank lines differ."""
        return (piece for edit in edits for piece in self.trials.swap.edits.pieces(edit) if piece.hunk)

    def _first(self, pieces: Iterable[Edit]) -> Culprits | None:
        found = next((piece for piece in pieces if self._moved([piece]) == {}), None)
        return None if found is None else Culprits((found,))

    def _restores(self, more: Sequence[Edit]) -> bool:
        return self._moved(more, spare=0) == {}

    def _restores_alone(self, more: Sequence[Edit]) -> bool:
        """Whether these edits restore without those that need them."""
        return self.trials.moved([*self.known, *more], self.part) == {}

    def _moved(self, more: Sequence[Edit], *, spare: int = 1) -> Moves | None:
        return self.trials.moved(self.known, self.part, more, spare=spare)
