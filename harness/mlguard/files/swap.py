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

from mlguard.files.content import as_written, file_digest, plain_ends
from mlguard.files.tree import Tree

STAGED = ".saving-"
"""How the names of folders begin that hold files on their way to their places."""

_OF_0_1 = ".saved"
"""What release 0.1 called such a folder."""

_JOURNAL = "journal.json"
_IGNORE = ".gitignore"


@dataclass(frozen=True)
class _Step:
    """What happens to one file, as digests; None where there is no such file."""

    old: str | None
    """Before."""
    new: str | None
    """Afterwards."""
    now: str | None
    """What is in its place at this moment."""
    is_staged: bool
    """Whether its new content is at hand."""

    @property
    def is_ready(self) -> bool:
        """Whether the swap can be finished as far as this file goes."""
        return self.now == self.new or (self.now == self.old and (self.is_staged or self.new is None))


@dataclass(frozen=True)
class _Swap:
    """A swap that some writer left, as its journal tells it."""

    leading: str
    """The file that is moved last."""
    steps: Mapping[str, _Step]
    """What happens to each file, by its name."""

    @property
    def is_unseen(self) -> bool:
        """Whether the old files count: all of them are in their places."""
        lead = self.steps[self.leading]
        return lead.now == lead.old and all(step.now == step.old for step in self.steps.values() if step.old)

    @property
    def is_done(self) -> bool:
        """Whether all new files are in their places."""
        return all(step.now == step.new for step in self.steps.values() if step.new)

    @property
    def is_half_done(self) -> bool:
        """Whether the files in their places are old and new ones, and the others are at hand."""
        return not self.is_unseen and not self.is_done and all(step.is_ready for step in self.steps.values())

    def outdated(self) -> list[str]:
        """The files that belong to the other version alone: new ones where the old ones count, else old ones."""
        if self.is_done or self.is_half_done:
            return [name for name, step in self.steps.items() if step.new is None and step.now == step.old]
        if self.is_unseen:
            return [name for name, step in self.steps.items() if step.old is None and step.now == step.new]
        return []


def replace(tree: Tree, files: Mapping[str, bytes], *, leading: str, own: Iterable[str] = ()) -> tuple[str, ...]:
    """Let the folder hold these files and no others of its `own`; answers which ones changed.

    What is there already is not touched; the leading file is moved last, and what is to go goes after it. One writer at
    a time: the caller holds a lock. Raises OSError where the disk refuses; the old files are intact then, unless
    `is_half_done`.
    """
    before = {name: tree.read(name) for name in dict.fromkeys((*files, *own))}
    changed = {name: content for name, content in files.items() if not _holds(name, before[name], content)}
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
    for name in _left(tree):
        left = _journal(tree, name)
        if left is not None and left.is_half_done:
            staged = [file for file, step in left.steps.items() if step.is_staged]
            _move(tree, tree.below(name), staged, left.leading, undo={})
        for file in left.outdated() if left is not None else ():
            tree.remove(file)
        tree.clear(name)


def is_left(tree: Tree) -> bool:
    """Whether a writer that died, or is still at it, has left anything."""
    return bool(_left(tree))


def is_half_done(tree: Tree) -> bool:
    """Whether a writer that died, or is still at it, has moved some of the new files and not yet all of them.

    Where that cannot be read at this moment, it may be.
    """
    try:
        found = [_journal(tree, name) for name in _left(tree)]
    except OSError:
        return True
    return any(left is not None and left.is_half_done for left in found)


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


def _left(tree: Tree) -> list[str]:
    """The folders that writers left, were they killed or are they at it."""
    return [entry.name for entry in tree.entries() if entry.name.startswith(STAGED) or entry.name == _OF_0_1]


def _journal(tree: Tree, name: str) -> _Swap | None:
    """The swap that a folder's journal tells of; None where there is none that can be read."""
    try:
        journal = json.loads(tree.read(f"{name}/{_JOURNAL}") or b"")
        steps = {file: _step(tree, name, file, *step) for file, step in journal["files"].items()}
        return _Swap(journal["leading"], steps) if journal["leading"] in steps else None
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None


def _step(tree: Tree, name: str, file: str, old: str | None, new: str | None) -> _Step:
    staged = _digest(file, tree.read(f"{name}/new/{file}"))
    return _Step(old, new, _digest(file, tree.read(file)), is_staged=staged is not None and staged == new)


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
                _put_back(tree, name, undo[name])
        raise


def _put_back(tree: Tree, name: str, content: bytes | None) -> None:
    if content is None:
        tree.remove(name)
    else:
        tree.put(name, content)


def _holds(name: str, there: bytes | None, content: bytes) -> bool:
    return there is not None and as_written(name, there, file_digest(content)) is not None


def _digest(name: str, content: bytes | None) -> str | None:
    """Tells files apart, whatever a checkout made of their line ends."""
    return None if content is None else file_digest(plain_ends(name, content))
