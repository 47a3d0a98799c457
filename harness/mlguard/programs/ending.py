"""The end of a program inside this process, with what Python does at the end of a process."""

from __future__ import annotations

import atexit
import contextlib
import contextvars
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path
from types import FrameType
from typing import Any, cast

from mlguard.core.copies import current
from mlguard.programs.modules import lies_inside

_STARTERS = frozenset({"threading", "concurrent.futures.thread", "concurrent.futures.process"})
"""Modules that start threads for somebody else."""

_LOKY = ("joblib.externals.loky.reusable_executor", "loky.reusable_executor")


@contextlib.contextmanager
def until_its_end(root: Path) -> Iterator[None]:
    """Wait for the threads that a program started, then call what it registered with `atexit`.

    As at the end of a process: also where the program raised or left, and daemon threads are not waited for. What
    libraries start and register by themselves stays with this process, as they do, but for joblib's processes: they
    have loaded modules of the program, and their folder is that of its copy.
    """
    run = _Running(root)
    start, register = threading.Thread.start, atexit.register
    # Methods are replaced on purpose here and below: nothing else tells which thread is whose.
    threading.Thread.start = lambda thread: run.started(thread, start)  # type: ignore[method-assign, assignment]
    atexit.register = cast(Any, lambda *given, **named: run.registered(register, *given, **named))
    try:
        yield
    finally:
        try:
            run.end()
        finally:
            threading.Thread.start, atexit.register = start, register  # type: ignore[method-assign]  # As above.


class _Running:
    """What a program has begun, and what it wants to be done when it ends."""

    def __init__(self, root: Path) -> None:
        self._root, self._copy = root, current()
        self._threads: list[threading.Thread] = []
        self._pools: list[Executor] = []
        self._handlers: list[Callable[[], object]] = []

    def started(self, thread: threading.Thread, start: Callable[[threading.Thread], None]) -> None:
        """Start a thread, which knows in which copy of the project it runs."""
        caller, pool = _asker(sys._getframe(2))
        if self._is_own(caller):
            self._threads.append(thread)
            self._pools += [pool] if isinstance(pool, Executor) and pool not in self._pools else []
        ordinary, context = thread.run, contextvars.copy_context()
        thread.run = lambda: context.run(ordinary)  # type: ignore[method-assign]  # As above.
        start(thread)

    def registered(self, register: Callable[..., Any], handler: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Keep what the program's own code registers."""
        if not self._is_own(sys._getframe(2)):
            return register(handler, *given, **named)
        self._handlers.append(lambda: handler(*given, **named))
        return handler

    def end(self) -> None:
        """In the order of Python: pools finish what they were given, threads end, handlers are called."""
        try:
            while self._pools or self._threads:
                if self._pools:
                    self._pools.pop().shutdown(wait=True)
                elif not (thread := self._threads.pop()).daemon:
                    thread.join()
            while self._handlers:  # The last one first; a handler may register another.
                self._handlers.pop()()
        finally:
            _end_processes()

    def _is_own(self, frame: FrameType | None) -> bool:
        """Whether it is the project's code that runs there, in whichever place it was loaded from."""
        if frame is None:
            return False
        file = Path(frame.f_code.co_filename)
        return lies_inside(str(file if self._copy is None else self._copy.original(file)), self._root)


def _asker(frame: FrameType | None) -> tuple[FrameType | None, object]:
    """Who wants a thread to be started, and the pool to which it belongs, if it belongs to one."""
    pool = None
    while frame is not None and frame.f_globals.get("__name__") in _STARTERS:
        pool = frame.f_locals.get("self", pool)
        frame = frame.f_back
    return frame, pool


def _end_processes() -> None:
    """End the processes that joblib keeps for its next call; it starts others then."""
    for name in _LOKY:
        executor = getattr(sys.modules.get(name), "_executor", None)
        if executor is not None:
            executor.shutdown(wait=True, kill_workers=True)
