"""Which lines of the project's sources ran: by `sys.monitoring` where Python has it, by a trace function otherwise."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any

from mlguard.worker.source import project_source_test

TOOL = 4
"""Our number among the six of `sys.monitoring`; those below are kept for debuggers, coverage and profilers."""


class Lines:
    """The lines that ran so far, by the real path of their source."""

    def __init__(self, root: str) -> None:
        """Nothing is noted before `lines_that_ran` starts."""
        self._is_project = project_source_test(root)
        self._known: dict[str, set[int] | None] = {}
        self.stop: Callable[[], None] = lambda: None
        """Note no more; called once or any number of times."""

    def reached(self) -> dict[str, frozenset[int]]:
        """What ran, source by source."""
        return {os.path.realpath(name): frozenset(lines) for name, lines in self._known.items() if lines}

    def of(self, code: CodeType) -> set[int] | None:
        """The lines of the code's source that ran so far; None where it is not the project's."""
        name = code.co_filename
        if name not in self._known:
            self._known[name] = set() if not name.startswith("<") and self._is_project(name) else None
        return self._known[name]


@contextlib.contextmanager
def lines_that_ran(root: str) -> Iterator[Lines]:
    """Collect the lines that run until the block ends, or until it says `stop`.

    All threads of this process count; what runs in processes that it starts does not. Start it before the project's
    code: of a function that is already running, the lines that follow count only where Python has `sys.monitoring`.
    """
    found = Lines(root)
    found.stop = _once(_monitored(found) if hasattr(sys, "monitoring") else _traced(found))
    try:
        yield found
    finally:
        found.stop()


def _once(stop: Callable[[], None]) -> Callable[[], None]:
    pending = [stop]
    return lambda: pending.pop()() if pending else None


def _traced(found: Lines) -> Callable[[], None]:
    """Start noting with a trace function, and answer what ends it."""

    def entered(frame: FrameType, event: str, argument: Any) -> Any:
        lines = found.of(frame.f_code)
        if lines is None:
            return None

        def ran(frame: FrameType, event: str, argument: Any) -> Any:
            if event == "line":
                lines.add(frame.f_lineno)
            return ran

        return ran

    before, before_in_threads = sys.gettrace(), threading.gettrace()

    def stop() -> None:
        sys.settrace(before)
        threading.settrace(before_in_threads)

    threading.settrace(entered)
    sys.settrace(entered)
    return stop


def _monitored(found: Lines) -> Callable[[], None]:
    """Start noting with `sys.monitoring`, and answer what ends it."""
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]  # From Python 3.12 on.

    def ran(code: CodeType, line: int) -> Any:
        lines = found.of(code)
        if lines is not None:
            lines.add(line)
        return monitoring.DISABLE  # Once is enough: from now on this line costs nothing.

    def stop() -> None:
        monitoring.set_events(TOOL, 0)
        monitoring.free_tool_id(TOOL)

    monitoring.use_tool_id(TOOL, "mlguard")
    monitoring.register_callback(TOOL, monitoring.events.LINE, ran)
    monitoring.set_events(TOOL, monitoring.events.LINE)
    monitoring.restart_events()
    return stop
