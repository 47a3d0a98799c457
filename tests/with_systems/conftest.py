"""Tests with systems that other people run, real ones that pip installs and these tests start: `tox -e systems`.

Each file runs wherever what it needs is installed; nothing of it is in the extra `test`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from tests.with_systems.tracking import Server, started

NEEDS = {
    "test_mlflow.py": ("mlflow", "sqlalchemy"),
    "test_mlflow_guarded.py": ("mlflow", "sqlalchemy"),
    "test_release.py": ("fastapi", "uvicorn"),
}
"""The libraries that a module of tests needs. One that needs none is too long for every run of the tests."""

collect_ignore = [module for module, needed in NEEDS.items() if not all(map(find_spec, needed))]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A tracking server of MLflow."""
    with started(tmp_path_factory.mktemp("server")) as running:
        yield running
