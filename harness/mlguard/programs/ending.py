"""The end of a program inside this process, with what Python does at the end of a process."""

from __future__ import annotations

import atexit
import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from mlguard.programs.modules import is_own


@contextlib.contextmanager
def until_its_end(root: Path) -> Iterator[None]:
    """Wait for the threads that a program started, then call what its own modules registered with `atexit`.

    As at the end of a process: also where the program raised or left, and daemon threads are not waited for. What
    libraries register stays with this process, as they do.
    """
    before, register = set(threading.enumerate()), atexit.register
    handlers: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = []

    def registered(handler: Callable[..., Any], *given: Any, **named: Any) -> Callable[..., Any]:
        module = sys.modules.get(str(sys._getframe(1).f_globals.get("__name__")))
        if module is None or not is_own(module, root):
            return register(handler, *given, **named)
        handlers.append((handler, given, named))
        return handler

    atexit.register = cast(Any, registered)
    try:
        yield
    finally:
        try:
            for thread in threading.enumerate():
                if thread not in before and not thread.daemon:
                    thread.join()
            while handlers:  # The last one first; a handler may register another.
                handler, given, named = handlers.pop()
                handler(*given, **named)
        finally:
            atexit.register = register
