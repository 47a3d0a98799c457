"""A project in a temporary folder, and workers of both kinds to run its functions in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlguard.worker.environment import Environment
from mlguard.worker.job import Job, Result
from mlguard.worker.pool import Workers

SUBJECT = Path(__file__).with_name("subject.py")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    shutil.copy(SUBJECT, root)
    return root


@pytest.fixture(scope="session", params=["spawned", "forked"])
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    with pytest.MonkeyPatch.context() as patch:
        # What CI may say about bytecode must not be what keeps the project's folders clean.
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        workers = Workers(preload=["numpy", "sklearn.ensemble", "subject"], use_zygote=request.param == "forked")
    with workers:
        workers.kind = request.param
        yield workers


@pytest.fixture
def call(project: Path, workers: Workers) -> Callable[..., Result]:
    def call(
        function: str,
        payload: object = None,
        *,
        timeout: float | None = 60,
        environment: Environment | None = None,
        fresh: bool = False,
    ) -> Result:
        job = Job(
            function if ":" in function else f"subject:{function}",
            payload,
            project,
            (str(project),),
            timeout=timeout,
            environment=environment,
            fresh=fresh,
        )
        return workers.run(job)

    return call
