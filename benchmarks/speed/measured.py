"""Measure ways of doing the same side by side: CPU of a command and of all that it starts, in rotated order."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

K = TypeVar("K")
T = TypeVar("T")

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_LEFT_OUT = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTEST_ADDOPTS", "CI", "GITHUB_ACTIONS")


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    rounds: int
    """How often each way is run; the median counts."""
    share: float = 1.0
    """Sizes and numbers, as a share of those of the table; less than 1 only tries a row out."""

    def of(self, number: int, least: int = 2) -> int:
        """So much of a size or number."""
        return max(least, round(number * self.share))


@dataclass(frozen=True)
class Line:
    """One measured figure beside its goal."""

    row: str
    """The row of the table that it belongs to."""
    what: str
    """What is divided by what."""
    measured: float
    """The figure."""
    goal: float
    """What it should come to."""
    least: bool = False
    """Whether the goal is a least figure; a largest one otherwise."""
    unit: str = "x"
    """What it is counted in; `x` for a ratio."""
    remark: str = ""
    """What a reader must know of how it was measured."""

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.measured >= self.goal if self.least else self.measured <= self.goal


@dataclass(frozen=True)
class Ran:
    """What a command took."""

    cpu: float
    """Seconds of user and system time, of all processes that it started and waited for as well."""
    wall: float
    """Seconds by the clock."""
    out: str
    """What it printed."""
    errors: str
    """What it printed on standard error."""


def run(command: Sequence[str], folder: Path, *, codes: Sequence[int] = (0,), **variables: str) -> Ran:
    """Run a command to its end. Ends the program where its exit code is no expected one: its times mean nothing."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environ() | variables, stdout=out, stderr=errors)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = [_text(file) for file in (out, errors)]
    if process.returncode not in codes:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{''.join(texts)}")
    return Ran(used.ru_utime + used.ru_stime, wall, *texts)


def environ() -> dict[str, str]:
    """The variables of every measured process: bytecode is kept, one thread each, plugins are named one by one."""
    kept = {name: text for name, text in os.environ.items() if name not in _LEFT_OUT}
    return kept | dict.fromkeys(_THREADS, "1") | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def side_by_side(ways: Mapping[K, Callable[[], T]], rounds: int, *, compiled: bool = False) -> dict[K, list[T]]:
    """What each way gave in each round. Their order rotates from round to round.

    All run once before, unless all that they import is `compiled` already and they take long.
    """
    names = list(ways)
    found: dict[K, list[T]] = {name: [] for name in names}
    for name in [] if compiled else names:
        ways[name]()
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(ways[name]())
    return found


def python(*arguments: str) -> list[str]:
    """This interpreter with arguments."""
    return [sys.executable, *arguments]


def mlguard(*arguments: str) -> list[str]:
    """The command `mlguard`, as its entry point starts it."""
    return python("-c", "from mlguard.cli.main import main; main()", *arguments)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
