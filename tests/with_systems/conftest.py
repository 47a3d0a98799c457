"""Tests with systems that other people run, real ones that pip installs and these tests start: `tox -e systems`.

Each file runs wherever what it needs is installed; nothing of it is in the extra `test`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.with_systems.s3 import Place, Server
from tests.with_systems.tracking import Server as Tracker
from tests.with_systems.tracking import started

NEEDED = {
    "test_cluster*.py": ("distributed", "ray"),
    "test_dask*.py": ("dask", "pyarrow"),
    "test_gokart*.py": ("boto3", "gokart", "moto", "pandera", "smart_open", "toml"),
    "test_killed.py": ("fastapi", "uvicorn"),
    "test_mlflow*.py": ("mlflow", "sqlalchemy"),
    "test_release.py": ("fastapi", "uvicorn"),
    "test_remote*.py": ("moto", "s3fs"),
    "test_skops.py": ("skops",),
}
"""What the files of each system need. `test_killed.py` needs nothing, and is too long for every run of the tests."""

collect_ignore_glob = [files for files, needed in NEEDED.items() if not all(map(find_spec, needed))]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracker]:
    """A tracking server of MLflow."""
    with started(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of S3 on this machine."""
    with Server.started(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(s3: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A bucket of its own for one test, and the way to it, which can be cut."""
    import s3fs

    with s3.place() as place:
        s3fs.S3FileSystem.clear_instance_cache()  # It knows the way of the last test.
        for name, value in place.variables.items():
            monkeypatch.setenv(name, value)
        # One attempt: a test that cuts the way must not wait for all of them.
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(Path(__file__).with_name("no-such-file")))
        yield place
