"""Jobs that run beside each other, and jobs that run while no other does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Whose turn it is. Thread safe; a thread that has its turn asks for no second one."""

    def __init__(self) -> None:
        """Nobody runs."""
        self._changed = threading.Condition()
        self._running = self._waiting = 0
        self._alone = False

    @contextmanager
    def beside_others(self) -> Iterator[None]:
        """Wait until nobody runs alone or waits to do so."""
        with self._changed:
            self._changed.wait_for(lambda: not (self._alone or self._waiting))
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody runs, and let nobody begin."""
        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: not (self._alone or self._running))
            self._waiting -= 1
            self._alone = True
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()
