"""Ray: tasks for the nodes of a cluster that its client reaches."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from mlguard.cluster.interface import broken, in_a_line, missing, unreachable
from mlguard.cluster.node import serve
from mlguard.cluster.task import Answer, Task

LOST = 3
"""Times that a task is begun again after its process was lost, as Dask does by itself."""


class Ray:
    """The nodes of one cluster; what a lost process had is begun again in another."""

    def __init__(self, address: str) -> None:
        """Raises UsageError where the library is not installed, and where no cluster answers."""
        try:
            import ray
            from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
        except ImportError as error:
            raise missing("Ray", "ray") from error
        self._ray: Any = ray
        self._only_on: Any = NodeAffinitySchedulingStrategy
        try:
            self._ray.init(address, log_to_driver=False, logging_level=logging.CRITICAL)
        except (ConnectionError, RuntimeError, ValueError, TimeoutError) as error:
            raise unreachable(address, in_a_line(error)) from error
        self._serve = self._ray.remote(max_retries=LOST, num_cpus=1)(serve)

    @property
    def slots(self) -> int:
        """Processors that the cluster declares."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def call(self, task: Task) -> Answer:
        """Do a task on any node. Raises RunError where that fails."""
        return self._got(self._serve, task)

    def everywhere(self, task: Task) -> list[Answer]:
        """Do a task on each machine. Raises RunError where that fails."""
        nodes = [node["NodeID"] for node in self._ray.nodes() if node["Alive"]]
        there = [self._serve.options(scheduling_strategy=self._only_on(node, soft=False)) for node in nodes]
        return [self._got(one, task) for one in there]

    def close(self, session: str) -> None:
        """Leave the cluster, which ends this command's processes."""
        with suppress(Exception):
            self._ray.shutdown()

    def _got(self, function: Any, task: Task) -> Answer:
        try:
            answer: Answer = self._ray.get(function.remote(task))
        except self._ray.exceptions.RayTaskError:
            raise  # What guarded code raises is an answer: this is a defect of ours.
        except (self._ray.exceptions.RayError, ConnectionError) as error:
            raise broken(in_a_line(error)) from error
        return answer
