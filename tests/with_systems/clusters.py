"""Clusters of Dask and of Ray on this machine, in processes of their own that a test can kill."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from distributed import Client

from tests.worker.living import until

STARTING = 120.0
"""Seconds in which a cluster has to start, on a machine that does other things besides."""


UP = "Ray runtime started"
"""What the head of Ray says once it takes clients."""


@dataclass(frozen=True)
class Cluster:
    """A cluster of two nodes."""

    address: str
    """Its address, as `--scheduler` takes it."""
    nodes: Callable[[], list[int]]
    """The processes of its nodes that are there now."""
    head: subprocess.Popen[bytes]
    """Its scheduler."""

    def kill_one(self) -> bool:
        """Kill the node that has been there longest, as a machine that fails would end; whether there was one."""
        for node in self.nodes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(node, signal.SIGKILL)
                return True
        return False

    @contextmanager
    def failing(self, every: float, times: int) -> Iterator[list[float]]:
        """Lose a node again and again while the block runs; answers when that was."""
        ended, killed = threading.Event(), list[float]()

        def kill() -> None:
            while len(killed) < times and not ended.wait(every):
                if self.kill_one():
                    killed.append(time.monotonic())

        killing = threading.Thread(target=kill)
        killing.start()
        try:
            yield killed
        finally:
            ended.set()
            killing.join()


@contextmanager
def dask(folder: Path, *, variables: dict[str, str] | None = None) -> Iterator[Cluster]:
    """A scheduler of Dask and two workers of one thread, which come back where they are killed."""
    address = f"tcp://127.0.0.1:{_free_port()}"
    scheduler = ("distributed.cli.dask_scheduler", "--host", address, "--no-dashboard", "--no-show")
    workers = ("--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder))
    with ExitStack() as stack:
        head = stack.enter_context(_started(scheduler, folder / "scheduler.log"))
        worker = ("distributed.cli.dask_worker", address, *workers)
        stack.enter_context(_started(worker, folder / "worker.log", variables))
        client = stack.enter_context(Client(address, timeout=STARTING, set_as_default=False))
        client.wait_for_workers(2, timeout=STARTING)
        yield Cluster(address, lambda: _of_dask(client), head)


@contextmanager
def ray() -> Iterator[Cluster]:
    """A head of Ray with two processors."""
    gcs, client = _free_port(), _free_port()
    # Names of sockets have at most 107 characters, and Ray's lie deep below its folder.
    with tempfile.TemporaryDirectory(prefix="ray") as folder:
        options = (
            *("--head", "--block", "--port", str(gcs), "--ray-client-server-port", str(client), "--num-cpus", "2"),
            *("--min-worker-port", "0", "--max-worker-port", "0", "--object-store-memory", "100000000"),
            *("--include-dashboard=false", "--disable-usage-stats", "--temp-dir", folder),
        )
        log = Path(folder) / "log"
        # On a busy machine its parts would lose patience with each other, and its nodes would wait for all others.
        patient = {"RAY_raylet_start_wait_time_s": f"{STARTING:.0f}", "RAY_worker_niceness": "0"}
        with _started(("ray.scripts.scripts", "start", *options), log, patient) as head:
            until(lambda: UP in log.read_text(errors="replace") or head.poll() is not None, STARTING)
            assert UP in (told := log.read_text(errors="replace")), told
            yield Cluster(f"ray://127.0.0.1:{client}", _of_ray, head)


def _of_dask(client: Client) -> list[int]:
    with contextlib.suppress(OSError, TimeoutError, ValueError):  # One that was just killed has not come back yet.
        return list(client.run(os.getpid, on_error="ignore").values())
    return []


def _of_ray() -> list[int]:
    found = [p for p in psutil.process_iter(["name", "cmdline"]) if "ray::serve" in " ".join(p.info["cmdline"] or ())]
    return [process.pid for process in found]


@contextmanager
def _started(
    module: Sequence[str], log: Path, variables: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *module],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(variables or {})},
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it started, as far as they do not end by themselves."""
    with contextlib.suppress(psutil.NoSuchProcess):
        below = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        for each in [*below, psutil.Process(process.pid)] if process.poll() is None else below:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
    process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
