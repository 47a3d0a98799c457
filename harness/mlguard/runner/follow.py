"""A worker as the log tells of it: when it started, and when each part of its work began and ended."""

from __future__ import annotations

import os
import time
from logging import DEBUG, INFO, WARNING

from mlguard.runlog import is_wanted, log
from mlguard.worker.job import Failure, Follower, Word


def follow(name: str) -> Follower | None:
    """What logs the work on a guard; None where nobody wants a log."""
    return _Logged(name) if is_wanted() else None


class _Logged:
    """The log of one worker. Seconds are those of its own clock; lines have the time at which they were heard."""

    def __init__(self, name: str) -> None:
        self._guard, self._name, self._part, self._since = name, name, "", 0.0

    def started(self, pid: int, *, forked: bool) -> None:
        """From here on lines carry its number, since several may work for one guard."""
        self._name = f"{self._guard} [{pid}]"
        log(INFO, f"{self._name}: worker started, {'forked' if forked else 'as a new interpreter'}")

    def heard(self, word: Word) -> None:
        """A part begins, which ends the one before, or a call does."""
        if word.part != self._part:
            self._end(word.when)
            self._part, self._since = word.part, word.when
            if word.part:
                log(INFO, f"{self._name}: {word.part} started")
        if word.calling:
            log(DEBUG, f"{self._name}: {word.part} calls {word.calling}")

    def ended(self, failure: Failure | None) -> None:
        """The worker is gone. What its code raised is told by the command, and nowhere else."""
        if failure is not None:
            kind = failure.kind if failure.kind in ("raised", "lost") else f"{failure.kind}, {failure.text}"
            log(WARNING, f"{self._name}: {self._part or failure.stage or 'the worker'} did not end well: {kind}")
        self._end(time.monotonic())
        self._part = ""

    def _end(self, when: float) -> None:
        if self._part:
            log(INFO, f"{self._name}: {self._part} ended, {when - self._since:.2f} s")


class Telling:
    """How a run in this process tells how far it is."""

    def __init__(self, follower: Follower) -> None:
        """`follower` is told at once."""
        self._follower, self._stage, self._part = follower, "", ""
        follower.started(os.getpid(), forked=False)

    def __call__(self, stage: str, part: str = "") -> None:
        """A stage begins, or a part of the run."""
        self._stage, self._part = stage, part or stage
        self.calling("")

    def calling(self, words: str) -> None:
        """A call of the user's code begins; without words, it has ended."""
        self._follower.heard(Word(self._stage, words, time.monotonic(), self._part))
