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

    def supporting(self, edits: Collection[Edit]) -> frozenset[Edit]:
        """These edits, and of those that do not run without them what cannot move anything by itself."""
        return frozenset({*edits, *(self.undoing(edits).difference(self.candidates()))})

    def applying(self, edits: Collection[Edit]) -> frozenset[Edit]:
        """These edits, and those that they do not run without."""
        found = set(edits)
        while more := {other for edit in found for other in self.of.get(edit, ())} - found:
            found |= more
        return frozenset(found)

    def candidates(self) -> list[Edit]:
        """The edits that can move something by themselves: no imports, and no helper that another edit came to use."""
        return [edit for edit in self.edits if edit.kind is not EditKind.IMPORT and not self._supports(edit)]

    def users_first(self, edits: Sequence[Edit]) -> list[Edit]:
        """The edits in their order, but each behind those that do not run without it: undoing it undoes them."""
        ordered: list[Edit] = []
        for edit in edits:
            users = [u for u in edits if u is not edit and u in self.undoing([edit]) and edit not in self.undoing([u])]
            ordered += [one for one in (*users, edit) if one not in ordered]
        return ordered

    def _supports(self, edit: Edit) -> bool:
        others = [other for other in self.edits if other.kind is not EditKind.IMPORT]
        if edit.came:
            return any(edit in self.of[other] for other in others)
        return edit.went and not self.of[edit].isdisjoint(others)


def _needs(edit: Edit, other: Edit) -> bool:
    """Whether the new code of one does not run with the old code of the other."""
    gained, lost = _gained(edit, "uses"), _gained(other, "uses", back=True)
    if gained & _gained(other, "binds") or lost & _gained(edit, "binds", back=True):
        return True
    return any(need(*pair) for need in (_calls, _replaces, _inherits) for pair in ((edit, other), (other, edit)))


def _inherits(edit: Edit, head: Edit) -> bool:
    """Whether a method came to call its base class, or ceased to, and the bases of its class are others."""
    if head.kind is not EditKind.CLASS or not edit.name.startswith(f"{head.name}."):
        return False
    return "super" in _gained(edit, "uses") | _gained(edit, "uses", back=True)


def _replaces(edit: Edit, imports: Edit) -> bool:
    """Whether a definition came in the place of an import, or went for one."""
    if edit.file != imports.file or edit.kind is EditKind.IMPORT or not imports.name.endswith("(imports)"):
        return False
    return bool(_gained(edit, "binds") & _gained(imports, "binds", back=True))


def _gained(edit: Edit, what: str, *, back: bool = False) -> frozenset[str]:
    """Names that the new code has and the old one has not; the other way round for the way back."""
    old: frozenset[str] = getattr(edit.old, what, frozenset())
    new: frozenset[str] = getattr(edit.new, what, frozenset())
    return old - new if back else new - old


def _calls(edit: Edit, called: Edit) -> bool:
    """Whether an edited function calls another one whose parameters are others than before."""
    if not (edit.old and edit.new and called.old and called.new):
        return False
    was, now = called.old.parameters, called.new.parameters
    if was is None or now is None or was == now:
        return False
    name = {called.own_name, f".{called.own_name}"}
    return bool(name & edit.old.uses and name & edit.new.uses) and edit.kind is EditKind.FUNCTION
