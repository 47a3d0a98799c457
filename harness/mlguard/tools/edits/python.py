"""The edits of a project's Python files, and its files with some of them undone."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from mlguard.tools.edits.blocks import Block, Module, lines_of
from mlguard.tools.edits.bodies import Bodies, Body, Slot
from mlguard.tools.edits.edit import Edit, EditKind
from mlguard.tools.edits.hunk import hunk, pieces
from mlguard.tools.edits.normal import with_names
from mlguard.tools.edits.pairs import paired


@dataclass(frozen=True)
class PythonFiles:
    """The Python files that differ between two states."""

    bodies: dict[str, Body]
    """By file."""
    modules: dict[str, Module]
    """The new ones, by file."""
    renamed: dict[str, str]
    """New names of definitions by old ones."""

    @classmethod
    def of(cls, before: Sequence[Module], after: Sequence[Module], dotted: Callable[[str], str]) -> PythonFiles:
        """`before` and `after` are the files that differ; `dotted` gives the name of the module in a file."""
        pairs = paired(before, after)
        made = Bodies(pairs, dotted)
        old = {module.file: module.blocks for module in before}
        new = {module.file: module.blocks for module in after}
        bodies = {file: made.between(old.get(file, ()), new.get(file, ()), dotted(file)) for file in {**new, **old}}
        return cls(bodies, {module.file: module for module in after}, pairs.renamed)

    def edits(self) -> Iterator[Edit]:
        """All of them, file by file; that of a file's lost imports once."""
        yield from dict.fromkeys(slot.edit for body in self.bodies.values() for slot in body.below() if slot.edit)

    def orders(self) -> Iterator[Edit]:
        """The edits of what is only arranged in another way."""
        for body in self.bodies.values():
            yield from body.orders()

    def without(self, undone: Collection[Edit]) -> dict[str, str]:
        """The texts of the files in which one of these edits lies, with the old code in its place."""
        touched = {edit.whole or edit for edit in undone}
        return {
            file: self._text(file, body, undone)
            for file, body in self.bodies.items()
            if touched.intersection([*(slot.edit for slot in body.below()), *body.orders()])
        }

    def pieces(self, edit: Edit) -> tuple[Edit, ...]:
        """The places of an edited function as edits of their own; none where there is only one."""
        slot = next((slot for body in self.bodies.values() for slot in body.below() if slot.edit is edit), None)
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

    def _text(self, file: str, body: Body, undone: Collection[Edit]) -> str:
        tail = self.modules[file].tail if file in self.modules else ()
        lines = [*self._lines(body, undone), *tail]
        return "".join(line if line.endswith(("\n", "\r")) else f"{line}\n" for line in lines)

    def _lines(self, body: Body, undone: Collection[Edit]) -> list[str]:
        return [line for slot, block in body.arranged(undone) for line in self._of(slot, block, undone)]

    def _of(self, slot: Slot, block: Block | None, undone: Collection[Edit]) -> list[str]:
        if block is None:
            return []
        places = {edit.hunk for edit in undone if edit.whole is not None and edit.whole is slot.edit}
        if places and slot.edit is not None:
            return self._pieced(slot, slot.edit, places)
        if slot.inner is None:
            return self._placed(block, slot.new)
        inner = self._lines(slot.inner, undone)
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
