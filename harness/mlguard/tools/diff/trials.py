"""Runs without some edits, each made once: what they showed, and which edits were idle in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from mlguard.core.error import MlguardError
from mlguard.core.finding import Finding
from mlguard.tools.diff.part import Part
from mlguard.tools.diff.swap import Compared, Swap
from mlguard.tools.edits import Edit, Needs

RUNS = 12
"""Runs that a proof may take, of the part that shows the move or more."""

FEW = 3
"""Edits up to which a run is told by their names."""

RAISED = "raised"
"""Stands for the move of code that does not run."""

Moves = Mapping[str, Finding | None]
"""What moved by its label; of code that raised, that it did."""


_Key = tuple[frozenset[Edit], Part]
"""All that is undone, and what is run."""


class SpentError(Exception):
    """The runs are used up."""


@dataclass
class Trials:
    """The runs of one guard."""

    swap: Swap
    compared: Compared
    """What of a run moved against the old side."""
    needs: Needs
    told: Callable[[str], None]
    """Is told each run in one line."""
    raises: bool
    """Whether the new code raised, so that it has to run again, whatever it gives then."""
    beside: int = 1
    """Runs that are made at once."""
    runs: int = field(default=0, init=False)
    _idle: dict[Part, set[Edit]] = field(default_factory=dict, init=False)
    """The edits without which a part gave the same move as with them."""
    _learns: bool = field(init=False)
    _known: dict[_Key, Moves | None] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._learns = not self.raises  # Code may raise for another reason than before.

    def moved(
        self, known: Collection[Edit], part: Part, more: Collection[Edit] = (), *, spare: int = 0
    ) -> Moves | None:
        """What differs from the old side without the known edits and more; None where the code does not run so.

        With the latter go those that do not run without them, as far as names tell. Those that are idle are kept, so
        that one run stands for many. Raises SpentError where no more than `spare` runs are left.
        """
        key = self._key(known, part, more)
        if key not in self._known:
            self._spend(spare)
            self._keep(key, [*known, *more], self._made(*key))
        return self._known[key]

    def ahead(self, known: Collection[Edit], part: Part, several: Iterable[Collection[Edit]]) -> None:
        """Make at once what is sure to be asked for, or likely to be; nothing where runs are made one by one."""
        keys = {self._key(known, part, more): [*known, *more] for more in several}
        new = [key for key in keys if key not in self._known][: min(self.beside, RUNS - self.runs)]
        if len(new) < 2:
            return
        import joblib  # Loaded only where several runs are made at once; its threads only wait.

        self.runs += len(new)
        made = joblib.Parallel(n_jobs=len(new), backend="threading")(joblib.delayed(self._made)(*key) for key in new)
        for key, moves in zip(new, made, strict=True):
            self._keep(key, keys[key], moves)

    def is_unstable(self, part: Part) -> bool:
        """Whether two runs of the old code differ."""
        self.runs += 1
        try:
            return not self.raises and bool(self.swap.again(part, self.compared))
        except MlguardError:
            return True

    def idle(self, part: Part) -> set[Edit]:
        """The edits that change nothing of what a part moves, as far as is known."""
        return self._idle.get(part, set())

    def forget_idle(self) -> bool:
        """Take all edits for active from now on, since of two that do the same each is idle beside the other.

        False where none was idle.
        """
        any_idle = any(self._idle.values())
        self._idle, self._learns = {}, False
        return any_idle

    def least(self) -> frozenset[Edit] | None:
        """The smallest set that was seen to restore a part; None where none was."""
        seen = [undone for (undone, _), moved in self._known.items() if moved == {}]
        return min(seen, key=len, default=None)

    def _key(self, known: Collection[Edit], part: Part, more: Collection[Edit]) -> _Key:
        closed = self.needs.undoing(set(more) - self.idle(part))
        return self.needs.supporting(known) | closed, part

    def _made(self, undone: frozenset[Edit], part: Part) -> Moves | None:
        try:
            found = self.swap.run(undone, part, self.compared)
        except MlguardError:
            return {RAISED: None} if self.raises else None
        return {} if self.raises else {finding.label: finding for finding in found}

    def _keep(self, key: _Key, undone: Collection[Edit], moves: Moves | None) -> None:
        self._known[key] = moves
        self._tell(undone, key[1], moves)
        self._learn(*key)

    def _spend(self, spare: int) -> None:
        if self.runs + spare >= RUNS:
            raise SpentError
        self.runs += 1

    def _learn(self, undone: frozenset[Edit], part: Part) -> None:
        """Note which edits are idle: without them the same moves as in a run with them."""
        moved = self._known[undone, part]
        for (fewer, other), same in self._known.items():
            if moved and self._learns and other == part and fewer < undone and same == moved:
                self._idle.setdefault(part, set()).update(undone - fewer)

    def _tell(self, undone: Collection[Edit], part: Part, moved: Moves | None) -> None:
        names = ", ".join(map(self.swap.edits.called, undone)) if len(undone) <= FEW else f"{len(undone)} edits"
        came = "does not run" if moved is None or RAISED in moved else "moved" if moved else "as before"
        self.told(f"{part.told}{f' without {names}' if names else ' again'}: {came}")
