"""Tests with the systems that teams have, each a real one that these tests start: `tox -e systems`.

Those of a system whose packages are not installed are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.with_systems.s3 import Place, Server

NEEDED = {"test_remote*.py": ("moto", "s3fs")}
"""The packages of each system, by the files of its tests."""

collect_ignore_glob = [files for files, packages in NEEDED.items() if not all(map(find_spec, packages))]


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
