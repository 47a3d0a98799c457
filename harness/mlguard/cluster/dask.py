"""Dask: tasks for the workers of a scheduler of its library `distributed`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mlguard.cluster.interface import PATIENCE, broken, in_a_line, missing, unreachable
from mlguard.cluster.node import leave, serve
from mlguard.cluster.task import Answer, Task


class Dask:
    """The workers of one scheduler, each of which is a node; the scheduler gives what a lost one had to others."""

    def __init__(self, address: str) -> None:
        """Raises UsageError where the library is not installed, and where no scheduler or no worker answers."""
        try:
            import distributed
        except ImportError as error:
            raise missing("the library distributed of Dask", "dask") from error
        # What it logs of lost connections and workers is said once, by the task that suffers from it. Its own settings
        # give some of its loggers a level.
        for name in [one for one in logging.root.manager.loggerDict if one.partition(".")[0] == "distributed"]:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._dask: Any = distributed
        try:
            self._client = self._dask.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise unreachable(address, in_a_line(error)) from error
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            self._client.close()
            raise unreachable(address, "it has no worker") from error

    @property
    def slots(self) -> int:
        """Threads of all workers."""
        return sum(self._client.nthreads().values())

    def call(self, task: Task) -> Answer:
        """Do a task on any worker. Raises RunError where that fails."""
        future = self._asked(lambda: self._client.submit(serve, task, pure=False))
        try:
            answer: Answer = self._asked(future.result)
        finally:
            future.release()
        return answer

    def everywhere(self, task: Task) -> list[Answer]:
        """Do a task on each worker. Raises RunError where that fails."""
        return list(self._asked(lambda: self._client.run(serve, task)).values())

    def close(self, session: str) -> None:
        """End what workers keep, and the connection."""
        with suppress(Exception):  # What cannot be reached ends it by itself.
            self._client.run(leave, session, on_error="ignore")
        self._client.close()

    def _asked(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except self._dask.KilledWorker as error:
            raise broken("it lost one worker after the other while they ran this") from error
        except (self._dask.CancelledError, OSError, TimeoutError) as error:
            raise broken(in_a_line(error)) from error
