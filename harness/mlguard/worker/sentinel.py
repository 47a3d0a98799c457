"""A small process that outlives the parent for a moment: when the parent is gone, it kills the workers that remain.

Run as a file by a bare interpreter, so it imports the standard library only. A worker's first act is to write its
process group's number to a pipe that the sentinel reads; the end of a second pipe, whose only writer is the parent,
says that the parent is gone, however it went.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

LATECOMERS = 10.0
"""Seconds for which workers that were starting as the parent went may still report, to be killed at once."""


OBEYING = 2.0
"""Seconds in which a keeper may end what is below it before it is killed itself; see mlguard.worker.keeper."""


class Sentinel:
    """The parent's side: one sentinel process, and the pipe's end at which workers register."""

    def __init__(self, folder: Path) -> None:
        """Start the process; it removes `folder` when it ends."""
        watched, self._lifeline = os.pipe()
        registry, self.register_fd = os.pipe()
        """The descriptor that a worker inherits and hands to `register`."""
        command = [sys.executable, "-I", "-S", __file__, str(watched), str(registry), str(folder)]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own file, run by our own interpreter
                command,
                pass_fds=(watched, registry),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        finally:
            os.close(watched)
            os.close(registry)

    def watch(self, group: int) -> None:
        """Kill this process group too when the parent is gone, whether or not it reports by itself."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self.register_fd, b"+%d\n" % group)

    def forget(self, group: int) -> None:
        """Stop watching a process group that has ended: its number may be given to somebody else."""
        with contextlib.suppress(BrokenPipeError):
            os.write(self.register_fd, b"-%d\n" % group)

    def close(self) -> None:
        """Let the sentinel end; what is still registered is killed."""
        os.close(self.register_fd)
        os.close(self._lifeline)
        self._process.wait()


def register(fd: int) -> None:
    """In a worker, first of all: report the own process group to the sentinel."""
    # Fewer bytes than a pipe takes at once, so that no two workers' lines mix; the sentinel itself may be dead.
    with contextlib.suppress(BrokenPipeError):
        os.write(fd, b"+%d\n" % os.getpgid(0))


def watch(lifeline: int, registry: int, folder: str) -> None:
    """Read registrations until the parent is gone; then kill every group that is left and remove the folder."""
    groups: set[int] = set()
    rest = b""
    while True:
        ready = select.select([lifeline, registry], [], [])[0]
        # What was registered before the parent went is read first; an empty read means that nobody is left to write.
        if registry not in ready or not (read := os.read(registry, 65536)):
            break
        rest = _note(groups, rest + read)
    while True:
        _kill(groups)
        groups.clear()
        if not select.select([registry], [], [], LATECOMERS)[0] or not (read := os.read(registry, 65536)):
            break
        rest = _note(groups, rest + read)
    shutil.rmtree(folder, ignore_errors=True)


def _note(groups: set[int], text: bytes) -> bytes:
    *lines, rest = text.split(b"\n")
    for line in lines:
        number = int(line[1:])
        (groups.add if line[:1] == b"+" else groups.discard)(number)
    return rest


def _kill(groups: set[int]) -> None:
    """Tell the keepers to end all that is below them, and kill what has not ended after a while."""
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(group, signal.SIGHUP)
    deadline = time.monotonic() + OBEYING
    while any(map(_is_there, groups)) and time.monotonic() < deadline:
        time.sleep(0.01)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    watch(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
