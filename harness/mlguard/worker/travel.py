"""time-machine, which moves the clock of a process: what `time` and `datetime` say, also to libraries in C."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_pytest: Any = sys.modules.get("pytest")
# Where pytest can be imported, time-machine does so to offer it a fixture. A worker must not look like a run of tests.
sys.modules["pytest"] = _pytest
try:
    import time_machine
finally:
    if _pytest is None:
        del sys.modules["pytest"]


@contextmanager
def ticking_from(timestamp: float) -> Iterator[None]:
    """Let the clock show this time (seconds since 1970, UTC) as the block begins, and go on from there."""
    with time_machine.travel(timestamp, tick=True):
        yield
