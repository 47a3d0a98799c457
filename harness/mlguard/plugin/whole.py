"""What a run must not pass over: guards that pytest has not collected, and goldens whose guard is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlguard.checker.isolated import isolated
from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.plugin.nodes import FailingItem
from mlguard.plugin.project import Project
from mlguard.plugin.scope import Scope
from mlguard.settings import Settings

if TYPE_CHECKING:
    from mlguard.discovery import Declared

PROJECT = "[tool.mlguard]"
"""What the Verdict on a project as a whole is called."""

_DECLARES = re.compile(rb"^[ \t]*class\s+\w+\s*[(\[]|\bGuard\b|\btype\s*\(", re.MULTILINE)
"""What no module lacks that declares a guard; a base may come from another module, so its name says nothing."""


def passed_over(session: pytest.Session, project: Project) -> list[FailingItem]:
    """A failing item for each guard that this run should have collected and did not, and for each stale golden.

    pytest then selects among them as among all others: `-k "not slow"` keeps them, `-k Churn` keeps those of Churn.
    """
    scope = Scope(session)
    asked = _within(project.settings, scope)
    if not asked.guards or not asked.declared:
        return []
    return isolated(
        PROJECT,
        lambda: [*_missed(session, project, asked, scope), *_stale(session, project, scope)],
        lambda failed: [unusable(session, asked.base, failed)],  # Nobody knows which guards there are.
    )


def unusable(session: pytest.Session, folder: Path, verdict: Verdict) -> FailingItem:
    """The item of a project whose guards cannot be found; without it, a run that collects none would pass."""
    return FailingItem.of_file(session, folder / "pyproject.toml", "guards", verdict)


def _within(settings: Settings, scope: Scope) -> Settings:
    """The settings with those places of guards that the run was asked for; before there is a golden of a guard, one may
    not exist yet.
    """
    places = (place for place in settings.guards if scope.touches(place))
    return replace(settings, guards=tuple(place for place in places if place.exists() or _has_goldens(settings)))


def _has_goldens(settings: Settings) -> bool:
    from mlguard.golden.stores import open_store

    return bool(open_store(settings).names(of_tests=False))


def _missed(session: pytest.Session, project: Project, asked: Settings, scope: Scope) -> Iterator[FailingItem]:
    """Guards in files that pytest has not looked into, and such files of which nobody knows whether they have any."""
    from mlguard.discovery import files

    unseen = [file for file in scope.unseen(files(asked)) if _may_declare(file)]
    if not unseen:
        return
    from mlguard.checker.check import broken

    found = project.runner().find(unseen)
    guards = [guard for guard in found.guards if guard.ref not in project.guards]
    project.left_out |= any(scope.is_left_out(guard.ref.file) for guard in guards)
    for guard in guards:
        if not scope.is_left_out(guard.ref.file):
            yield FailingItem.of_file(session, guard.ref.file, guard.ref.name, _not_collected(session, guard, asked))
    unknown = {file: text for file, text in found.broken.items() if not scope.is_left_out(Path(file))}
    for verdict in broken(asked, replace(found, broken=unknown)):
        yield FailingItem.of_file(session, asked.base / verdict.guard, "guards", verdict)


def _may_declare(file: Path) -> bool:
    """Whether a file may declare a guard, as far as its text can tell; one that cannot be read may."""
    try:
        return _DECLARES.search(file.read_bytes()) is not None
    except OSError:
        return True


def _not_collected(session: pytest.Session, guard: Declared, settings: Settings) -> Verdict:
    file = settings.relative(guard.ref.file)
    return Verdict(
        guard.ref.name,
        Outcome.ERROR,
        problem=(
            f"guard {guard.ref.name} ({file}:{guard.line}) was not collected by pytest, so nothing was compared: "
            f"{_why(session, guard.ref.file)}. If pytest is not meant to run it, take the file out of `guards` in "
            "[tool.mlguard], or leave it out of this run with --ignore"
        ),
        slug="guard-not-collected",
        file=file,
        usage=True,
    )


def _why(session: pytest.Session, file: Path) -> str:
    """What keeps pytest from a file, and what to do about it."""
    patterns: list[str] = session.config.getini("python_files")
    if Scope(session).is_module(file):
        return "its module says `__test__ = False`, or a plugin collects it in another way; take that out"
    if not any(file.match(pattern) for pattern in patterns):
        return f"`python_files` ({', '.join(patterns)}) does not match {file.name}; rename the file, or add a pattern"
    return "`norecursedirs`, `collect_ignore` in a conftest.py or a plugin leaves the file out; take it out of there"


def _stale(session: pytest.Session, project: Project, scope: Scope) -> list[FailingItem]:
    """An item for each golden without a guard, where the run was asked for every place of guards."""
    settings = project.settings
    is_empty = settings.golden_url is None and not settings.golden.is_dir()
    if project.left_out or is_empty or not all(map(scope.covers, settings.guards)):
        return []
    from mlguard.golden.stores import open_store

    store = open_store(settings)
    return [FailingItem.of_golden(session, Path(store.place(gone.guard)), gone) for gone in _gone(project)]


def _gone(project: Project) -> Sequence[Verdict]:
    from mlguard.checker.check import stale
    from mlguard.runner.order import Found

    if not stale(project.settings, Found(tuple(project.guards.values()))):
        return ()
    # A guard may stand in a module that pytest does not collect, so the project's own search decides.
    found = project.runner().find()
    unread = b"".join(Path(file).read_bytes() for file in found.broken)
    return [gone for gone in stale(project.settings, replace(found, broken={})) if not _is_named(gone.guard, unread)]


def _is_named(guard: str, text: bytes) -> bool:
    """Whether modules that cannot be imported here, such as those that skip themselves, may declare a guard."""
    return re.search(rb"\b%s\b" % re.escape(guard.partition("[")[0].encode()), text) is not None
