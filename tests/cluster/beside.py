"""A cluster without a network: each node is a checkout in a folder of its own, and all that passes is pickled."""

from __future__ import annotations

import pickle
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from mlguard.cluster.node import Node
from mlguard.cluster.spread import Spread, spread
from mlguard.cluster.task import Answer, Task
from mlguard.settings import load


class Beside:
    """A cluster whose nodes see another folder where the project's root is."""

    def __init__(self, *roots: Path) -> None:
        """One node for each folder; tasks go round them."""
        self._nodes = [(root, Node()) for root in roots]
        self._next = cycle(self._nodes)
        self.passed: list[bytes] = []
        """What has come back from nodes."""

    @property
    def slots(self) -> int:
        """One for each node."""
        return len(self._nodes)

    def call(self, task: Task) -> Answer:
        """Do a task on the next node."""
        return self._on(next(self._next), task)

    def everywhere(self, task: Task) -> list[Answer]:
        """Do a task on each node."""
        return [self._on(one, task) for one in self._nodes]

    def close(self, session: str) -> None:
        """End what nodes keep."""
        for _, node in self._nodes:
            node.leave(session)

    def _on(self, one: tuple[Path, Node], task: Task) -> Answer:
        root, node = one
        sent: Task = pickle.loads(pickle.dumps(task))
        guard = sent.guard
        if guard is not None:
            file = root / guard.ref.file.relative_to(task.root)
            guard = replace(guard, ref=replace(guard.ref, file=file))
        self.passed.append(pickle.dumps(node.serve(replace(sent, root=root, guard=guard))))
        answer: Answer = pickle.loads(self.passed[-1])
        return answer


def on(root: Path, *roots: Path) -> AbstractContextManager[Spread]:
    """A Runner of the project at `root` whose nodes have the checkouts in `roots`."""
    return spread(load(root), Beside(*(roots or (root,))))
