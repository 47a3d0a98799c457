"""Tiny projects to run `mlguard` in; their workers come from one zygote, which starts where a test needs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mlguard.worker.pool import Workers
    from tests.project import Project

# pytest's own plugin for testing plugins, which only the outermost conftest may load.
pytest_plugins = ["pytester"]


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
