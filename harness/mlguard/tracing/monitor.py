"""Hear of calls through `sys.monitoring`: code that is not the project's is asked once and then left alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any

from mlguard.tracing.profile import Listener

TOOL = 4
"""A number that no well-known tool has taken."""


@contextmanager
def following(listener: Listener) -> Iterator[None]:
    """Tell the listener of the project's functions, in every thread."""
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]  # Since Python 3.12.
    callbacks = _callbacks(listener, monitoring)
    monitoring.use_tool_id(TOOL, "mlguard")
    for event, callback in callbacks.items():
        monitoring.register_callback(TOOL, event, callback)
    monitoring.set_events(TOOL, sum(callbacks))
    try:
        yield
    finally:
        monitoring.set_events(TOOL, 0)
        for event in callbacks:
            monitoring.register_callback(TOOL, event, None)
        monitoring.free_tool_id(TOOL)


def _callbacks(listener: Listener, monitoring: Any) -> dict[int, Any]:
    find, events, disable = listener.functions.find, monitoring.events, monitoring.DISABLE

    def begins(code: CodeType, offset: int) -> Any:
        frame = sys._getframe(1)
        function = find(code, frame.f_globals)
        if function is None:
            return disable
        listener.enter(function, frame)
        return None

    def returns(code: CodeType, offset: int, value: object) -> Any:
        frame = sys._getframe(1)
        if find(code, frame.f_globals) is None:
            return disable
        listener.leave(frame, value, None)
        return None

    def yields(code: CodeType, offset: int, value: object) -> Any:
        frame = sys._getframe(1)
        if find(code, frame.f_globals) is None:
            return disable
        listener.pause(frame, value)
        return None

    def raises(code: CodeType, offset: int, error: BaseException) -> None:
        frame = sys._getframe(1)
        if find(code, frame.f_globals) is not None:
            listener.leave(frame, None, type(error).__name__)

    def thrown_into(code: CodeType, offset: int, error: BaseException) -> None:
        begins(code, offset)  # Throwing is one way of going on; it cannot be left alone code by code.

    return {
        events.PY_START: begins,
        events.PY_RESUME: begins,
        events.PY_RETURN: returns,
        events.PY_YIELD: yields,
        events.PY_UNWIND: raises,
        events.PY_THROW: thrown_into,
    }
