"""What git has of a golden that cannot be read or is gone: both sides of a merge, or the one that was committed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mlguard.checker.approve import Lost
from mlguard.checker.history import blob, commits, is_merging
from mlguard.core.error import MlguardError
from mlguard.core.record import Record, newest_first
from mlguard.golden.bucket import UnreachableError
from mlguard.golden.codec import Fetch, decode
from mlguard.golden.interface import Held
from mlguard.runner.repository import MERGED

_SIDES = {
    "ours": (":2", "HEAD"),
    # A file that both sides left alone or changed alike is in no conflict, but in the commit that is being merged.
    "theirs": (":3", *MERGED),
}
"""The sides of a merge, and where git has their files: first those that its index keeps of a conflict."""


Read = Callable[[Fetch, str, str], Record]
"""Makes a golden of its files, of whose guard it is, and of how messages call its folder."""


@dataclass(frozen=True)
class Side:
    """A golden that git has."""

    name: str
    """`ours`, which was checked out before the merge, `theirs`, or `committed` where there is no merge."""
    golden: Record
    """What it holds."""


def instead(
    project: Path,
    folder: Path,
    guard: str,
    held: Held,
    moves: Callable[[Record], Iterable[str]],
    read: Read = decode,
) -> tuple[Record | None, Lost | None]:
    """The golden to compare with; and what git has besides, where that cannot be read, is gone or leaves a log out.

    `folder` is where the golden lies, `moves` says what moves against a golden, in words, and `read` makes one of the
    files that git has. Raises UnreachableError where an array of theirs is kept where nobody answers.
    """
    found = _besides(project, folder, guard, held, read)
    if not found and held.error is None:
        return held.record, None
    told = [_told(held)]
    for side in found:
        newest = side.golden.approvals[0] if side.golden.approvals else None
        why = f' ({newest.when}, "{newest.reason}")' if newest else ""
        told += [f"against the {side.name} golden{why}: {move}" for move in [*moves(side.golden)][:3] or _NOTHING]
    if not found:
        told.append("git has no whole golden in its place, so that nothing was compared")
    log = newest_first([*held.approvals, *(approval for side in found for approval in side.golden.approvals)])
    return held.record or (found[0].golden if found else None), Lost(tuple(told), log)


_NOTHING = ["nothing moves"]


def _told(held: Held) -> str:
    """What is the matter with the golden that lies there."""
    if held.error is not None:
        return f"{held.error.what}; its log of {len(held.approvals)} approvals was kept"
    if held.record is None:
        return "the golden is gone and git has it; its log was kept"
    return "the golden is that of one side of a merge; the log of the other one was kept"


def _besides(project: Path, folder: Path, guard: str, held: Held, read: Read) -> tuple[Side, ...]:
    """The goldens of git that matter beside what lies there."""
    if held.error is not None:
        return sides(project, folder, guard, commits(project, folder), read)
    if held.record is None:
        return sides(project, folder, guard, ("HEAD",), read)
    merged = sides(project, folder, guard, (), read) if is_merging(project, folder) else ()
    return tuple(side for side in merged if {*side.golden.approvals} - {*held.approvals})


def sides(project: Path, folder: Path, guard: str, committed: Iterable[str], read: Read = decode) -> tuple[Side, ...]:
    """The whole goldens of both sides of a merge, ours first; else that of the first commit that has one."""
    if is_merging(project, folder):
        both = {name: whole(project, folder, guard, revisions, read) for name, revisions in _SIDES.items()}
        found = tuple(Side(name, golden) for name, golden in both.items() if golden is not None)
        if found:
            return found
    found_whole = (whole(project, folder, guard, (commit,), read) for commit in committed)
    newest = next((golden for golden in found_whole if golden is not None), None)
    return () if newest is None else (Side("committed", newest),)


def whole(project: Path, folder: Path, guard: str, revisions: tuple[str, ...], read: Read = decode) -> Record | None:
    """The golden of the first revisions that have each of its files; None where it is not whole.

    Raises UnreachableError where an array of it is kept where nobody answers, since nobody knows then what it was.
    """

    def fetch(file: str) -> bytes | None:
        found = (blob(project, revision, folder / file) for revision in revisions)
        return next((content for content in found if content is not None), None)

    try:
        return read(fetch, guard, folder.name)
    except UnreachableError:
        raise
    except MlguardError:
        return None
