"""Which edits need which: a call and the helper that is new, a name and its import, a parameter and who gives it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mlguard.tools.edits.edit import Edit, EditKind


class Needs:
    """The needs of edits, found by names; what runs in the end decides whether they were enough."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        """`edits`: all of them."""
        self.edits = tuple(edits)
        self.of = {edit: {other for other in edits if other is not edit and _needs(edit, other)} for edit in edits}

    def undoing(self, edits: Collection[Edit]) -> frozenset[Edit]:
        """These edits, and those that do not run without them."""
        found = set(edits)
        while more := {edit for edit in self.edits if edit not in found and self.of[edit] & found}:
            found |= more
        return frozenset(found)

    def applying(self, edits: Collection[Edit]) -> frozenset[Edit]:
        """These edits, and those that they do not run without."""
        found = set(edits)
        while more := {other for edit in found for other in self.of.get(edit, ())} - found:
            found |= more
        return frozenset(found)

    def candidates(self) -> list[Edit]:
        """The edits that can move something by themselves: no imports, and no helper that another edit came to use."""
        return [edit for edit in self.edits if edit.kind is not EditKind.IMPORT and not self._supports(edit)]

    def _supports(self, edit: Edit) -> bool:
        if edit.came:
            return any(edit in self.of[other] for other in self.edits)
        return edit.went and bool(self.of[edit])


def _needs(edit: Edit, other: Edit) -> bool:
    """Whether the new code of one does not run with the old code of the other."""
    gained, lost = _gained(edit, "uses"), _gained(other, "uses", back=True)
    if gained & _gained(other, "binds") or lost & _gained(edit, "binds", back=True):
        return True
    return _call(edit, other) or _call(other, edit)


def _gained(edit: Edit, what: str, *, back: bool = False) -> frozenset[str]:
    """Names that the new code has and the old one has not; the other way round for the way back."""
    old: frozenset[str] = getattr(edit.old, what, frozenset())
    new: frozenset[str] = getattr(edit.new, what, frozenset())
    return old - new if back else new - old


def _call(edit: Edit, called: Edit) -> bool:
    """Whether an edited function calls another one whose parameters are others than before."""
    if not (edit.old and edit.new and called.old and called.new) or called.old.parameters == called.new.parameters:
        return False
    name = {called.own_name, f".{called.own_name}"}
    return bool(name & edit.old.uses and name & edit.new.uses) and edit.kind is EditKind.FUNCTION
