"""A tracking server of MLflow in a process of its own, with a fresh database, and what it was told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Server:
    """A server on loopback."""

    def __init__(self, folder: Path, port: int) -> None:
        """`folder` holds its database, its files and its log."""
        self.folder, self.uri = folder, f"http://127.0.0.1:{port}"

    @property
    def client(self) -> Any:
        """A client of MLflow itself."""
        from mlflow import MlflowClient

        return MlflowClient(self.uri)

    def runs(self, experiment: str, wanted: str = "") -> list[Any]:
        """The runs of an experiment that fit a filter, the first one first."""
        found = self.client.get_experiment_by_name(experiment)
        if found is None:
            return []
        return list(self.client.search_runs([found.experiment_id], wanted, order_by=["attributes.created ASC"]))

    def page(self, run: Any) -> str:
        """The page that was kept with a run."""
        return Path(self.client.download_artifacts(run.info.run_id, "report.html")).read_text("utf-8")

    def everything(self) -> bytes:
        """All bytes that it keeps, and its log."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())


@contextmanager
def started(folder: Path) -> Iterator[Server]:
    """A server that answers, for as long as the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # What the tests are told about tracking is not told to the server.
    variables = {name: text for name, text in os.environ.items() if not name.startswith("MLFLOW_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port)),
                *("--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/tracking.db"),
                *("--artifacts-destination", str(folder / "files")),
            ],
            cwd=folder,
            # Its job runners, six processes more, evaluate models for MLflow, and nothing here asks for that.
            env={**variables, "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    server = Server(folder, port)
    try:
        while not _answers(server.uri):
            assert process.poll() is None, (folder / "log").read_text("utf-8")
            time.sleep(0.2)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _answers(uri: str) -> bool:
    try:
        with urllib.request.urlopen(f"{uri}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
