"""What the imports of a module or class give, and the edit of those that went."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from mlguard.tools.edits.blocks import Block
from mlguard.tools.edits.edit import Edit, EditKind, Names
from mlguard.tools.edits.hunk import hunk
from mlguard.tools.edits.normal import names
from mlguard.tools.edits.pairs import Pairs


def is_import(block: Block) -> bool:
    """Whether a block imports something."""
    return block.kind is EditKind.IMPORT


def bound(blocks: Sequence[Block]) -> frozenset[str]:
    """The names that imports give; of a star, the star."""
    return frozenset(name.partition(".")[0] for name, _ in _bindings(blocks))


def used(blocks: Sequence[Block]) -> frozenset[str]:
    """The names that code takes from somewhere."""
    found = [names(block, {}).uses for block in blocks if not is_import(block)]
    return frozenset().union(*found)


def lost_imports(before: Sequence[Block], after: Sequence[Block], pairs: Pairs, module: str) -> Edit | None:
    """The edit of all imports of a file or class, where one of them went that nothing else replaces.

    Those that follow what moved, or are only arranged anew, are none. New ones stay when it is undone: they do no
    harm, and other edits need them. Where nothing needs the lost ones any more, it is no more than what others need.
    """
    old, new = _bindings(before), _bindings(after)
    moved = {*pairs.moved, *pairs.renamed}
    lost = {name: source for name, source in (old - new) if source.rpartition(".")[2] not in moved}
    if not lost:
        return None
    rebound = [(name, lost[name], source) for name, source in sorted(new) if name in lost]
    gone = [block for block in before if is_import(block) and block not in pairs.new_of]
    came = [block for block in after if is_import(block) and block not in pairs.old_of]
    missing = sorted((lost.keys() & used(after)) - bound(after) - _defined(after))
    first = (came or gone)[0]
    return Edit(
        f"{module} (imports)",
        EditKind.STATEMENT if rebound or missing else EditKind.IMPORT,
        first.file,
        first.line,
        ", ".join([*(f"{name}: {was} -> {now}" for name, was, now in rebound), *(f"{m}: gone" for m in missing)]),
        tuple(hunk(_lines(gone), _start(gone), _lines(came), _start(came))),
        Names(binds=frozenset(lost)),
        Names(binds=frozenset(name for name, _, _ in rebound)),
        is_imports=True,
    )


def _bindings(blocks: Sequence[Block]) -> frozenset[tuple[str, str]]:
    """What imports give: the name, and where it comes from."""
    found = set()
    for node in (node for block in blocks for node in block.nodes):
        if isinstance(node, ast.Import):
            found |= {(alias.asname or alias.name, alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found |= {(alias.asname or alias.name, f"{module}.{alias.name}") for alias in node.names}
    return frozenset(found)


def _defined(blocks: Collection[Block]) -> frozenset[str]:
    found = [names(block, {}).binds for block in blocks if not is_import(block)]
    return frozenset().union(*found)


def _lines(blocks: Sequence[Block]) -> list[str]:
    return [line for block in blocks for line in block.whole]


def _start(blocks: Sequence[Block]) -> int:
    return blocks[0].start if blocks else 0
