"""Which blocks of two states belong together: by place and name, else moved or renamed."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from mlguard.tools.edits.blocks import Block, Module
from mlguard.tools.edits.edit import EditKind
from mlguard.tools.edits.normal import said

ALIKE = 0.6
"""Share of the syntax that two definitions must have in common to be one that was renamed or moved."""

ELSEWHERE = 0.8
"""The share where both happened: another name, and in another file."""

FEW = 3
"""Definitions that are compared closely with one that went."""

Key = Callable[[Block], Hashable]


@dataclass
class Pairs:
    """The blocks of two states that belong together."""

    old_of: dict[Block, Block] = field(default_factory=dict)
    """The old block of a new one."""
    new_of: dict[Block, Block] = field(default_factory=dict)
    """The new block of an old one."""
    moved: set[str] = field(default_factory=set)
    """Own names of definitions that stand in another file or class than before."""
    renamed: dict[str, str] = field(default_factory=dict)
    """New own names by old ones."""

    def add(self, old: Block, new: Block) -> None:
        """Pair two blocks, and what stands in them."""
        self.old_of[new], self.new_of[old] = old, new
        self.siblings(old.parts, new.parts)

    def siblings(self, before: Sequence[Block], after: Sequence[Block]) -> None:
        """Pair the statements of one module or class: surest first."""
        for key in (_by_text, None, _by_name, _by_any_name, None):
            if key is None:
                found = _in_gaps(before, after, self)
            else:
                found = _same(self._free(before, self.new_of), self._free(after, self.old_of), key)
            for old, new in found:
                self.add(old, new)

    def across(self, before: Iterable[Block], after: Iterable[Block]) -> None:
        """Pair definitions that went with those that came somewhere else or under another name."""
        gone = [b for b in before if b not in self.new_of and _is_definition(b)]
        came = [b for b in after if b not in self.old_of and _is_definition(b)]
        named = (pair for pair in _only(gone, came, _by_own_name) if _likeness(*pair) >= ALIKE)
        for old, new in (*named, *_only(gone, came, _by_body), *_alike(gone, came)):
            if old in self.new_of or new in self.old_of:
                continue
            self.add(old, new)
            if old.own_name != new.own_name:
                self.renamed[old.own_name] = new.own_name
            else:
                self.moved.add(old.own_name)

    @staticmethod
    def _free(blocks: Sequence[Block], taken: Mapping[Block, Block]) -> list[Block]:
        return [block for block in blocks if block not in taken]


def paired(before: Sequence[Module], after: Sequence[Module]) -> Pairs:
    """Pair the blocks of the files that differ."""
    pairs, there = Pairs(), {module.file: module for module in after}
    for module in before:
        if module.file in there:
            pairs.siblings(module.blocks, there[module.file].blocks)
    old, new = ([b for m in modules for b in m.below()] for modules in (before, after))
    pairs.across(old, new)
    # A name that both states define is somebody else's as well.
    kept = {block.own_name for block in new}
    pairs.renamed = {name: later for name, later in pairs.renamed.items() if name not in kept}
    return pairs


def _same(before: Sequence[Block], after: Sequence[Block], key: Key) -> Iterator[tuple[Block, Block]]:
    """Blocks of the same key, the first with the first."""
    theirs: dict[Hashable, list[Block]] = defaultdict(list)
    for block in after:
        theirs[key(block)].append(block)
    for block in before:
        mine = key(block)
        if mine is not None and theirs[mine]:
            yield block, theirs[mine].pop(0)


def _in_gaps(before: Sequence[Block], after: Sequence[Block], pairs: Pairs) -> Iterator[tuple[Block, Block]]:
    """Statements of one type and name, or of none, that stand behind the same neighbour, in order."""
    gaps: dict[Block | None, list[Block]] = defaultdict(list)
    last = None
    for block in after:
        if block in pairs.old_of:
            last = pairs.old_of[block]
        elif block.kind is not EditKind.IMPORT:
            gaps[last].append(block)
    last, taken = None, dict(pairs.new_of)
    for block in before:
        if block in taken:
            last = block
            continue
        found = next((b for b in gaps[last] if _sort(b) == _sort(block)), None)
        if found is not None:
            gaps[last].remove(found)
            yield block, found


def _only(gone: Sequence[Block], came: Sequence[Block], key: Key) -> Iterator[tuple[Block, Block]]:
    """Blocks of a key that one block on each side has."""
    mine, theirs = Counter(map(key, gone)), Counter(map(key, came))
    by_key = {key(block): block for block in came}
    for block in gone:
        if mine[key(block)] == theirs[key(block)] == 1:
            yield block, by_key[key(block)]


def _alike(gone: Sequence[Block], came: Sequence[Block]) -> list[tuple[Block, Block]]:
    """Blocks that share most of their syntax, those of one file first, then the most alike."""
    found = []
    made = {block: Counter(_tokens(block)) for block in (*gone, *came)}
    for old in gone:
        fitting = [new for new in came if (old.kind, old.depth) == (new.kind, new.depth)]
        shares = {new: _shared(made[old], made[new]) for new in fitting}
        for new in sorted(fitting, key=lambda new: -shares[new])[:FEW]:
            least = ALIKE if old.file == new.file else ELSEWHERE
            alike = _likeness(old, new) if shares[new] >= least else 0.0
            found += [(old.file != new.file, -alike, old, new)] if alike >= least else []
    return [(old, new) for _, _, old, new in sorted(found, key=lambda one: one[:2])]


def _shared(mine: Counter[str], theirs: Counter[str]) -> float:
    """The share of pieces that two definitions have in common in any order: no less than in the same order."""
    total = mine.total() + theirs.total()
    if 2 * min(mine.total(), theirs.total()) < ALIKE * total:
        return 0.0
    return 2 * (mine & theirs).total() / total


def _likeness(old: Block, new: Block) -> float:
    """The share of the syntax that two definitions have in common, in the same order."""
    return SequenceMatcher(None, _tokens(old), _tokens(new), autojunk=False).ratio()


def _tokens(block: Block) -> list[str]:
    """What a definition is made of: each piece of its syntax with the name or constant in it."""
    return [" ".join([type(part).__name__, *map(str, _words(part))]) for part in ast.walk(block.node)]


def _words(part: ast.AST) -> list[object]:
    return [getattr(part, name) for name in ("id", "attr", "arg", "value") if _is_plain(getattr(part, name, None))]


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)


def _is_definition(block: Block) -> bool:
    return bool(block.own_name)


def _sort(block: Block) -> Hashable:
    return type(block.node), block.own_name


def _by_name(block: Block) -> Hashable:
    return (block.kind, block.own_name) if block.own_name else None


def _by_any_name(block: Block) -> Hashable:
    """What a name stands for, whatever that was made of: a function became a class."""
    return block.own_name or None


def _by_text(block: Block) -> Hashable:
    return said(block, {})


def _by_own_name(block: Block) -> Hashable:
    return block.kind, block.own_name, block.depth > 0


def _by_body(block: Block) -> Hashable:
    """What a definition says, whatever it is called."""
    return block.kind, block.depth > 0, said(block, {block.own_name: "it"})
