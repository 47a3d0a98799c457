"""The edits of a project's Python files, and its files with some of them undone."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from mlguard.tools.edits.blocks import Block, Module, lines_of
from mlguard.tools.edits.edit import Edit, EditKind, Names
from mlguard.tools.edits.hunk import hunk, pieces
from mlguard.tools.edits.normal import is_docstring, names, normal, with_names
from mlguard.tools.edits.pairs import Pairs, paired

LONGEST = 40
"""Characters of a value that is told beside the name of its constant."""


@dataclass(frozen=True)
class Slot:
    """One place of a file: what stood there, what stands there, and the edit between the two."""

    old: Block | None
    new: Block | None
    edit: Edit | None
    """None where nothing was edited: the new text stays."""
    parts: tuple[Slot, ...] | None = None
    """Of a class, what stands in it."""

    def edits(self) -> Iterator[Edit]:
        """Its edit, and those of what stands in it."""
        if self.edit is not None:
            yield self.edit
        for part in self.parts or ():
            yield from part.edits()


@dataclass(frozen=True)
class PythonFiles:
    """The Python files that differ between two states."""

    slots: dict[str, tuple[Slot, ...]]
    """By file."""
    modules: dict[str, Module]
    """The new ones, by file."""
    renamed: dict[str, str]
    """New names of definitions by old ones."""

    @classmethod
    def of(cls, before: Sequence[Module], after: Sequence[Module], dotted: Callable[[str], str]) -> PythonFiles:
        """`before` and `after` are the files that differ; `dotted` gives the name of the module in a file."""
        pairs = paired(before, after)
        slots = _Slots(pairs, dotted)
        old = {module.file: module.blocks for module in before}
        new = {module.file: module.blocks for module in after}
        files = {file: tuple(slots.between(old.get(file, ()), new.get(file, ()))) for file in {**new, **old}}
        return cls(files, {module.file: module for module in after}, pairs.renamed)

    def edits(self) -> Iterator[Edit]:
        """All of them, file by file."""
        for slots in self.slots.values():
            for slot in slots:
                yield from slot.edits()

    def without(self, undone: Collection[Edit]) -> dict[str, str]:
        """The texts of the files in which one of these edits lies, with the old code in its place."""
        touched = {edit.whole or edit for edit in undone}
        return {
            file: self._text(file, slots, undone)
            for file, slots in self.slots.items()
            if any(edit in touched for slot in slots for edit in slot.edits())
        }

    def pieces(self, edit: Edit) -> tuple[Edit, ...]:
        """The places of an edited function as edits of their own; none where there is only one."""
        slot = self._slot_of(edit)
        if edit.kind is not EditKind.FUNCTION or slot is None or slot.old is None or slot.new is None:
            return ()
        old, new = self._placed(slot.old, slot.new), slot.new.whole
        found = tuple(
            replace(
                edit,
                line=slot.new.start + at.start + 1,
                told="",
                hunk=tuple(hunk(old[was], slot.old.start + was.start, new[at], slot.new.start + at.start)),
                whole=edit,
            )
            for was, at in pieces(old, new)
        )
        return found if len(found) > 1 else ()

    def _slot_of(self, edit: Edit) -> Slot | None:
        slots = [slot for slots in self.slots.values() for slot in slots]
        while slots:
            slot = slots.pop()
            if slot.edit is edit:
                return slot
            slots += slot.parts or ()
        return None

    def _text(self, file: str, slots: Sequence[Slot], undone: Collection[Edit]) -> str:
        tail = self.modules[file].tail if file in self.modules else ()
        lines = [line for slot in slots for line in self._lines(slot, undone)]
        return "".join(line if line.endswith(("\n", "\r")) else f"{line}\n" for line in [*lines, *tail])

    def _lines(self, slot: Slot, undone: Collection[Edit]) -> list[str]:
        block = slot.old if slot.edit in undone else slot.new
        if block is None:
            return []
        places = {edit.hunk for edit in undone if edit.whole is not None and edit.whole is slot.edit}
        if places and slot.edit is not None:
            return self._pieced(slot, slot.edit, places)
        if slot.parts is None:
            return self._placed(block, slot.new)
        inner = [line for part in slot.parts for line in self._lines(part, undone)]
        return [*block.lines, *(inner or [f"{' ' * (block.node.col_offset + 4)}pass\n"])]

    def _pieced(self, slot: Slot, edit: Edit, undone: Collection[tuple[str, ...]]) -> list[str]:
        """The new lines of a function with the old ones in some places, named by their hunks."""
        if slot.old is None or slot.new is None:
            return []
        old, lines = self._placed(slot.old, slot.new), list(slot.new.whole)
        places = zip(self.pieces(edit), pieces(old, slot.new.whole), strict=True)
        for piece, (was, at) in reversed(list(places)):
            if piece.hunk in undone:
                lines[at] = old[was]
        return lines

    def _placed(self, block: Block, new: Block | None) -> list[str]:
        """A block's lines where `new` stands, whose file may call definitions otherwise and be indented otherwise."""
        if block is new:
            return list(block.whole)
        text = with_names("".join(block.whole), self.renamed)
        if new is not None and new.node.col_offset != block.node.col_offset:
            text = textwrap.indent(textwrap.dedent(text), " " * new.node.col_offset)
        return lines_of(text)


class _Slots:
    """Makes the slots of files and of classes."""

    def __init__(self, pairs: Pairs, dotted: Callable[[str], str]) -> None:
        self.pairs, self.dotted = pairs, dotted

    def between(self, before: Sequence[Block], after: Sequence[Block]) -> list[Slot]:
        """What stands in one file or class, in the new order; what went stands behind what it stood behind."""
        imports = self._imports(before, after)
        found = [self._slot(self.pairs.old_of.get(block), block) for block in after]
        last: Block | None = None
        for block in before:
            if block not in self.pairs.new_of:
                slot = Slot(block, None, imports) if _imports(block) else self._slot(block, None)
                found.insert(_behind(found, last, is_import=_imports(block)), slot)
            last = block
        return found

    def _slot(self, old: Block | None, new: Block | None) -> Slot:
        if old is not None and new is not None and old.parts and new.parts:
            edit = self._edit(old.head, new.head) if self._is_edit(old.head, new.head) else None
            return Slot(old, new, edit, tuple(self.between(old.parts, new.parts)))
        return Slot(old, new, self._edit(old, new) if self._is_edit(old, new) else None)

    def _is_edit(self, old: Block | None, new: Block | None) -> bool:
        if old is not None and new is not None:
            texts = is_docstring(old.node) and is_docstring(new.node)
            return not texts and normal(old.node, self.pairs.renamed) != normal(new.node, self.pairs.renamed)
        node = _either(old, new).node
        return not (isinstance(node, ast.Pass | ast.Import | ast.ImportFrom) or is_docstring(node))

    def _edit(self, old: Block | None, new: Block | None) -> Edit:
        block = _either(old, new)
        module = self.dotted(block.file)
        where = f"from {old.file}" if old and new and old.file != new.file else ""
        told = "new" if old is None else "gone" if new is None else _told(old.node, new.node)
        return Edit(
            f"{module}.{block.name}" if block.own_name else module,
            block.kind,
            block.file,
            block.line,
            "; ".join(filter(None, [told, where])),
            tuple(hunk(_whole(old), _start(old), _whole(new), _start(new))),
            names(old.node, self.pairs.renamed) if old else None,
            names(new.node, {}) if new else None,
        )

    def _imports(self, before: Sequence[Block], after: Sequence[Block]) -> Edit | None:
        """The edit of all imports of a file or class, where one of them went that nothing else replaces.

        Those that follow what moved, or are only arranged anew, are none. New ones stay when it is undone: they do no
        harm, and other edits need them.
        """
        old, new = _bindings(before), _bindings(after)
        moved = {*self.pairs.moved, *self.pairs.renamed}
        lost = {name: source for name, source in (old - new) if source.rpartition(".")[2] not in moved}
        if not lost:
            return None
        rebound = [(name, lost[name], source) for name, source in sorted(new) if name in lost]
        gone = [block for block in before if _imports(block) and block not in self.pairs.new_of]
        came = [block for block in after if _imports(block) and block not in self.pairs.old_of]
        first = (came or gone)[0]
        return Edit(
            f"{self.dotted(first.file)} (imports)",
            EditKind.STATEMENT if rebound else EditKind.IMPORT,
            first.file,
            first.line,
            ", ".join(f"{name}: {was} -> {now}" for name, was, now in rebound),
            tuple(hunk(_lines(gone), _start(gone[0]), _lines(came), _start(came[0] if came else None))),
            Names(binds=frozenset(lost)),
            Names(binds=frozenset(name for name, _, _ in rebound)),
        )


def _either(old: Block | None, new: Block | None) -> Block:
    return next(block for block in (new, old) if block is not None)


def _behind(slots: Sequence[Slot], last: Block | None, *, is_import: bool) -> int:
    """The position of what stood behind a block; of an import, behind all others, so that it counts."""
    if is_import:
        return max((i + 1 for i, slot in enumerate(slots) if _imports(_either(slot.old, slot.new))), default=0)
    return next((i + 1 for i, slot in enumerate(slots) if last is not None and slot.old is last), 0)


def _imports(block: Block) -> bool:
    return block.kind is EditKind.IMPORT


def _bindings(blocks: Sequence[Block]) -> frozenset[tuple[str, str]]:
    """What imports give: the name, and where it comes from."""
    found = set()
    for block in blocks:
        if isinstance(block.node, ast.Import):
            found |= {(alias.asname or alias.name, alias.name) for alias in block.node.names}
        elif isinstance(block.node, ast.ImportFrom):
            module = "." * block.node.level + (block.node.module or "")
            found |= {(alias.asname or alias.name, f"{module}.{alias.name}") for alias in block.node.names}
    return frozenset(found)


def _lines(blocks: Sequence[Block]) -> list[str]:
    return [line for block in blocks for line in block.whole]


def _whole(block: Block | None) -> tuple[str, ...]:
    return () if block is None else block.whole


def _start(block: Block | None) -> int:
    return 0 if block is None else block.start


def _told(old: ast.stmt, new: ast.stmt) -> str:
    """A constant or defaults that changed, with both values, where that is all."""
    if isinstance(old, ast.Assign | ast.AnnAssign) and isinstance(new, ast.Assign | ast.AnnAssign):
        return _arrow(old.value, new.value)
    if isinstance(old, ast.FunctionDef) and isinstance(new, ast.FunctionDef):
        was, now = _defaults(old), _defaults(new)
        body = normal(ast.Module(old.body, []), {}) == normal(ast.Module(new.body, []), {})
        changed = [name for name in now if name in was and _text(was[name]) != _text(now[name])]
        if body and was.keys() == now.keys() and changed:
            return ", ".join(f"default of {name}: {_arrow(was[name], now[name])}" for name in changed)
    return ""


def _defaults(node: ast.FunctionDef) -> dict[str, ast.expr | None]:
    told = node.args
    positional = [argument.arg for argument in (*told.posonlyargs, *told.args)]
    given: list[ast.expr | None] = [*([None] * (len(positional) - len(told.defaults))), *told.defaults]
    keyword = zip((argument.arg for argument in told.kwonlyargs), told.kw_defaults, strict=True)
    return dict([*zip(positional, given, strict=True), *keyword])


def _arrow(old: ast.expr | None, new: ast.expr | None) -> str:
    was, now = _text(old), _text(new)
    return f"{was} -> {now}" if max(len(was), len(now)) <= LONGEST and was != now else ""


def _text(node: ast.expr | None) -> str:
    return "none" if node is None else ast.unparse(node)
