"""Find the edits that moved a guard, and prove them: undo them alone, and the old values come back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from mlguard.core.error import MlguardError
from mlguard.core.finding import Finding
from mlguard.core.verdict import Verdict
from mlguard.report.edits import How, Proof
from mlguard.runner.order import Extent
from mlguard.tools.diff.named import named
from mlguard.tools.diff.part import ALONE, Part
from mlguard.tools.diff.search import smallest
from mlguard.tools.diff.suspects import suspected
from mlguard.tools.diff.swap import Compared, Swap
from mlguard.tools.edits import Edit, Needs

RUNS = 12
"""Runs that a proof may take, of the part that shows the move or more."""

FIRST = 3
"""Edits that are tried by themselves before sets are."""

PIECES = 4
"""Single places of edited functions that are tried then."""

FEW = 3
"""Edits that moved something together, up to which each is also tried by itself."""

Moves = tuple[Finding, ...]


class SpentError(Exception):
    """The runs are used up."""


@dataclass
class Finder:
    """Finds the edits of one guard."""

    swap: Swap
    compared: Compared
    """What of a run moved against the old side."""
    verdict: Verdict
    """What came of the two sides: moves, or what the new side raised."""
    progress: Callable[[str], None]
    extent: Extent = Extent.FULL
    """How much of the guard was compared."""
    runs: int = field(default=0, init=False)
    found: dict[Edit, Part] = field(default_factory=dict, init=False)
    """The edits so far, with the part that each moved."""
    _idle: dict[Part, set[Edit]] = field(default_factory=dict, init=False)
    """The edits without which a part gave the same move as with them."""
    _learns: bool = field(default=True, init=False)
    _known: dict[tuple[frozenset[Edit], Part], Moves | None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.needs = Needs(self.swap.edits.all())
        self.suspects = self.needs.candidates()
        """All edits that can move something, in the order of the last part that was followed."""
        self.raises = not self.verdict.moves()

    def candidates(self) -> Proof:
        """The edits in the order in which they are suspected; none is tried."""
        self._order(self._part(self.verdict.moves()), thorough=True)
        return self._proof(How.CANDIDATES, self.suspects)

    def find(self) -> Proof:
        """Undo edits until the old values are back in every run."""
        left: Moves | None = self.verdict.moves()
        while left or (self.raises and not self.found):
            try:
                part = self._showing(self._part(left or ()))
                if part is None:
                    return self._proof(How.APART, self.suspects)
                more = self._smallest(part)
            except SpentError:
                return self._proof(How.AMONG, self._least(), left=left)
            if not more:
                return self._unexplained(left or ())
            self.found.update(dict.fromkeys(more, part))
            left = self._left()
        return self._proven(left)

    def _part(self, moves: Sequence[Finding]) -> Part:
        return Part.of(moves) if moves else ALONE

    def _showing(self, part: Part) -> Part | None:
        """The part, or everything where the part alone does not show the move: other runs leave traces in a process.

        None where nothing does: whatever is undone in such a copy, it would seem to bring the old values back.
        """
        return next((some for some in (part, Part(self.extent)) if self._is_moved(some)), None)

    def _is_moved(self, part: Part) -> bool:
        """Whether a copy of the new code does what the new code did, with what was found so far undone."""
        moved = self._moved(self.found, part)
        return moved is None if self.raises else bool(moved)

    def _smallest(self, part: Part) -> tuple[Edit, ...] | None:
        """The fewest further edits whose undoing restores a part, else files as wholes; None where none do."""

        def restores(more: Sequence[Edit]) -> bool:
            return self._restores([*self.found, *more], part)

        self._order(part)
        rest = [edit for edit in self.suspects if edit not in self.found]
        one = next((edit for edit in self._singly(rest, part) if restores([edit])), None)
        if one is not None:
            return (one,)
        more = smallest(rest, restores)
        if more is None and part in self._idle:
            # Of two that do the same, each is idle beside the other.
            self._idle, self._learns = {}, False
            more = smallest(rest, restores)
        return more or smallest(self.swap.edits.rest(), restores)

    def _singly(self, rest: Sequence[Edit], part: Part) -> Iterator[Edit]:
        """The likeliest edits, and then single places of those of them that take part in the move."""
        yield from rest[:FIRST]
        active = [edit for edit in rest[:FIRST] if edit not in self._idle.get(part, ())]
        yield from [piece for edit in active for piece in self.swap.edits.pieces(edit)][:PIECES]

    def _order(self, part: Part, *, thorough: bool = False) -> None:
        traceback = (self.verdict.traceback or "") if self.raises else None
        self.suspects = suspected(self.swap, part, self.suspects, traceback=traceback, thorough=thorough)

    def _restores(self, undone: Collection[Edit], part: Part) -> bool:
        return self._is_back(self._moved(undone, part))

    def _is_back(self, moved: Moves | None) -> bool:
        return moved is not None and (self.raises or not moved)

    def _left(self) -> Moves | None:
        """What moves in any run though the edits are undone; None where that cannot be said."""
        if self.raises or self.swap.edits.is_old(self.needs.undoing(self.found)):
            return ()  # It is the old code, of which every run is known.
        try:
            return self._moved(self.found, Part(self.extent))
        except SpentError:
            return None

    def _moved(self, undone: Collection[Edit], part: Part) -> Moves | None:
        """What differs from the old side without these edits; None where the code does not run so.

        Those that are idle are kept, so that one run stands for many.
        """
        key = self.needs.undoing(set(undone) - self._idle.get(part, set())), part
        if key not in self._known:
            if self.runs == RUNS:
                raise SpentError
            self.runs += 1
            try:
                self._known[key] = self.swap.run(key[0], part, self.compared)
            except MlguardError:
                self._known[key] = None
            self._tell(undone, part, self._known[key])
            self._learn(*key)
        return self._known[key]

    def _learn(self, undone: frozenset[Edit], part: Part) -> None:
        """Note which edits are idle: without them the same moves as in a run with them."""
        moved = self._known[undone, part]
        for (fewer, other), same in self._known.items():
            if moved and self._learns and other == part and fewer < undone and same == moved:
                self._idle.setdefault(part, set()).update(undone - fewer)

    def _tell(self, undone: Collection[Edit], part: Part, moved: Moves | None) -> None:
        names = ", ".join(map(_called, undone)) if len(undone) <= FEW else f"{len(undone)} edits"
        came = "does not run" if moved is None else "moved" if moved else "as before"
        self.progress(f"{self.verdict.guard}: {part.told}{f' without {names}' if names else ' again'}: {came}")

    def _others(self) -> list[Edit]:
        """The edits that are not found, and go with none that is."""
        wholes_of = {edit.whole for edit in self.found if edit.whole}
        belonging = self.needs.applying(self.found) | self.needs.undoing(self.found) | wholes_of
        wholes = {edit.file for edit in self.found if edit in self.swap.edits.rest()}
        return [edit for edit in self.suspects if edit not in belonging and edit.file not in wholes]

    def _proven(self, left: Moves | None) -> Proof:
        if len(self.found) == 1:
            return self._proof(How.ALONE, list(self.found), left=left)
        own = self._own()
        return self._proof(
            How.EACH if all(own.values()) and own else How.TOGETHER, list(self.found), left=left, own=own
        )

    def _own(self) -> dict[Edit, Moves]:
        """What each of a few edits moves by itself: what moves when all others are undone."""
        own: dict[Edit, Moves] = {}
        for edit, part in self.found.items() if len(self.found) <= FEW and not self.raises else ():
            try:
                kept = self.needs.applying([edit]) | {edit.whole}
                own[edit] = self._moved({*self.suspects, *self.found} - kept, part) or ()
            except SpentError:
                return {}
        return own

    def _unexplained(self, left: Moves) -> Proof:
        """No edits restore what is left: is it the same in two runs of the old code at all?"""
        if self.found:
            return self._proof(How.ALONE if len(self.found) == 1 else How.TOGETHER, list(self.found), left=left)
        self.runs += 1
        try:
            unstable = not self.raises and bool(self.swap.again(self._part(left), self.compared))
        except MlguardError:
            unstable = True
        return self._proof(How.UNSTABLE if unstable else How.NONE, self.suspects)

    def _least(self) -> list[Edit]:
        """The edits of the smallest set that was seen to restore a part; all where none was."""
        seen = [undone for (undone, _), moved in self._known.items() if self._is_back(moved)]
        least = min(seen, key=len, default=frozenset(self.suspects))
        return [edit for edit in self.suspects if edit in least]

    def _proof(
        self, how: How, edits: Sequence[Edit], *, left: Moves | None = (), own: dict[Edit, Moves] | None = None
    ) -> Proof:
        others = self._others() if how.is_proven else []
        return Proof(
            how,
            tuple(named(edit, self.swap, self.needs, (own or {}).get(edit, ())) for edit in edits),
            len(self.suspects),
            harmless=tuple([edit.name for edit in others] + [f"the rest of {e.name}" for e in edits if e.whole])
            if left == () and how.is_proven
            else (),
            left=tuple(finding.label for finding in left or ()),
            shown=left is not None,
            raises=self.raises,
            runs=self.runs,
        )


def _called(edit: Edit) -> str:
    return f"{edit.name} at line {edit.line}" if edit.whole else edit.name
