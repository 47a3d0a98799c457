"""What git has of a golden that cannot be read: both sides of a merge, or the committed one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlguard.checker.history import blob, is_unmerged
from mlguard.core.error import GoldenError
from mlguard.core.record import Record
from mlguard.golden.codec import decode

_SIDES = {
    "ours": (":2", "HEAD"),
    # A file that both sides left alone or changed alike is in no conflict, but in the commit that is being merged.
    "theirs": (":3", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD"),
}
"""The sides of a merge, and where git has their files: first those that its index keeps of a conflict."""

_COMMITTED = {"committed": ("HEAD",)}


@dataclass(frozen=True)
class Side:
    """A golden that git has."""

    name: str
    """`ours`, which was checked out before the merge, `theirs`, or `committed` where there is no merge."""
    golden: Record
    """What it holds."""


def sides(project: Path, folder: Path, guard: str) -> tuple[Side, ...]:
    """The goldens that git has in place of a damaged one, ours first: those that are whole; none without git."""
    return tuple(_whole(project, folder, guard))


def _whole(project: Path, folder: Path, guard: str) -> Iterator[Side]:
    for name, revisions in (_SIDES if is_unmerged(project, folder) else _COMMITTED).items():

        def fetch(file: str, revisions: tuple[str, ...] = revisions) -> bytes | None:
            found = (blob(project, revision, folder / file) for revision in revisions)
            return next((content for content in found if content is not None), None)

        try:
            yield Side(name, decode(fetch, guard, folder.name))
        except GoldenError:
            continue
