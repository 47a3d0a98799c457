"""What stands in a module or class, place by place: what stood there, what stands there, and the edit between."""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from mlguard.tools.edits.blocks import Block
from mlguard.tools.edits.edit import Edit, EditKind
from mlguard.tools.edits.hunk import hunk
from mlguard.tools.edits.imports import bound, is_import, lost_imports, used
from mlguard.tools.edits.normal import is_docstring, names, said
from mlguard.tools.edits.pairs import Pairs
from mlguard.tools.edits.told import told


@dataclass(frozen=True)
class Slot:
    """One place."""

    old: Block | None
    new: Block | None
    edit: Edit | None
    """None where nothing was edited: the new text stays."""
    inner: Body | None = None
    """Of a class, what stands in it."""
    position: int | None = None
    """Where the old block stood among those of the same module or class; None where it did not."""

    @property
    def is_import(self) -> bool:
        """Whether imports stand or stood here."""
        return is_import(_either(self.old, self.new))

    def below(self) -> Iterator[Slot]:
        """Itself and all places in it."""
        yield self
        yield from self.inner.below() if self.inner else ()


@dataclass(frozen=True)
class Body:
    """The places of a module or class, in the new order; what went stands behind what it stood behind."""

    slots: tuple[Slot, ...]
    order: Edit | None = None
    """The edit of what is arranged in another way; None where nothing is."""
    idle: frozenset[Block] = frozenset()
    """New imports that nothing in the body needs."""

    @property
    def start(self) -> int:
        """Position of its first new line, from 0."""
        return next((slot.new.start for slot in self.slots if slot.new), 0)

    def below(self) -> Iterator[Slot]:
        """All places in it."""
        for slot in self.slots:
            yield from slot.below()

    def orders(self) -> Iterator[Edit]:
        """The edits of what is only arranged in another way, here and in its classes."""
        bodies = [self, *(slot.inner for slot in self.below() if slot.inner)]
        yield from (body.order for body in bodies if body.order)

    def arranged(self, undone: Collection[Edit]) -> Iterator[tuple[Slot, Block | None]]:
        """The places with what stands in each, in the old order where that is undone."""
        is_old = self.order is not None and self.order in undone
        for slot in self._in_old_order() if is_old else self.slots:
            block = slot.old if slot.edit in undone else slot.new
            if is_old and slot.is_import:
                block = slot.old or (None if slot.new in self.idle else slot.new)
            yield slot, block

    def _in_old_order(self) -> list[Slot]:
        """By position; what has none behind what it stands behind now."""
        last, ranked = -1, []
        for index, slot in enumerate(self.slots):
            own = slot.position is not None
            last = last if slot.position is None else slot.position
            ranked.append((last, not own, index, slot))
        return [slot for *_, slot in sorted(ranked, key=lambda one: one[:3])]


class Bodies:
    """Makes the bodies of files and of classes."""

    def __init__(self, pairs: Pairs, dotted: Callable[[str], str]) -> None:
        self.pairs, self.dotted = pairs, dotted

    def between(self, before: Sequence[Block], after: Sequence[Block], name: str) -> Body:
        """What stands in one file or class of this name."""
        imports = lost_imports(before, after, self.pairs, name)
        at = {block: i for i, block in enumerate(before)}
        found = [self._slot(self.pairs.old_of.get(block), block, at) for block in after]
        last: Block | None = None
        for block in before:
            if block not in self.pairs.new_of:
                slot = Slot(block, None, imports, None, at[block]) if is_import(block) else self._slot(block, None, at)
                found.insert(_behind(found, last, block), slot)
            last = block
        return self._ordered(Body(tuple(found)), name)

    def _ordered(self, body: Body, name: str) -> Body:
        """With the edit of its order, where that is another one, or imports came or went."""
        imports = [slot for slot in body.slots if slot.is_import]
        others = [slot for slot in body.slots if not slot.is_import]
        if _is_in_order(body.slots) and all(slot.old and slot.new for slot in imports):
            return body
        body = replace(body, order=_ORDER, idle=_idle(imports, others))
        before, after = _lines(body, [_ORDER]), _lines(body, [])
        shown = tuple(hunk(before, body.start, after, body.start))
        what = ("imports", "") if _is_in_order(others) else ("order", "another order")
        first = _either(body.slots[0].new, body.slots[0].old)
        edit = Edit(f"{name} ({what[0]})", EditKind.STATEMENT, first.file, body.start + 1, what[1], shown)
        return replace(body, order=edit if shown else None)

    def _slot(self, old: Block | None, new: Block | None, at: dict[Block, int]) -> Slot:
        position = at.get(old) if old else None
        if new is not None and new.parts and self._has_old_parts(old, new):
            head = old.head if old else None
            edit = self._edit(head, new.head) if self._is_edit(head, new.head) else None
            body = self.between(old.parts if old else (), new.parts, f"{self.dotted(new.file)}.{new.name}")
            return Slot(old, new, edit, body, position)
        return Slot(old, new, self._edit(old, new) if self._is_edit(old, new) else None, None, position)

    def _has_old_parts(self, old: Block | None, new: Block) -> bool:
        """Whether a class is more than new as a whole: it was one before, or has methods that stood elsewhere."""
        return bool(old.parts) if old else any(part in self.pairs.old_of for part in new.parts)

    def _is_edit(self, old: Block | None, new: Block | None) -> bool:
        if old is not None and new is not None:
            texts = is_docstring(old.node) and is_docstring(new.node)
            return not texts and said(old, self.pairs.renamed) != said(new, self.pairs.renamed)
        node = _either(old, new).node
        return not (isinstance(node, ast.Pass | ast.Import | ast.ImportFrom) or is_docstring(node))

    def _edit(self, old: Block | None, new: Block | None) -> Edit:
        block = _either(old, new)
        module = self.dotted(block.file)
        where = f"from {old.file}" if old and new and old.file != new.file else ""
        was = "new" if old is None else "gone" if new is None else told(old.node, new.node)
        return Edit(
            f"{module}.{block.name}" if block.own_name else module,
            block.kind,
            block.file,
            block.line,
            "; ".join(filter(None, [was, where])),
            tuple(hunk(_whole(old), _start(old), _whole(new), _start(new))),
            names(old, self.pairs.renamed) if old else None,
            names(new, {}) if new else None,
        )


_ORDER = Edit("", EditKind.STATEMENT, "", 0)
"""Stands for the order of a body until its lines are known."""


def _either(old: Block | None, new: Block | None) -> Block:
    return next(block for block in (new, old) if block is not None)


def _is_in_order(slots: Sequence[Slot]) -> bool:
    """Whether what stood and stands here does so in the same order."""
    places = [slot.position for slot in slots if slot.new and slot.position is not None]
    return places == sorted(places)


def _idle(imports: Sequence[Slot], others: Sequence[Slot]) -> frozenset[Block]:
    """The new imports that give no name which only they give and the new code uses."""
    needed = used([slot.new for slot in others if slot.new]) - bound([slot.old for slot in imports if slot.old])
    came = [slot.new for slot in imports if slot.new and not slot.old]
    return frozenset(block for block in came if not bound([block]) & needed)


def _lines(body: Body, undone: Collection[Edit]) -> list[str]:
    """The lines of a body, with what is undone of its own order."""
    return [line for _, block in body.arranged(undone) if block for line in block.whole]


def _behind(slots: Sequence[Slot], last: Block | None, block: Block) -> int:
    """The position of what stood behind a block, and of an import behind all others, so that it counts.

    What came as an import in its place would count instead of it, and so stays in front.
    """
    if is_import(block):
        return max((i + 1 for i, slot in enumerate(slots) if slot.is_import), default=0)
    at = next((i + 1 for i, slot in enumerate(slots) if last is not None and slot.old is last), 0)
    while at < len(slots) and slots[at].is_import and slots[at].old is None:
        at += 1
    return at


def _whole(block: Block | None) -> tuple[str, ...]:
    return () if block is None else block.whole


def _start(block: Block | None) -> int:
    return 0 if block is None else block.start
