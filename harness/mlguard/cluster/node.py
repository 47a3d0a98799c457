"""What happens on a node of a cluster: a task runs there as a command would run it, in worker processes of its own."""

from __future__ import annotations

import hashlib
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from mlguard.cluster.inventory import look
from mlguard.cluster.task import Answer, Task
from mlguard.core.error import MlguardError, UsageError
from mlguard.runner.order import Done
from mlguard.runner.run import Runner
from mlguard.settings import load

IDLE: Final = 60.0
"""Seconds after its last task in which a node keeps the processes of a command, which may have died meanwhile."""


@dataclass
class _Kept:
    """The Runner of one command, with the processes that it keeps ready."""

    runner: Runner
    tasks: int = 0
    """Tasks that use it now."""
    ends: threading.Timer | None = field(default=None, repr=False)
    """What ends it."""


class Node:
    """What one process of a cluster keeps from task to task. Thread safe."""

    def __init__(self, idle: float = IDLE) -> None:
        """`idle`: seconds after which what nobody uses is ended."""
        self._idle = idle
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}

    def serve(self, task: Task) -> Answer:
        """Do one task, after a look whether the project here is that of the command."""
        name = f"{socket.gethostname()}:{os.getpid()}"
        try:
            with self._runner(task) as runner:
                inventory = look(runner.settings, runner.workers)
                if not task.method or inventory.digest != task.expected:
                    return Answer(name, inventory=inventory)
                value: Any = getattr(runner, task.method)(task.guard, **task.how)
                if isinstance(value, Done):
                    value = replace(value, variables=_covered(value.variables, runner.variables, task.session))
        except MlguardError as error:
            return Answer(name, error=error)
        return Answer(name, value)

    def leave(self, session: str, unused: _Kept | None = None) -> None:
        """End what is kept for a command, and with it what still runs; `unused` only as long as no task uses it."""
        with self._lock:
            kept = self._kept.get(session)
            if kept is None or (unused is not None and (kept is not unused or kept.tasks)):
                return
            del self._kept[session]
            _stop(kept)
        kept.runner.workers.close()

    @contextmanager
    def _runner(self, task: Task) -> Iterator[Runner]:
        with self._lock:
            kept = self._kept.get(task.session)
            if kept is None:
                kept = self._kept[task.session] = _Kept(_opened(task.root))
            kept.tasks += 1
            _stop(kept)
        try:
            yield kept.runner
        finally:
            with self._lock:
                kept.tasks -= 1
                if not kept.tasks:
                    kept.ends = threading.Timer(self._idle, self.leave, [task.session, kept])
                    kept.ends.daemon = True
                    kept.ends.start()


def _opened(root: Path) -> Runner:
    settings = load(root) if root.is_dir() else None
    if settings is None or settings.root != root:
        raise UsageError(
            f"there is no project at {root} on this node",
            advice="give each node the checkout at the same path, as a shared folder or in its image",
            slug="cluster-differs",
            blames_code=False,
        )
    return Runner(settings)


def _stop(kept: _Kept) -> None:
    if kept.ends is not None:
        kept.ends.cancel()
        kept.ends = None


def _covered(read: Mapping[str, str | None], started: Mapping[str, str], session: str) -> dict[str, str | None]:
    """Variables that a run has read and found as it started with them, each with a digest: a value may be secret."""
    return {name: covered(text, session) for name, text in read.items() if text == started.get(name)}


def covered(text: str | None, session: str) -> str | None:
    """The digest of a variable's value, another one for each command; None for one that is not set."""
    return (
        None
        if text is None
        else hashlib.blake2b(text.encode(errors="surrogateescape"), key=session.encode()).hexdigest()
    )


_NODE: Final = Node()


def serve(task: Task) -> Answer:
    """Do one task in this process of a cluster."""
    return _NODE.serve(task)


def leave(session: str) -> None:
    """End what this process keeps for a command."""
    _NODE.leave(session)
