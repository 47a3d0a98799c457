"""Find the edits that moved a guard, and prove them: undo them alone, and the old values come back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from mlguard.core.verdict import Verdict
from mlguard.report.edits import How, Proof
from mlguard.runner.order import Extent
from mlguard.tools.diff.culprits import FIRST, Search
from mlguard.tools.diff.named import named
from mlguard.tools.diff.part import ALONE, Part
from mlguard.tools.diff.suspects import suspected
from mlguard.tools.diff.swap import Compared, Swap
from mlguard.tools.diff.trials import FEW, RAISED, Moves, SpentError, Trials
from mlguard.tools.edits import Edit, Needs


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
    beside: int = 1
    """Runs that are made at once."""
    found: dict[Edit, Part] = field(default_factory=dict, init=False)
    """The edits so far, with the part that each moved."""
    _back: dict[Edit, tuple[str, ...]] = field(default_factory=dict, init=False)
    """What each of several was seen to bring back."""

    def __post_init__(self) -> None:
        self.needs = Needs(self.swap.edits.all())
        self.suspects = self.needs.candidates()
        """All edits that can move something, in the order of the last part that was followed."""
        self.raises = not self.verdict.moves()
        self.trials = Trials(self.swap, self.compared, self.needs, self._tell, self.raises, self.beside)

    def candidates(self) -> Proof:
        """The edits in the order in which they are suspected; none is tried."""
        self._order(self._part(self._first()), thorough=True)
        return self._proof(How.CANDIDATES, self.suspects)

    def find(self) -> Proof:
        """Undo edits until the old values are back in every run."""
        left: Moves | None = self._first()
        while left:
            try:
                likely = self._part(left)
                self._order(likely)
                part = self._showing(likely)
                if part is None:
                    return self._proof(How.APART, self.suspects)
                more = Search(self.trials, part, self.found).among(self._rest())
            except SpentError:
                return self._spent(left)
            if more is None:
                return self._unexplained(left)
            self.found.update(dict.fromkeys(more.edits, part))
            self._back.update(more.back)
            if more.left:
                return self._spent(more.left)
            left = self._left()
        return self._proven(left)

    def _tell(self, line: str) -> None:
        self.progress(f"{self.verdict.guard}: {line}")

    def _first(self) -> Moves:
        moves = self.verdict.moves()
        return {move.label: move for move in moves} if moves else {RAISED: None}

    def _part(self, moves: Moves) -> Part:
        return Part.of([move for move in moves.values() if move is not None]) if RAISED not in moves else ALONE

    def _showing(self, part: Part) -> Part | None:
        """The part, or everything where the part alone does not show the move: other runs leave traces in a process.

        None where nothing does: whatever is undone in such a copy, it would seem to bring the old values back.
        """
        self.trials.ahead(self.found, part, [[], *([edit] for edit in self._rest()[:FIRST])])
        return next((some for some in (part, Part(self.extent)) if self.trials.moved(self.found, some)), None)

    def _rest(self) -> list[Edit]:
        return [edit for edit in self.suspects if edit not in self.found]

    def _order(self, part: Part, *, thorough: bool = False) -> None:
        traceback = (self.verdict.traceback or "") if self.raises else None
        ordered = suspected(self.swap, part, self.suspects, traceback=traceback, thorough=thorough)
        self.suspects = self.needs.users_first(ordered)

    def _left(self) -> Moves | None:
        """What moves in any run though the edits are undone; None where that cannot be said."""
        if self.raises or self.swap.edits.is_old(self.needs.supporting(self.found)):
            return {}  # It is the old code, of which every run is known.
        try:
            return self.trials.moved(self.found, Part(self.extent))
        except SpentError:
            return None

    def _proven(self, left: Moves | None) -> Proof:
        found = list(self.found)
        if len(found) == 1:
            return self._proof(How.ALONE, found, left=left)
        own = self._own()
        if own and all(own.values()):
            return self._proof(How.EACH, found, left=left, moves=own)
        if all(self._back.get(edit) for edit in found):
            return self._proof(How.SEVERAL, found, left=left, moves=self._back)
        return self._proof(How.TOGETHER, found, left=left)

    def _own(self) -> dict[Edit, tuple[str, ...]]:
        """What each of a few edits moves by itself: what moves when all others are undone."""
        own: dict[Edit, tuple[str, ...]] = {}
        for edit, part in self.found.items() if len(self.found) <= FEW and not self.raises else ():
            try:
                others = {*self.suspects, *self.found} - {edit, edit.whole}
                own[edit] = tuple(self.trials.moved(others, part) or ())
            except SpentError:
                return {}
        return own

    def _unexplained(self, left: Moves) -> Proof:
        """No edits restore what is left: is it the same in two runs of the old code at all?"""
        if self.found:
            return self._proof(How.ALONE if len(self.found) == 1 else How.TOGETHER, list(self.found), left=left)
        unstable = self.trials.is_unstable(self._part(left))
        return self._proof(How.UNSTABLE if unstable else How.NONE, self.suspects)

    def _spent(self, left: Moves) -> Proof:
        """The runs are used up: what was found so far, else the fewest edits that it is among."""
        if self.found:
            return self._proof(How.PART, list(self.found), left=left, moves=self._back)
        return self._proof(How.AMONG, self._least(), left=left)

    def _least(self) -> list[Edit]:
        """The edits of the smallest set that was seen to restore a part; all where none was."""
        least = self.trials.least()
        return [edit for edit in self.suspects if least is None or edit in least]

    def _others(self) -> Collection[Edit]:
        """The edits that are not found, and go with none that is."""
        wholes_of = {edit.whole for edit in self.found if edit.whole}
        belonging = self.needs.supporting(self.found) | wholes_of
        wholes = {edit.file for edit in self.found if edit in self.swap.edits.rest()}
        return [edit for edit in self.suspects if edit not in belonging and edit.file not in wholes]

    def _proof(
        self,
        how: How,
        edits: Sequence[Edit],
        *,
        left: Moves | None = None,
        moves: Mapping[Edit, tuple[str, ...]] | None = None,
    ) -> Proof:
        if moves:
            first = list(self._first())
            edits = sorted(
                edits, key=lambda edit: min(map(first.index, set(moves.get(edit, ())) & {*first}), default=0)
            )
        is_shown = how.is_proven and left is not None and how is not How.PART
        called = self.swap.edits.called
        others = [*map(called, self._others()), *(f"the rest of {edit.name}" for edit in edits if edit.whole)]
        return Proof(
            how,
            tuple(named(edit, self.swap, self.needs, (moves or {}).get(edit, ())) for edit in edits),
            len(self.suspects),
            harmless=tuple(others) if is_shown and not left else (),
            left=tuple(left or ()),
            shown=is_shown,
            raises=self.raises,
            runs=self.trials.runs,
        )
