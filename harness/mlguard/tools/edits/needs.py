"""Which edits need which: a call and the helper that is new, a name and its import, a parameter and who gives it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product

from mlguard.tools.edits.edit import Edit, EditKind


class Needs:
    """The needs of edits, found by names; what runs in the end decides whether they were enough."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        """`edits`: all of them."""
        self.edits = tuple(edits)
        self.of: dict[Edit, set[Edit]] = {edit: set() for edit in edits}
        for edit, other in _pairs(self.edits):
            self.of[edit].add(other)
        self.users: dict[Edit, set[Edit]] = {edit: set() for edit in edits}
        for edit, needed in self.of.items():
            for other in needed:
                self.users[other].add(edit)
        self._candidates = [edit for edit in edits if edit.kind is not EditKind.IMPORT and not self._supports(edit)]

    def candidates(self) -> list[Edit]:
        """The edits that can move something by themselves: no imports, and no helper that another edit came to use."""
        return [*self._candidates]

    def undoing(self, edits: Collection[Edit]) -> frozenset[Edit]:
        """These edits, and those that do not run without them; of a place of a function, the imports that went."""
        wholes = [edit.whole for edit in edits if edit.whole is not None]
        imports = {edit for edit in _closed(wholes, self.users) if edit.kind is EditKind.IMPORT}
        return _closed(edits, self.users) | imports

    def applying(self, edits: Collection[Edit]) -> frozenset[Edit]:
        """These edits, and those that they do not run without."""
        return _closed(edits, self.of)

    def supporting(self, edits: Collection[Edit]) -> frozenset[Edit]:
        """These edits, and of those that do not run without them what cannot move anything by itself."""
        return frozenset({*edits, *(self.undoing(edits).difference(self._candidates))})

    def users_first(self, edits: Sequence[Edit]) -> list[Edit]:
        """The edits in their order, but each behind those that do not run without it: undoing it undoes them."""
        undone = {edit: self.undoing([edit]) for edit in edits}
        ordered: dict[Edit, None] = {}
        for edit in edits:
            users = [user for user in edits if user in undone[edit] and edit not in undone[user]]
            ordered.update(dict.fromkeys([*users, edit]))
        return list(ordered)

    def _supports(self, edit: Edit) -> bool:
        others = [other for other in self.edits if other.kind is not EditKind.IMPORT]
        if edit.came:
            return any(edit in self.of[other] for other in others)
        return edit.went and not self.of[edit].isdisjoint(others)


def _closed(edits: Collection[Edit], more: Mapping[Edit, Collection[Edit]]) -> frozenset[Edit]:
    found, new = set(edits), list(edits)
    while new:
        further = set(more.get(new.pop(), ())) - found
        found |= further
        new += further
    return frozenset(found)


def _pairs(edits: Sequence[Edit]) -> Iterator[tuple[Edit, Edit]]:
    """Each edit with another one such that its new code does not run with the other's old code."""
    binding, using = _by_name(edits, "binds"), _by_name(edits, "uses", back=True)
    for edit in edits:
        others = [other for name in _gained(edit, "uses") for other in binding.get(name, ())]
        others += [other for name in _gained(edit, "binds", back=True) for other in using.get(name, ())]
        yield from ((edit, other) for other in others if other is not edit)
    special = [edit for edit in edits if _is_called_otherwise(edit) or edit.kind is EditKind.CLASS or edit.is_imports]
    for edit, other in product(edits, special):
        if edit is not other and any(need(edit, other) for need in (_calls, _replaces, _inherits)):
            yield from ((edit, other), (other, edit))


def _by_name(edits: Sequence[Edit], what: str, *, back: bool = False) -> dict[str, list[Edit]]:
    found: dict[str, list[Edit]] = {}
    for edit in edits:
        for name in _gained(edit, what, back=back):
            found.setdefault(name, []).append(edit)
    return found


def _is_called_otherwise(edit: Edit) -> bool:
    """Whether an edited function has other parameters than before."""
    was, now = (names.parameters if names else None for names in (edit.old, edit.new))
    return was is not None and now is not None and was != now


def _inherits(edit: Edit, head: Edit) -> bool:
    """Whether a method came to call its base class, or ceased to, and the bases of its class are others."""
    if head.kind is not EditKind.CLASS or not edit.name.startswith(f"{head.name}."):
        return False
    return "super" in _gained(edit, "uses") | _gained(edit, "uses", back=True)


def _replaces(edit: Edit, imports: Edit) -> bool:
    """Whether a definition came in the place of an import, or went for one."""
    if edit.file != imports.file or edit.kind is EditKind.IMPORT or not imports.is_imports:
        return False
    return bool(_gained(edit, "binds") & _gained(imports, "binds", back=True))


def _gained(edit: Edit, what: str, *, back: bool = False) -> frozenset[str]:
    """Names that the new code has and the old one has not; the other way round for the way back."""
    old: frozenset[str] = getattr(edit.old, what, frozenset())
    new: frozenset[str] = getattr(edit.new, what, frozenset())
    return old - new if back else new - old


def _calls(edit: Edit, called: Edit) -> bool:
    """Whether an edited function calls another one whose parameters are others than before."""
    if not (edit.old and edit.new and _is_called_otherwise(called)):
        return False
    name = {called.own_name, f".{called.own_name}"}
    return bool(name & edit.old.uses and name & edit.new.uses) and edit.kind is EditKind.FUNCTION
