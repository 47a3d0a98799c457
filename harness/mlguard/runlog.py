"""The log of runs: the standard logger `mlguard`, to which a program, pytest or `--log` gives a place and a level.

Lines name guards, parts and calls; no value of a variable and no text of an exception is among them.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from logging import DEBUG, INFO
from typing import Final

from mlguard.core.visible import one_line

LOGGER: Final = logging.getLogger("mlguard")

LEVELS: Final = {"info": INFO, "debug": DEBUG}
"""Levels by the word of the command line: starts and ends, with a warning where one was not as it should be, and each
call as well."""

FORM: Final = "%(asctime)s %(levelname)s %(message)s"


def log(level: int, text: str) -> None:
    """One line, of which nothing acts on a terminal; nothing where nobody wants it."""
    if LOGGER.isEnabledFor(level):
        LOGGER.log(level, "%s", one_line(text), stacklevel=2)


def is_wanted() -> bool:
    """Whether anybody wants to know when parts begin and end."""
    return LOGGER.isEnabledFor(INFO)


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Log that something started and, with its seconds, that it ended."""
    log(INFO, f"{what} started")
    started = time.perf_counter()
    try:
        yield
    finally:
        log(INFO, f"{what} ended, {time.perf_counter() - started:.2f} s")


def is_other(file: str) -> bool:
    """Whether a file holds something else than a log, to which nothing may be added; a device holds nothing."""
    if not os.path.isfile(file):
        return False
    with suppress(OSError), open(file, encoding="utf-8", errors="replace") as read:
        return re.match(r"$|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,", read.read(40)) is None
    return False


@contextmanager
def written(place: str | None, level: int, say: Callable[[str], None]) -> Iterator[None]:
    """Write the log at the end of a file while the block runs, or say each line; raises OSError for such a file.

    What the disk refuses later is said once, and ends nothing.
    """
    handler = _Said(say) if place is None else _File(place, say)
    handler.setFormatter(logging.Formatter(FORM))
    before = LOGGER.level
    LOGGER.setLevel(level)
    LOGGER.addHandler(handler)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(before)
        with suppress(OSError):
            handler.close()


class _Said(logging.Handler):
    """Says each line where the command says what is not its answer."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        self._say(self.format(record))


class _File(logging.FileHandler):
    """Adds lines to a file as long as that can be written."""

    def __init__(self, place: str, say: Callable[[str], None]) -> None:
        super().__init__(place, encoding="utf-8", errors="replace")
        self._place, self._say, self._is_told = place, say, False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- logging calls it so.
        """The first line that cannot be written is told."""
        error = sys.exc_info()[1]
        if not self._is_told:
            self._is_told = True
            why = error.strerror if isinstance(error, OSError) else error
            self._say(f"mlguard: the log {self._place} cannot be written any more: {why}")
