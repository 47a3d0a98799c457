"""Replace the files of one folder as a whole: whenever the process dies, it can be seen which ones were meant.

New files are first written into a private folder beside the old ones, which git ignores, and then a journal of what
each file was and is to be. Then they are moved to their places, one by one, the leading file last. The visible files
alone are the content of the folder. A writer that dies leaves the old ones, the new ones, or a mixture of both, which
the digests in the leading file give away; whoever writes next finishes a mixture if each file is one that the journal
knows, and throws away what was staged otherwise. Reading neither looks at it nor writes anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple

from mlguard.files.content import as_written, file_digest, plain_ends
from mlguard.files.tree import Tree

STAGED = ".saving-"
"""How the names of folders begin that hold files on their way to their places."""

_OF_0_1 = ".saved"
"""What release 0.1 called such a folder."""

_JOURNAL = "journal.json"
_IGNORE = ".gitignore"


class _Step(NamedTuple):
    """What happens to one file, as digests; None where there is no such file."""

    old: str | None
    """Before."""
    new: str | None
    """Afterwards."""
    now: str | None
    """In its place at this moment."""
    staged: str | None
    """On its way."""


@dataclass(frozen=True)
class _Rest:
    """What is left to do about a swap that some writer left; nothing where nobody knows which files were meant."""

    leading: str = ""
    """The file that is moved last."""
    staged: tuple[str, ...] = ()
    """New files that still have to take their places, where the swap is half done."""
    outdated: tuple[str, ...] = ()
    """Files that belong to the other version alone: new ones where the old ones count, else old ones."""


def replace(tree: Tree, files: Mapping[str, bytes], *, leading: str, own: Iterable[str] = ()) -> tuple[str, ...]:
    """Let the folder hold these files and no others of its `own`; answers which ones changed.

    What is there already is not touched; the leading file is moved last, and what is to go goes after it. One writer at
    a time: the caller holds a lock. Raises OSError where the disk refuses; the old files are intact then, unless
    `is_half_done`.
    """
    before = {name: tree.read(name) for name in dict.fromkeys((*files, *own))}
    changed = {
        name: content
        for name, content in files.items()
        if (old := before[name]) is None or as_written(name, old, file_digest(content)) is None
    }
    gone = [name for name in before if name not in files]
    if not changed and not gone:
        return ()
    steps = {name: [_digest(name, old), _digest(name, files.get(name))] for name, old in before.items()}
    with _staged(tree) as staged:
        for name, content in changed.items():
            staged.write(f"new/{name}", content)
        staged.write(_JOURNAL, json.dumps({"leading": leading, "files": steps}, sort_keys=True).encode())
        _move(tree, staged, changed, leading, undo=before)
    with suppress(OSError):  # The new files count already: whoever writes next tidies up.
        for name in gone:
            tree.remove(name)
        tree.clear(staged.root.name)
    return (*changed, *gone)


def finish(tree: Tree) -> None:
    """Bring what a dead writer left to its end, or back to its beginning, and drop what counts no more."""
    for name in left(tree):
        rest = _rest(tree, name)
        _move(tree, tree.below(name), rest.staged, rest.leading, undo={})
        for file in rest.outdated:
            tree.remove(file)
        tree.clear(name)


def is_half_done(tree: Tree) -> bool:
    """Whether a writer that died, or is still at it, has moved some of the new files and not yet all of them.

    Where that cannot be read at this moment, it may be.
    """
    try:
        return any(_rest(tree, name).staged for name in left(tree))
    except OSError:
        return True


@contextmanager
def _staged(tree: Tree) -> Iterator[Tree]:
    """A folder for new files, which goes again where they cannot take their places."""
    staged = tree.fresh(STAGED)
    try:
        staged.write(_IGNORE, b"*\n")
        yield staged
    except BaseException:
        with suppress(OSError):
            if not is_half_done(tree):
                tree.clear(staged.root.name)
        raise


def left(tree: Tree) -> list[str]:
    """The folders that writers left, were they killed or are they at it."""
    return [entry.name for entry in tree.entries() if entry.name.startswith(STAGED) or entry.name == _OF_0_1]


def _rest(tree: Tree, name: str) -> _Rest:
    """What a folder's journal leaves to do."""
    try:
        journal = json.loads(tree.read(f"{name}/{_JOURNAL}") or b"")
        steps = {file: _step(tree, name, file, *step) for file, step in journal["files"].items()}
        return _rest_of(journal["leading"], steps)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return _Rest()


def _step(tree: Tree, name: str, file: str, old: str | None, new: str | None) -> _Step:
    return _Step(old, new, _digest(file, tree.read(file)), _digest(file, tree.read(f"{name}/new/{file}")))


def _rest_of(leading: str, steps: Mapping[str, _Step]) -> _Rest:
    every = steps.values()
    is_unseen = steps[leading].now == steps[leading].old and all(one.now == one.old for one in every if one.old)
    is_done = all(one.now == one.new for one in every if one.new)
    is_ready = all(one.now == one.new or (one.now == one.old and one.staged == one.new) for one in every)
    if is_done or (is_ready and not is_unseen):
        staged = [] if is_done else [file for file, one in steps.items() if one.new and one.staged == one.new]
        gone = [file for file, one in steps.items() if one.new is None and one.now == one.old]
        return _Rest(leading, tuple(staged), tuple(gone))
    begun = [file for file, one in steps.items() if is_unseen and one.old is None and one.now == one.new]
    return _Rest(leading, (), tuple(begun))


def _move(tree: Tree, staged: Tree, names: Iterable[str], leading: str, *, undo: Mapping[str, bytes | None]) -> None:
    """Move new files to their places, the leading one last; where the disk refuses one, undo what it can."""
    moved: list[str] = []
    try:
        for name in sorted(names, key=lambda name: (name == leading, name)):
            staged.move(f"new/{name}", tree, name)
            moved.append(name)
    except BaseException:
        with suppress(OSError):
            for name in undo.keys() & moved:
                content = undo[name]
                tree.remove(name) if content is None else tree.put(name, content)
        raise


def _digest(name: str, content: bytes | None) -> str | None:
    """Tells files apart, whatever a checkout made of their line ends."""
    return None if content is None else file_digest(plain_ends(name, content))
