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


def _to_nobody(text: str) -> None:
    """Whoever reads the log sees that it ends."""


@contextmanager
def written(
    place: str | Callable[[str], None], level: int, refused: Callable[[str], None] = _to_nobody
) -> Iterator[None]:
    """Write the log at the end of a file, or say each line, while the block runs.

    `refused` is told once where the disk takes no more; the run goes on. Raises OSError for a file that cannot be
    opened.
    """
    handler = _Said(place) if callable(place) else _Kept(place, refused)
    handler.setFormatter(logging.Formatter(FORM))
    before = LOGGER.level
    LOGGER.setLevel(level)
    LOGGER.addHandler(handler)
    try:
        yield
    finally:
        LOGGER.removeHandler(handler)
        LOGGER.setLevel(before)
        handler.close()


class _Kept(logging.FileHandler):
    """Adds lines to a file, until one is refused: what was wanted was a verdict, which no log may change."""

    def __init__(self, file: str, refused: Callable[[str], None]) -> None:
        super().__init__(file, encoding="utf-8", errors="replace")
        self._file, self._refused = file, refused

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 -- its base is of the library.
        """No traceback for each line."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            self.setLevel(logging.CRITICAL + 1)
            self._refused(f"the log {self._file} cannot be written: {error.strerror}; it ends there")
        else:
            super().handleError(record)

    def close(self) -> None:
        """What is left of a line that was refused is refused again."""
        with suppress(OSError):
            super().close()


class _Said(logging.Handler):
    """Says each line where the command says what is not its answer."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        self._say(self.format(record))
