"""The zygote: an interpreter that has imported third-party modules, does nothing else, and forks one worker per order.

It never runs a user's module, a thread, a BLAS or OpenMP region: a child that was forked after any of these may hang.
Orders arrive as sockets over the control socket; each is answered with lines (`pid N` or `refused WHY`, later
`exit N`), and an order whose socket is closed by the parent is given up.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import json
import os
import selectors
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from mlguard import seeding
from mlguard.worker.child import work
from mlguard.worker.exchange import Exchange
from mlguard.worker.keeper import END_ALL, adopt_orphans, below, keep
from mlguard.worker.sentinel import register
from mlguard.worker.source import is_installed

LONGEST_ORDER = 65536
"""Bytes; an order is a folder's path."""


def main() -> None:
    """Serve: arguments are the control socket, the sentinel's descriptor, and the modules to import (JSON)."""
    control, sentinel, modules = int(sys.argv[-3]), int(sys.argv[-2]), json.loads(sys.argv[-1])
    register(sentinel)
    os.set_inheritable(sentinel, False)
    adopt_orphans()
    preload(modules)
    Zygote(socket.socket(fileno=control), sentinel).serve()


def preload(modules: Sequence[str]) -> None:
    """Import what is installed of `modules`; whatever goes wrong will go wrong again where it can be reported."""
    for name in modules:
        with contextlib.suppress(BaseException):
            if _third_party(name):
                importlib.import_module(name)
    if "torch" in sys.modules:
        # The first optimizer imports these; in every child anew, for seconds, unless they are here.
        for name in ("torch.optim", "torch._dynamo"):
            with contextlib.suppress(BaseException):
                importlib.import_module(name)


def why_not_to_fork() -> str | None:
    """Why a child forked from this process now could hang, or None."""
    if threading.active_count() > 1:
        return f"the thread {threading.enumerate()[-1].name} runs in the zygote"
    tasks = Path("/proc/self/task")
    if tasks.is_dir() and len(list(tasks.iterdir())) > 1:
        return "a library that was imported runs a thread in the zygote"
    return None


class Zygote:
    """The server's state: which worker belongs to which socket."""

    def __init__(self, control: socket.socket, sentinel: int) -> None:
        """Take over the control socket and the sentinel's descriptor, both inherited."""
        self._control = control
        self._sentinel = sentinel
        self._orders: dict[int, socket.socket] = {}
        self._awake, self._alarm = socket.socketpair()
        self._selector = selectors.DefaultSelector()

    def serve(self) -> None:
        """Fork workers until the parent closes the control socket; then kill those that remain."""
        self._listen()
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._control:
                    if not self._take_order():
                        self._give_up(*self._orders)
                        return
                elif key.fileobj is self._awake:
                    self._awake.recv(4096)
                    self._report()
                else:
                    self._give_up(key.data)

    def _listen(self) -> None:
        for end in (self._awake, self._alarm):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._alarm.fileno(), warn_on_full_buffer=False)
        self._selector.register(self._control, selectors.EVENT_READ)
        self._selector.register(self._awake, selectors.EVENT_READ)

    def _take_order(self) -> bool:
        """Fork for one order; False at the end of the control socket."""
        read, fds, _, _ = socket.recv_fds(self._control, 1, 1)
        if not read:
            return False
        order = socket.socket(fileno=fds[0])
        folder = order.recv(LONGEST_ORDER).decode()
        if not folder or _given_up(order):
            order.close()
        elif (reason := why_not_to_fork()) is not None:
            order.sendall(f"refused {reason}\n".encode())
            order.close()
        else:
            self._fork(order, Path(folder))
        return True

    def _fork(self, order: socket.socket, folder: Path) -> None:
        pid = os.fork()
        if pid == 0:
            self._become_worker(order, Exchange(folder))
        with contextlib.suppress(OSError):  # the child says the same of itself: whoever comes first
            os.setpgid(pid, pid)
        self._orders[pid] = order
        self._selector.register(order, selectors.EVENT_READ, pid)
        with contextlib.suppress(OSError):  # the parent has given up already; the closed socket will say so
            order.sendall(f"pid {pid}\n".encode())

    def _become_worker(self, order: socket.socket, exchange: Exchange) -> NoReturn:
        try:
            os.setpgid(0, 0)
            register(self._sentinel)
            os.close(self._sentinel)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._selector.close()
            for inherited in (order, self._control, self._awake, self._alarm, *self._orders.values()):
                inherited.close()
            _redirect(exchange.output)
            keep()
            seeding.unseed()
            work(exchange)
        except BaseException:
            traceback.print_exc()
        finally:
            # Whatever went wrong, this copy of the zygote must not go on to serve.
            os._exit(70)

    def _report(self) -> None:
        """Tell the parent how workers ended."""
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                code = os.waitstatus_to_exitcode(status)
                if (order := self._orders.pop(pid, None)) is not None:
                    self._selector.unregister(order)
                    with contextlib.suppress(OSError):
                        order.sendall(f"exit {code}\n".encode())
                    order.close()
                if order is None or code == -signal.SIGKILL:
                    self._kill_strays()

    def _kill_strays(self) -> None:
        """Kill what a keeper left that was killed itself: it has become a child of this process."""
        kept = {below_keeper for keeper in self._orders for below_keeper in (keeper, *below(keeper))}
        for pid in set(below(os.getpid())) - kept:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _give_up(self, *pids: int) -> None:
        for pid in pids:
            order = self._orders.pop(pid)
            self._selector.unregister(order)
            order.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, END_ALL)


def _given_up(order: socket.socket) -> bool:
    """Whether the parent lost patience: it has spawned a worker by now, and a second one would do the job twice."""
    try:
        return not order.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False


def _third_party(name: str) -> bool:
    found = importlib.util.find_spec(name.partition(".")[0])
    return found is not None and (found.origin in ("built-in", "frozen") or is_installed(found.origin or ""))


def _redirect(output: Path) -> None:
    fd = os.open(output, os.O_WRONLY | os.O_APPEND)
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    os.close(fd)
