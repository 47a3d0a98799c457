"""A Runner whose runs happen on a cluster; what they are compared with, and what is made of them, stays here."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from typing import Any, Self, TypeVar

from mlguard.cluster.interface import Cluster
from mlguard.cluster.inventory import differing, digest_of, look
from mlguard.cluster.node import covered
from mlguard.cluster.task import Answer, Inventory, Task
from mlguard.core.error import MlguardError, RunError, UsageError, several
from mlguard.core.record import Record
from mlguard.discovery import Declared
from mlguard.golden.made import remember_made
from mlguard.report.numbers import few
from mlguard.runner.imported import installed
from mlguard.runner.order import Change, Copy, Done, Share
from mlguard.runner.run import Runner
from mlguard.runner.shares import joined
from mlguard.runner.sources import digest
from mlguard.settings import Settings
from mlguard.worker.environment import Environment
from mlguard.worker.variables import is_default

T = TypeVar("T")
S = TypeVar("S")

SHOWN = 3
"""Differences that a message names."""


class Spread(Runner):
    """Runs guards on the nodes of a cluster, after they were seen to have this checkout."""

    def __init__(self, settings: Settings, cluster: Cluster) -> None:
        """Nothing is sent yet."""
        super().__init__(settings)
        self._cluster, self._session = cluster, secrets.token_hex(16)
        self._inventory = Inventory()
        self._installed = cache(installed)  # Every run is held against it, and a description takes long to read.
        self._is_elsewhere = False

    @property
    def at_once(self) -> int:
        """As many runs as the cluster has places for."""
        return self._cluster.slots

    def each(self, work: Callable[[T], S], items: Sequence[T]) -> list[S]:
        """The work on each item, side by side: every run of it waits for a node."""
        threads = ThreadPoolExecutor(max(1, len(items)))
        try:
            return list(threads.map(work, items))
        finally:
            # After an interrupt, and where one of them fails, nobody waits for the others: closing ends them.
            threads.shutdown(wait=False, cancel_futures=True)

    def elsewhere(self, settings: Settings, code: Copy | None = None) -> Self:
        """The same for another copy of the project, which lies on this machine alone: its runs stay here."""
        other = super().elsewhere(settings, code)
        other._is_elsewhere = True
        return other

    def run(self, guard: Declared, **how: Any) -> Done:
        """Run one guard on a node; here, where tables or code are given that lie nowhere else."""
        if self._is_elsewhere or how.get("tables") is not None:
            return super().run(guard, **how)
        answer = self._answer(self._task("run", guard, how))
        done: Done = answer.value
        done = replace(done, variables=self._own_values(done.variables, answer.node, guard))
        self._refuse_other(done.record, how.get("change") or Change(), answer.node, guard)
        with suppress(RunError):  # A project that cannot be written keeps no results either.
            remember_made(self.settings.base, done.made)
        return done

    def run_in_shares(self, guard: Declared, number: int) -> Done:
        """Run one guard as so many tasks; as one where their shares do not agree, or one of them fails."""
        if self._is_elsewhere:
            return super().run(guard)

        def part(which: int) -> Done:
            return self.run(guard, share=Share(which, number), bundle=which == 0)

        done = None
        with suppress(MlguardError):  # What it is, the whole run says.
            done = joined(self.each(part, range(number)))
        return done or self.run(guard)

    def answers(self, guard: Declared, machines: Sequence[Environment]) -> tuple[Record, list[Record]]:
        """The same of what a saved model answers on other machines."""
        if self._is_elsewhere:
            return super().answers(guard, machines)
        answer = self._answer(self._task("answers", guard, {"machines": machines}))
        record, others = answer.value
        self._refuse_other(record, Change(), answer.node, guard)
        return record, others

    def look(self) -> None:
        """Raises UsageError naming what of this checkout is different on nodes that are there now."""
        self._inventory = look(self.settings, self.workers)
        answers = self._cluster.everywhere(self._task("", None, {}))
        found = [problem for answer in answers if (problem := self._problem(answer))]
        if found:
            raise several([*dict.fromkeys(found)], slug="cluster-differs")

    def close(self) -> None:
        """End what nodes keep for this command."""
        self._cluster.close(self._session)

    def _task(self, method: str, guard: Declared | None, how: Mapping[str, Any]) -> Task:
        return Task(self._session, self.settings.base, self._inventory.digest, method, guard, how)

    def _answer(self, task: Task) -> Answer:
        """The answer of some node. Raises what the run raised, and UsageError where the node has another checkout."""
        answer = self._cluster.call(task)
        if answer.error is not None:
            raise answer.error
        if problem := self._problem(answer):
            raise _differs(problem)
        return answer

    def _problem(self, answer: Answer) -> str:
        """What is wrong with the node that gave an answer; nothing where it has this checkout."""
        if answer.error is not None:
            return f"node {answer.node}: {answer.error.message}"
        if answer.inventory is None or not (found := differing(self._inventory, answer.inventory)):
            return ""
        return f"node {answer.node} has not this checkout, but another {few(found, SHOWN)}; bring it up to date"

    def _refuse_other(self, record: Record, change: Change, node: str, guard: Declared) -> None:
        """Raises UsageError where a run depended on another text or version than what lies here.

        The look at a checkout sees no file that git does not know, and no library: this does, of what the run has used.
        """
        found = [name for name, text in record.provenance.sources.items() if text != self._digest(name, change)]
        packages: Mapping[str, str] = record.provenance.environment.get("packages") or {}
        own = {name: self._installed(name) for name in packages}
        versions = [
            f"{name} {packages[name]} (here {own[name] or 'none'})" for name in own if packages[name] != own[name]
        ]
        if found or versions:
            raise _differs(f"guard {guard.ref.name} ran with another {few([*versions, *found], SHOWN)} on node {node}")

    def _digest(self, name: str, change: Change) -> str:
        file = self.settings.base / name
        changed = change.sources.get(str(file.resolve()))
        return digest_of(file) if changed is None else digest(file, changed)

    def _own_values(self, values: Mapping[str, str | None], node: str, guard: Declared) -> dict[str, str | None]:
        """The values of variables that a run has started with and read, of which only digests have come.

        Raises UsageError where one that the settings pass has another value on the node, or none.
        """
        own = {name: self.variables.get(name) for name in values}
        same = [name for name, text in values.items() if covered(own[name], self._session) == text]
        other = [name for name in values if name not in same and not is_default(name)]
        if other:
            raise _differs(f"guard {guard.ref.name} ran with another value of {few(other, SHOWN)} on node {node}")
        return {name: own[name] for name in same}


def _differs(problem: str) -> UsageError:
    return UsageError(problem, slug="cluster-differs", blames_code=False)


@contextmanager
def spread(settings: Settings, cluster: Cluster) -> Iterator[Spread]:
    """A Runner on a cluster whose nodes have this checkout; raises UsageError where one has something else."""
    with Spread(settings, cluster) as runner:
        try:
            runner.look()
            yield runner
        finally:
            runner.close()
