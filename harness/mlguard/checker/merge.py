"""What git has of a golden that cannot be read: both sides of a merge, or the newest whole one that was committed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mlguard.checker.approve import Lost
from mlguard.checker.history import MERGED, blob, commits, is_merging
from mlguard.core.error import GoldenError
from mlguard.core.record import Record, newest_first
from mlguard.golden.codec import decode
from mlguard.golden.interface import Held

_SIDES = {
    "ours": (":2", "HEAD"),
    # A file that both sides left alone or changed alike is in no conflict, but in the commit that is being merged.
    "theirs": (":3", *MERGED),
}
"""The sides of a merge, and where git has their files: first those that its index keeps of a conflict."""


@dataclass(frozen=True)
class Side:
    """A golden that git has."""

    name: str
    """`ours`, which was checked out before the merge, `theirs`, or `committed` where there is no merge."""
    golden: Record
    """What it holds."""


def instead(
    project: Path, folder: Path, guard: str, held: Held, moves: Callable[[Record], Iterable[str]]
) -> tuple[Record | None, Lost | None]:
    """The golden to compare with; and what git has besides, where that cannot be read or leaves a merged log out.

    `folder` is where the golden lies, and `moves` says what moves against a golden, in words.
    """
    if held.error is None:
        if held.record is None or not is_merging(project, folder):
            return held.record, None
        found = tuple(side for side in sides(project, folder, guard) if {*side.golden.approvals} - {*held.approvals})
        told = ["the golden is that of one side of a merge; the log of the other one was kept"]
    else:
        found = sides(project, folder, guard)
        told = [f"{held.error.what}; its log of {len(held.approvals)} approvals was kept"]
    for side in found:
        newest = side.golden.approvals[0] if side.golden.approvals else None
        why = f' ({newest.when}, "{newest.reason}")' if newest else ""
        told += [f"against the {side.name} golden{why}: {move}" for move in [*moves(side.golden)][:3] or _NOTHING]
    if held.error is not None and not found:
        told.append("git has no whole golden in its place, so that nothing was compared")
    log = newest_first([*held.approvals, *(approval for side in found for approval in side.golden.approvals)])
    golden = held.record or (found[0].golden if found else None)
    return golden, Lost(tuple(told), log) if found or held.error is not None else None


_NOTHING = ["nothing moves"]


def sides(project: Path, folder: Path, guard: str) -> tuple[Side, ...]:
    """The goldens that git has in place of a damaged one, ours first: those that are whole; none without git."""
    if is_merging(project, folder):
        both = {name: _whole(project, folder, guard, revisions) for name, revisions in _SIDES.items()}
        found = tuple(Side(name, golden) for name, golden in both.items() if golden is not None)
        if found:
            return found
    whole = (_whole(project, folder, guard, (commit,)) for commit in commits(project, folder))
    newest = next((golden for golden in whole if golden is not None), None)
    return () if newest is None else (Side("committed", newest),)


def _whole(project: Path, folder: Path, guard: str, revisions: tuple[str, ...]) -> Record | None:
    """The golden of the first revisions that have each of its files; None where it is not whole."""

    def fetch(file: str) -> bytes | None:
        found = (blob(project, revision, folder / file) for revision in revisions)
        return next((content for content in found if content is not None), None)

    try:
        return decode(fetch, guard, folder.name)
    except GoldenError:
        return None
