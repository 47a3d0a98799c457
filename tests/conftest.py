"""Tiny projects to run `mlguard` in; their workers come from one zygote, which starts where a test needs it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.properties import register, seed

if TYPE_CHECKING:
    from mlguard.worker.pool import Workers
    from tests.project import Project

register()

# Two processes share the cores here: threads that wait for others let them run.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# pytest's own plugin for testing plugins, which only the outermost conftest may load.
pytest_plugins = ["pytester"]

LONGEST = ("power", "examples", "docs", "acceptance", "cli", "plugin", "tools", "checker")
"""Rooms whose tests take longest, in that order; they start first, so that no core is idle at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Under xdist, start those that take longest first."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    rooms = item.nodeid.split("/")
    return next((turn for turn, room in enumerate(LONGEST) if room in rooms[:2]), len(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Under xdist, run tests that share what is made once in one process."""
    from tests.sharing import Sharing  # It imports xdist, which only this hook is sure to find.

    return Sharing(config, log)


@pytest.hookimpl(tryfirst=True)  # Before hypothesis reads its options.
def pytest_configure(config: pytest.Config) -> None:
    """Draw the seed of a random run of property tests."""
    seed(config)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say how a random run of property tests is replayed."""
    options = seed(config)
    return [f"replay property tests with: {options}"] if options else []


@pytest.fixture(autouse=True)
def no_module_is_left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Modules of a test's own files are gone after it: the next test may have one of the same name."""
    before = {*sys.modules}
    yield
    own = str(tmp_path_factory.getbasetemp())
    for name in {*sys.modules} - before:
        if str(getattr(sys.modules[name], "__file__", None)).startswith(own):
            del sys.modules[name]


@pytest.fixture(scope="session")
def zygote() -> Iterator[Workers]:
    """Worker processes for the runs of all tiny projects."""
    from mlguard.worker.pool import Workers  # Late: most tests never need it.

    with Workers(preload=("mlguard.runner.child", "mlguard.runner.bundle", "joblib"), use_zygote=True) as workers:
        yield workers


@pytest.fixture(scope="module")
def at_once(zygote: Workers) -> Iterator[None]:
    """Runs without a start of their own, and goldens without the noise certificate."""
    from tests.project import sharing, unmeasured

    with sharing(zygote), unmeasured():
        yield


@pytest.fixture
def fresh(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A tiny project that has no golden yet."""
    from tests.project import Project

    return Project(tmp_path_factory.mktemp("fresh"))


@pytest.fixture(scope="module")
def line(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A tiny project with its golden, shared by a module: leave it as it was."""
    from tests.project import Project

    project = Project(tmp_path_factory.mktemp("line"))
    assert project.regen().proposal is not None
    return project
