"""pytest's door to mlguard: hooks only; whatever is heavy loads once a guard is met."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlguard.plugin.session import ENVIRONMENT, SESSION, open_session

if TYPE_CHECKING:
    from mlguard.plugin.noted import Notes
    from mlguard.plugin.project import Project

_GUARDS = "mlguard.core.guard"
"""The module that every declaration of a guard imports."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare our options."""
    from mlguard.plugin.asked import add_options

    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Remember the environment as the command line gave it."""
    early_config.stash[ENVIRONMENT] = dict(os.environ)


def pytest_configure(config: pytest.Config) -> None:
    """Open our part of the session; contradicting options end it here."""
    config.stash[SESSION] = open_session(config)
    if (file := config.stash[SESSION].asked.report) and not hasattr(config, "workerinput"):
        from mlguard.plugin.page import accept_place

        accept_place(file, config.rootpath)
    if (folder := _project_above(config.rootpath)) is not None:
        project = config.stash[SESSION].meet(folder)
        # As `mlguard check` does, so that modules of guards can be collected.
        entries = project.settings.import_path if project is not None else ()
        sys.path[:0] = [entry for entry in entries if entry not in sys.path]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Let a worker of xdist take part in this session."""
    node.workerinput["mlguard"] = node.config.stash[SESSION].given()


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> None:
    """Meet the projects below pytest's root, of which no guard may be collected."""
    if _is_project(path):
        parent.config.stash[SESSION].meet(path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Remember what came of each module."""
    report = yield
    if isinstance(collector, pytest.Module):
        collector.config.stash[SESSION].modules[collector.path] = report.outcome
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Module | pytest.Class, obj: object) -> list[pytest.Collector] | None:
    """Collect the guards that a module defines; one that is imported belongs to its own module."""
    collector.config.stash[SESSION].looked_into.add(collector.path)
    if _GUARDS not in sys.modules or not isinstance(obj, type):
        return None
    from mlguard.plugin.collection import collected

    return collected(collector, obj)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> Generator[None, None, None]:
    """Before anybody selects: no stage twice, and an item for each guard and golden that the run passes over."""
    mine = config.stash[SESSION]
    if _GUARDS not in sys.modules and not mine.projects() and not mine.unusable:
        return (yield)
    from mlguard.plugin.collection import completed, narrowed

    completed(session, items)
    before = list(items)
    yield
    narrowed(items, before)


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """One line on what is guarded, where anything is."""
    from mlguard.plugin.summary import greeting

    return greeting(config.stash[SESSION])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Compare what a test noted, once it has passed."""
    __tracebackhide__ = True
    yield
    if (notes := _notes(item)) is not None:
        item.config.stash[SESSION].recorded += notes.settle()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Draw the Verdict on what a test noted in full."""
    report = yield
    if call.excinfo is not None and _notes(item) is not None:
        from mlguard.plugin.nodes import VerdictError, drawn

        if isinstance(call.excinfo.value, VerdictError):
            report.longrepr = drawn(call.excinfo.value, item)
    return report


@pytest.fixture
def guard(request: pytest.FixtureRequest) -> Generator[Notes, None, None]:
    """Guard values of an ordinary test: `guard.note("sims", sims)` compares them with the test's golden."""
    from mlguard.core.notes import listening
    from mlguard.plugin.noted import NOTES, Notes

    item = request.node
    notes = item.stash[NOTES] = Notes(item, _project(item))
    with listening(notes):
        yield notes
    del item.stash[NOTES]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over where a worker of xdist left its Verdicts."""
    node.config.stash[SESSION].take(getattr(node, "workeroutput", {}).get("mlguard"))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End our workers, leave the page that was asked for, and log: nobody is to wait for what is not there."""
    mine = session.config.stash[SESSION]
    mine.close()
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["mlguard"] = mine.told()
        return
    if mine.asked.report:
        from mlguard.plugin.page import leave_page

        if not leave_page(mine) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
    if mine.folders:  # Guards ran, here or elsewhere.
        from mlguard.plugin.logged import log_guards

        log_guards(mine)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line on all guards that ran, what was recorded, and where their page lies."""
    from mlguard.plugin.summary import farewell

    mine = config.stash[SESSION]
    lines = [*farewell(mine), *filter(None, [mine.page, mine.logged])]
    if lines:
        terminalreporter.ensure_newline()
        terminalreporter.section("mlguard")
        for line in lines:
            terminalreporter.write_line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close, however the session ended; a worker's folders may still serve the others."""
    mine = config.stash.get(SESSION, None)
    if mine is not None:
        mine.close()
        if not hasattr(config, "workeroutput"):
            mine.finish()


def _notes(item: pytest.Item) -> Notes | None:
    if _GUARDS not in sys.modules:
        return None
    from mlguard.plugin.noted import NOTES

    return item.stash.get(NOTES, None)


def _project(item: pytest.Item) -> Project:
    return item.config.stash[SESSION].project(item.path.parent)


def _project_above(folder: Path) -> Path | None:
    """The nearest folder, from this one upwards, that says that it has goldens."""
    return next((place for place in (folder, *folder.parents) if _is_project(place)), None)


def _is_project(folder: Path) -> bool:
    """Whether a folder says that it has goldens; read without importing anything."""
    try:
        return b"[tool.mlguard" in (folder / "pyproject.toml").read_bytes()
    except OSError:
        return False
