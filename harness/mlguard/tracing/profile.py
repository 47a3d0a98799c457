"""Hear of calls through `sys.setprofile`, for interpreters without `sys.monitoring`."""

from __future__ import annotations

import dis
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol

from mlguard.tracing.functions import Function, Functions

RAISED = "Exception"
"""What is known of an exception's type: a profile function is not told."""

_RETURN, _YIELD, _RESUME = (dis.opmap[name] for name in ("RETURN_VALUE", "YIELD_VALUE", "RESUME"))


class Listener(Protocol):
    """Who wants to hear of calls."""

    functions: Functions

    def enter(self, function: Function, frame: FrameType) -> None:
        """A function begins, or goes on after a pause."""

    def pause(self, frame: FrameType, value: object) -> None:
        """A generator hands out a value."""

    def leave(self, frame: FrameType, value: object, raised: str | None) -> None:
        """A function ends."""


@contextmanager
def following(listener: Listener) -> Iterator[None]:
    """Tell the listener of the project's functions in this thread and in those that start meanwhile."""
    find, under_way = listener.functions.find, True

    def hear(frame: FrameType, event: str, value: Any) -> None:
        if event == "call":
            function = find(frame.f_code, frame.f_globals)
            if function is not None and under_way:
                listener.enter(function, frame)
        elif event == "return":
            function = find(frame.f_code, frame.f_globals)
            if function is not None:
                _ended(listener, function, frame, value)
        elif not under_way:
            sys.setprofile(None)  # A thread that outlived what it was started in.

    before, before_in_threads = sys.getprofile(), threading.getprofile()
    threading.setprofile(hear)
    sys.setprofile(hear)
    try:
        yield
    finally:
        under_way = False
        sys.setprofile(before)
        threading.setprofile(before_in_threads)


def _ended(listener: Listener, function: Function, frame: FrameType, value: object) -> None:
    """Whether a frame is left by a return, a yield or an exception shows in the instruction that it stands at."""
    if function.suspends and pauses(frame):
        listener.pause(frame, value)
    else:
        listener.leave(frame, value, None if _instruction(frame) == _RETURN else RAISED)


def pauses(frame: FrameType) -> bool:
    """Whether a frame that is left without an exception will go on: it stands at a `yield`, or at an `await`.

    From Python 3.13 on it stands behind that, where it will go on.
    """
    code, at = frame.f_code.co_code, frame.f_lasti
    return code[at] == _YIELD or (sys.version_info >= (3, 13) and code[at] == _RESUME and code[at - 2] == _YIELD)


def _instruction(frame: FrameType) -> int:
    return frame.f_code.co_code[frame.f_lasti]
