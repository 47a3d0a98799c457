"""The parent's side of the zygote: start it, ask it for workers, and see how they end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence

from mlguard.worker.exchange import Exchange
from mlguard.worker.process import interpreter

FORKS = hasattr(os, "fork") and sys.platform != "darwin"
"""Whether forking is safe here: macOS forbids much of its own libraries, BLAS included, in a forked child."""

PATIENCE = 180.0
"""Seconds that the zygote may take for its imports before workers are spawned instead."""


class RefusedError(Exception):
    """The zygote cannot fork, or is no more: spawn instead."""


class Nursery:
    """The zygote process and the socket over which it takes orders. Thread safe."""

    def __init__(self, preload: Sequence[str], variables: dict[str, str], sentinel: int) -> None:
        """Start the zygote: it imports `preload` under the environment `variables`."""
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            arguments = [str(theirs.fileno()), str(sentinel), json.dumps(list(preload))]
            fds = (theirs.fileno(), sentinel)
            self._process = interpreter("zygote", arguments, variables, subprocess.DEVNULL, fds)

    def fork(self, exchange: Exchange) -> Forked:
        """Have a worker forked for the job in `exchange`; raises RefusedError."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                ours.sendall(str(exchange.folder).encode())
                with self._lock:
                    socket.send_fds(self._control, [b"+"], [theirs.fileno()])
            ours.settimeout(PATIENCE)
            word, _, rest = _line(ours).partition(" ")
            if word != "pid":
                raise RefusedError(rest or "the zygote ended")
        except BaseException as error:
            ours.close()  # which also tells the zygote to give the order up
            if isinstance(error, OSError):
                raise RefusedError(f"the zygote does not answer: {error}") from error
            raise
        return Forked(int(rest), ours)

    def close(self) -> None:
        """End the zygote, which kills what it forked."""
        self._control.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Forked:
    """A worker that the zygote forked: see mlguard.worker.process.Running."""

    def __init__(self, pid: int, order: socket.socket) -> None:
        """Take over the socket that stands for this worker."""
        self.pid = pid
        self.orphaned = False
        self._order = order
        self._code: int | None = None
        self._lock = threading.Lock()

    def wait(self, seconds: float) -> int | None:
        """As Running says."""
        with self._lock:
            if self._code is None:
                self._code = self._read(seconds)
            return self._code

    def close(self) -> None:
        """Close the order; the zygote forgets it."""
        self._order.close()

    def _read(self, seconds: float) -> int | None:
        self._order.settimeout(max(seconds, 0.001))  # zero would mean another mode of the socket
        try:
            word, _, rest = _line(self._order).partition(" ")
        except TimeoutError:
            return None
        except OSError:
            word = ""
        # Without a word the zygote itself is gone, and nobody will ever learn how this worker ended.
        self.orphaned = word != "exit"
        return -signal.SIGKILL if self.orphaned else int(rest)


def _line(order: socket.socket) -> str:
    """One line, or an empty text at the end; lines are short, and each is sent after the last was read."""
    read = b""
    while not read.endswith(b"\n") and (more := order.recv(1)):
        read += more
    return read.decode().strip()
