"""Clusters: what mlguard needs of one, and which there are."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, Protocol
from urllib.parse import urlsplit

from mlguard.cluster.task import Answer, Task
from mlguard.core.error import RunError, UsageError

PATIENCE: Final = 30.0
"""Seconds in which a cluster has to answer, and to have a first node."""


class Cluster(Protocol):
    """A cluster that is already there. Thread safe."""

    @property
    def slots(self) -> int:
        """Tasks that it runs at once."""

    def call(self, task: Task) -> Answer:
        """Do a task on any node, and on another where that one is lost. Raises RunError where the cluster fails."""

    def everywhere(self, task: Task) -> list[Answer]:
        """Do a task on each machine that is there now. Raises RunError where the cluster fails."""

    def close(self, session: str) -> None:
        """End what nodes keep for a command, and leave the cluster as it was."""


CLUSTERS: Final = {**dict.fromkeys(("tcp", "tls", "ws", "wss"), "dask:Dask"), "ray": "ray:Ray"}
"""The module of this room, and its class, for each scheme of an address."""


def connect(address: str) -> Cluster:
    """The cluster at an address.

    Raises UsageError for an address of no known kind, where a library is not installed, and where nobody answers.
    """
    scheme = urlsplit(address).scheme
    if scheme not in CLUSTERS:
        raise UsageError(
            f"--scheduler {address} names no cluster",
            advice="write tcp://HOST:PORT or tls://HOST:PORT for Dask, ray://HOST:PORT for Ray",
            slug="cluster-address",
        )
    module, _, kind = CLUSTERS[scheme].partition(":")
    made: Callable[[str], Cluster] = getattr(import_module(f"mlguard.cluster.{module}"), kind)
    return made(address)


def missing(library: str, extra: str) -> UsageError:
    """The error of a library that is not installed."""
    return UsageError(
        f"--scheduler needs {library}, and that is not installed",
        advice=f"pip install 'pytest-mlguard[{extra}]'",
        slug="cluster-missing",
    )


def unreachable(address: str, why: object) -> UsageError:
    """The error of an address at which no cluster answers, or one without any node."""
    return UsageError(
        f"no cluster can be used at {address}: {why}",
        advice="start its scheduler and its workers first; mlguard starts none",
        slug="cluster-unreachable",
    )


def broken(why: object) -> RunError:
    """The error of a cluster that failed while a task was its own."""
    return RunError(
        f"the cluster failed: {why}",
        advice="run the command again, or without --scheduler",
        slug="cluster-failed",
        blames_code=False,
    )


def in_a_line(error: BaseException) -> str:
    """What an error of a library says: its first line, and its last where the first only announces it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return f"{lines[0]} {lines[-1]}" if lines[0].endswith(":") and len(lines) > 1 else lines[0]
