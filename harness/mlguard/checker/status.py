"""What a branch changes about the goldens: which ones, for which reasons, and what a reviewer should look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from packaging.version import InvalidVersion, Version

from mlguard.checker.changes import changed_code
from mlguard.checker.history import blob
from mlguard.checker.merge import whole
from mlguard.core.changed import Changed, Doubt, DoubtKind, How
from mlguard.core.error import UsageError
from mlguard.core.record import Approval, Record
from mlguard.golden.codec import RECORD, read_log
from mlguard.golden.damage import digest
from mlguard.golden.naming import folder_of, name_of
from mlguard.golden.stores import open_store
from mlguard.runner.repository import Repository
from mlguard.settings import Settings


def changed_since(settings: Settings, repository: Repository, revision: str) -> list[Changed]:
    """The goldens that are not those of a revision, or of where the branch left it, by name.

    Raises UsageError where there is no revision of that name.
    """
    base = repository.commit(revision)
    fork = repository.git("merge-base", base.sha, "HEAD", fine=(0, 1)) or base.sha
    then = {folder_of(name): name for name in _names_at(settings, repository, fork)}
    now = {folder_of(name): name for name in open_store(settings).names()}
    compared = (_compared(settings, fork, folder, then, now) for folder in {**then, **now})
    return sorted((one for one in compared if one is not None), key=lambda one: one.name)


def _names_at(settings: Settings, repository: Repository, commit: str) -> Iterator[str]:
    """Names that have the folders of the goldens of a commit."""
    if not settings.golden.is_relative_to(repository.top):
        raise UsageError(
            f"goldens lie in {settings.golden}, outside of the repository {repository.top}: no revision has any",
            slug="status-outside",
        )
    root = settings.golden.relative_to(repository.top)
    for file in repository.files(repository.commit(commit)):
        place = PurePosixPath(file)
        if place.name == RECORD and place.is_relative_to(root.as_posix()):
            yield name_of(place.parent.relative_to(root.as_posix()))


def _compared(
    settings: Settings,
    commit: str,
    folder: PurePosixPath,
    then: dict[PurePosixPath, str],
    now: dict[PurePosixPath, str],
) -> Changed | None:
    """What became of one golden; None where it is the same."""
    place = settings.golden / folder
    before = blob(settings.base, commit, place / RECORD) if folder in then else None
    if folder not in now:
        return Changed(then[folder], How.REMOVED)
    held = open_store(settings).held(now[folder])
    if before is not None and held.error is None and held.version == digest(RECORD, before):
        return None
    log = () if before is None else read_log(before)
    fresh = tuple(approval for approval in held.approvals if approval not in log)
    how = How.NEW if before is None else How.CHANGED
    if held.record is None:
        return Changed(
            now[folder], how, fresh, (Doubt(DoubtKind.UNREADABLE, (held.error.what,) if held.error else ()),)
        )
    old = None if before is None else whole(settings.base, place, now[folder], (commit,))
    doubts = () if before is None else tuple(_doubts(old, held.record, log, fresh))
    return Changed(now[folder], how, fresh, doubts)


def _doubts(old: Record | None, new: Record, log: tuple[Approval, ...], fresh: tuple[Approval, ...]) -> Iterator[Doubt]:
    lost = [approval.reason for approval in log if approval not in new.approvals]
    if lost:
        yield Doubt(DoubtKind.LOST_APPROVALS, tuple(lost))
    if not fresh:
        yield Doubt(DoubtKind.NO_APPROVAL)
    if old is None:
        return
    code = tuple(changed_code(old.provenance, new.provenance))
    if code and not all(approval.intent for approval in fresh):
        yield Doubt(DoubtKind.NO_INTENT, code)
    unasked = tuple(sorted(old.asked.keys() - new.asked.keys()))
    if unasked:
        yield Doubt(DoubtKind.FEWER_QUESTIONS, unasked)
    if _is_older(new.mlguard, old.mlguard):
        yield Doubt(DoubtKind.OLDER_MLGUARD, (old.mlguard, new.mlguard))


def _is_older(one: str, other: str) -> bool:
    try:
        return Version(one) < Version(other)
    except InvalidVersion:
        return False
