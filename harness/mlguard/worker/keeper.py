"""A process between a worker and whoever started it: when the worker has ended, it ends all that the worker left.

On Linux, processes below the keeper that lose their parent become the keeper's children (prctl(2),
PR_SET_CHILD_SUBREAPER), so that neither a session of its own nor a double fork takes a process out of reach. Where
there is no such thing, there is no keeper: what is ended then is the worker's process group.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

GRACE = 1.0
"""Seconds between asking processes to end and killing them."""

LAST = 10.0
"""Seconds after which a keeper gives up on processes that cannot be killed, such as those that wait for a dead disk."""

END_ALL = getattr(signal, "SIGHUP", signal.SIGTERM)
"""The signal that tells a keeper to kill its worker and everything else below it, now."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PROCESSES = Path("/proc")
_STEP = 0.01


def keep() -> None:
    """Return in a new child, which is the worker; this process stays behind as its keeper, and ends as the worker does.

    Without a keeper, where the system has none or where this process could not be forked, the worker is this process.
    """
    if _may_fork() and adopt_orphans():
        keeper = os.getpid()
        worker = os.fork()
        if worker:
            _stay(worker)
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != keeper:
            os._exit(70)  # The keeper went in between.


def adopt_orphans() -> bool:
    """Whether this process is from now on the parent of every process below it that loses its own."""
    return sys.platform == "linux" and _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def below(pid: int) -> Iterator[int]:
    """The processes below another, parents first."""
    parents = dict(_parents())
    found = {pid}
    while new := {child for child, parent in parents.items() if parent in found} - found:
        yield from new
        found |= new


def _may_fork() -> bool:
    """Whether this process is alone in its interpreter: what is installed may have started threads with it."""
    tasks = _PROCESSES / "self" / "task"
    return threading.active_count() == 1 and tasks.is_dir() and len(list(tasks.iterdir())) == 1


def _stay(worker: int) -> NoReturn:
    """Wait for the worker, end what it left, and end as it did."""
    hurried: list[int] = []

    def end_all(number: int, frame: object) -> None:
        hurried.append(number)
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)

    signal.signal(END_ALL, end_all)
    # What is sent to the whole group is meant for the worker.
    signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals() - {END_ALL})
    ended, status = 0, 0
    while ended != worker:
        ended, status = os.waitpid(-1, 0)
    _end_the_rest(hurried)
    _end_like(status)


def _end_the_rest(hurried: list[int]) -> None:
    """Ask every process below this one to end, and kill those that remain; at once where there is a hurry."""
    started = time.monotonic()
    asked: set[int] = set()
    while _any_left() and (waited := time.monotonic() - started) < LAST:
        for pid in below(os.getpid()):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if hurried or waited > GRACE:
                    os.kill(pid, signal.SIGKILL)
                elif pid not in asked:
                    os.kill(pid, signal.SIGTERM)
                    asked.add(pid)
        time.sleep(_STEP)


def _any_left() -> bool:
    """Take notice of the children that have ended; whether others are left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _end_like(status: int) -> NoReturn:
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        import resource  # Not on Windows, where no keeper is.

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # The worker has left its own.
        faulthandler.disable()
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {-code})
        os.kill(os.getpid(), -code)
    os._exit(max(code, 0))


def _parents() -> Iterator[tuple[int, int]]:
    """Every process with its parent."""
    for entry in _PROCESSES.glob("[0-9]*"):
        # The name of the program, in parentheses, may hold anything.
        with contextlib.suppress(OSError):
            yield int(entry.name), int((entry / "stat").read_bytes().rpartition(b")")[2].split()[1])


def _prctl(option: int, value: int) -> bool:
    try:
        library = ctypes.CDLL(None)
        return int(library.prctl(option, ctypes.c_ulong(value), 0, 0, 0)) == 0
    except (OSError, AttributeError):
        return False
