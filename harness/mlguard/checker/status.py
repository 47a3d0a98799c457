"""What a branch changes about the goldens, for which reasons, what a reviewer should look at, and what is no golden."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Container, Iterator
from pathlib import Path, PurePosixPath

from packaging.version import InvalidVersion, Version

from mlguard.checker.changes import changed_code
from mlguard.checker.history import blob
from mlguard.checker.merge import whole
from mlguard.core.changed import Changed, Doubt, DoubtKind, How, Unlisted
from mlguard.core.error import MlguardError, UsageError
from mlguard.core.record import Approval, Record
from mlguard.golden.codec import RECORD, read_log
from mlguard.golden.damage import digest
from mlguard.golden.interface import Held
from mlguard.golden.naming import folder_of, name_of
from mlguard.golden.stores import open_store
from mlguard.golden.unlisted import unlisted
from mlguard.runner.repository import Repository
from mlguard.settings import Settings, settings_of


def changed_since(settings: Settings, repository: Repository, revision: str) -> list[Changed]:
    """The goldens that are not those of a revision, or of where the branch left it, by name.

    Raises UsageError where there is no revision of that name.
    """
    base = repository.commit(revision)
    if settings.golden_url is not None:
        raise UsageError(
            f"goldens lie at {settings.golden_url}: no revision has any, so nobody knows which ones a branch changes",
            advice="each golden's log says what was accepted and when; keep only large arrays there (`golden_arrays`) "
            "to review the rest under git",
            slug="status-outside",
        )
    fork = repository.git("merge-base", base.sha, "HEAD", fine=(0, 1)) or base.sha
    root = _golden_at(settings, fork)
    for place in (settings.golden, root):
        if not place.is_relative_to(repository.top):
            raise UsageError(
                f"goldens lie in {place}, outside of the repository {repository.top}: no revision has any",
                slug="status-outside",
            )
    then = {folder_of(name): name for name in _names_at(root, repository, fork)}
    store = open_store(settings)
    now = {folder_of(name): (name, store.held(name)) for name in store.names()}
    kept = {approval for _, held in now.values() if held.record is not None for approval in held.approvals}
    found = []
    for folder in {**then, **now}:
        before = blob(settings.base, fork, root / folder / RECORD) if folder in then else None
        if folder not in now:
            found.append(_removed(then[folder], before, kept))
            continue
        name, held = now[folder]
        if before is None or held.error is not None or held.version != digest(RECORD, before):
            old = None if before is None else whole(settings.base, root / folder, name, (fork,), store.read)
            found.append(_changed(name, held, before, old))
    return sorted(found, key=lambda one: one.name)


def files_of_nobody(settings: Settings, repository: Repository) -> list[Unlisted]:
    """Files that lie below the folder of the goldens and belong to none; those that git ignores are left out."""
    below = settings.golden.relative_to(repository.top).as_posix()
    found = []
    for tracked, asked in ((True, ("--cached",)), (False, ("--others", "--exclude-standard"))):
        files = dict.fromkeys(repository.listed("ls-files", "-z", *asked, "--", f":(literal){below}"))
        # Goldens are read as they lie here, and so a file that is gone here is gone.
        # The folder itself is listed where it is a submodule.
        here = [file for file in files if file != below and os.path.lexists(repository.top / file)]
        names = unlisted(settings, (PurePosixPath(file).relative_to(below).as_posix() for file in here))
        found += [Unlisted(settings.relative(settings.golden / name), tracked) for name in names]
    return found


def _golden_at(settings: Settings, commit: str) -> Path:
    """The folder in which a commit's own settings keep goldens; ours where it has none that can be used."""
    content = blob(settings.base, commit, settings.base / "pyproject.toml")
    try:
        section = tomllib.loads((content or b"").decode())["tool"]["mlguard"]
        return settings_of(settings.here, settings.root, section, declared=True).golden
    except (ValueError, RecursionError, LookupError, TypeError, MlguardError):
        return settings.golden


def _names_at(golden: Path, repository: Repository, commit: str) -> Iterator[str]:
    """Names that have the folders of the goldens of a commit."""
    root = golden.relative_to(repository.top)
    for file in repository.files(repository.commit(commit)):
        place = PurePosixPath(file)
        if place.name == RECORD and place.is_relative_to(root.as_posix()):
            yield name_of(place.parent.relative_to(root.as_posix()))


def _removed(name: str, before: bytes | None, kept: Container[Approval]) -> Changed:
    """A golden that is gone: moved, where the log of another one goes on from its own."""
    log = () if before is None else read_log(before)
    went_on = bool(log) and all(approval in kept for approval in log)
    return Changed(name, How.REMOVED, doubts=() if went_on else (Doubt(DoubtKind.REMOVED),))


def _changed(name: str, held: Held, before: bytes | None, old: Record | None) -> Changed:
    """A golden that is not what it was; `old` is that of before, where all its files could be read."""
    log = () if before is None else read_log(before)
    fresh = tuple(approval for approval in held.approvals if approval not in log)
    how = How.NEW if before is None else How.CHANGED
    if held.record is None:
        doubts: tuple[Doubt, ...] = (Doubt(DoubtKind.UNREADABLE, (held.error.what,) if held.error else ()),)
    else:
        doubts = () if before is None else tuple(_doubts(old, held.record, log, fresh))
    return Changed(name, how, fresh, doubts)


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
