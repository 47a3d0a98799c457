"""What pytest's collection asks: which guards a module has, and what a whole run adds."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mlguard.core.error import MlguardError
from mlguard.core.guard import Guard, is_base
from mlguard.plugin.nodes import StageItem, collectors
from mlguard.plugin.session import SESSION


def collected(parent: pytest.Module | pytest.Class, obj: type) -> list[pytest.Collector] | None:
    """A collector per variant of a guard; none for bases and imported guards; None for classes of another kind."""
    if not issubclass(obj, Guard):
        return None
    if not isinstance(parent, pytest.Module) or not _is_own(parent, obj):
        return []
    try:
        project = parent.config.stash[SESSION].project(parent.path.resolve().parent)
        return list(collectors(parent, obj, project))
    except MlguardError as error:
        raise parent.CollectError(str(error)) from error


def completed(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Drop items that came twice, by two arguments or two names of a class, and add a whole run's stale goldens."""
    items[:] = _once(items)
    mine = session.config.stash[SESSION]
    from mlguard.plugin.whole import is_whole, stale_items

    try:
        mine.project(session.config.rootpath)
    except MlguardError:
        return  # Every guard's own item says it.
    for project in mine.projects():
        if is_whole(session, project.settings, deselected=mine.deselected):
            items += stale_items(session, project)


def _is_own(parent: pytest.Module, obj: type[Guard]) -> bool:
    """Whether a module defines this guard; one that it imports belongs to the module that defines it."""
    return obj.__module__ == parent.obj.__name__ and not is_base(obj)


def _once(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    seen: set[str] = set()
    kept = []
    for item in items:
        if not isinstance(item, StageItem) or item.nodeid not in seen:
            kept.append(item)
        if isinstance(item, StageItem):
            seen.add(item.nodeid)
    return kept
