"""What pytest's collection asks: which guards a module has, and what else the run must look at."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from mlguard.core.error import MlguardError
from mlguard.core.guard import Guard, is_base
from mlguard.core.outcome import Outcome
from mlguard.plugin.nodes import FailingItem, StageItem, collectors
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
    """Drop items that came twice, by two arguments or two names of a class, and add those for what was passed over."""
    items[:] = _once(items)
    if session.testsfailed:
        return  # A module cannot be collected: the run fails, and nobody knows which guards it hides.
    from mlguard.checker.isolated import failed
    from mlguard.plugin.whole import PROJECT, passed_over, unusable

    mine = session.config.stash[SESSION]
    items += [unusable(session, folder, failed(PROJECT, error)) for folder, error in mine.unusable.items()]
    for project in mine.projects():
        items += passed_over(session, project)


def narrowed(items: list[pytest.Item], before: list[pytest.Item]) -> None:
    """Drop stale goldens where somebody left a guard out: the run is about something else then."""
    kept = {item.nodeid for item in items}
    if any(isinstance(item, StageItem) and item.nodeid not in kept for item in before):
        items[:] = [i for i in items if not (isinstance(i, FailingItem) and i.verdict.outcome is Outcome.STALE)]


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
