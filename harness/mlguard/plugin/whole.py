"""Whether a session looks at every guard of a project, and the goldens that then turn out to have no guard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from mlguard.core.error import MlguardError
from mlguard.core.verdict import Verdict
from mlguard.plugin.nodes import StaleItem
from mlguard.plugin.project import Project
from mlguard.settings import Settings

NARROWING = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise")
"""pytest's options that leave tests out, by the names under which its configuration has them."""


def is_whole(session: pytest.Session, settings: Settings, *, deselected: bool) -> bool:
    """Whether nothing was left out: no filter, no node id, no part of the folders in which guards are declared."""
    config = session.config
    if deselected or session.testsfailed or any(config.getoption(name, None) for name in NARROWING):
        return False
    if any("::" in arg for arg in config.args):
        return False
    given = [Path(config.invocation_params.dir, arg).resolve() for arg in config.args]
    return all(any(place == top or place.is_relative_to(top) for top in given) for place in settings.guards)


def stale_items(session: pytest.Session, project: Project) -> list[StaleItem]:
    """An item for each golden without a guard; none where it cannot be known, since a module is broken."""
    try:
        gone = _stale(project)
    except MlguardError:
        return []  # Every guard's own item says it.
    return [_item(session, project.settings, verdict) for verdict in gone]


def _stale(project: Project) -> Sequence[Verdict]:
    if not project.settings.golden.is_dir():
        return ()
    from mlguard.checker.check import stale
    from mlguard.runner.order import Found

    if not stale(project.settings, Found(tuple(project.guards.values()))):
        return ()
    # A guard may stand in a module that pytest does not collect, so the project's own search decides.
    return stale(project.settings, project.runner().find())


def _item(session: pytest.Session, settings: Settings, verdict: Verdict) -> StaleItem:
    from mlguard.golden.local import LocalStore

    folder = LocalStore(settings.golden, settings.base).folder(verdict.guard)
    return StaleItem.from_parent(pytest.Dir.from_parent(session, path=folder), name="stale", verdict=verdict)
