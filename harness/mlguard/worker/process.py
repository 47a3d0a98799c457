"""One running worker as its parent sees it: start it in an interpreter of its own, wait for it, end its whole group."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Protocol

from mlguard.worker.keeper import END_ALL, GRACE, LAST

WINDOWS = sys.platform == "win32"

# -P keeps the working directory off the import path; mlguard's own folder comes last, for parents that found mlguard
# on an import path of their own.
_START = "import sys; p=sys.argv[1]; p in sys.path or sys.path.append(p); from mlguard.worker.{0} import main; main()"


class Running(Protocol):
    """A worker that was started."""

    pid: int
    """Number of its keeper, or of the worker where there is none, and of their process group."""
    orphaned: bool
    """Whether the process that started it ended before it did, so that nobody knows how it ended."""

    def wait(self, seconds: float) -> int | None:
        """The exit code once it has ended (minus the signal's number, if one ended it), None after `seconds`."""

    def close(self) -> None:
        """Release what belongs to this worker in the parent, once it has ended."""


class Spawned:
    """A worker in a new interpreter."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Take over a process that was just started."""
        self._process = process
        self.pid = process.pid
        self.orphaned = False

    def wait(self, seconds: float) -> int | None:
        """As Running says."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def close(self) -> None:
        """Nothing is held: output goes to a file."""


def interpreter(
    module: str, arguments: Sequence[str], variables: dict[str, str], output: IO[bytes] | int, pass_fds: Sequence[int]
) -> subprocess.Popen[bytes]:
    """Run `main` of mlguard.worker's `module` in a new interpreter, in a session of its own, without a terminal."""
    own_folder = str(Path(__file__).parents[2])
    return subprocess.Popen(  # noqa: S603 - our own module, run by our own interpreter
        [sys.executable, "-P", "-c", _START.format(module), own_folder, *arguments],
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=pass_fds,
    )


def end(running: Running, *, grace: float = GRACE) -> None:
    """End the worker and all that it started: ask, wait for `grace` seconds, kill."""
    if WINDOWS:
        _end_tree(running)
        return
    if _signal(running.pid, signal.SIGTERM) and not _gone(running, grace):
        # Its keeper kills what is below it; killed itself, it could not.
        with contextlib.suppress(ProcessLookupError):
            os.kill(running.pid, END_ALL)
        if not _gone(running, LAST):
            _signal(running.pid, signal.SIGKILL)
    while running.wait(GRACE) is None:
        _signal(running.pid, signal.SIGKILL)


def _gone(running: Running, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended = running.wait(0.02) is not None  # reaps it: until then its group exists
        if not _signal(running.pid, 0):
            return True
        if ended:
            time.sleep(0.02)
    return False


def _signal(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS says "not permitted" of a group of zombies
        return False
    return True


def _end_tree(running: Running) -> None:
    with contextlib.suppress(OSError):
        subprocess.run(  # noqa: S603 - a number of our own
            ["taskkill", "/T", "/F", "/PID", str(running.pid)],  # noqa: S607 - part of Windows
            capture_output=True,
            check=False,
        )
    while running.wait(GRACE) is None:
        pass
