"""Notes: how guarded code names values of its own while a run listens, and nothing happens when none does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from mlguard.core.error import UsageError

IDENTITY = ".(identity)"
"""The end of the name by which a base class shows from what a library draws the seed of a part of a pipeline."""


class Listener(Protocol):
    """What takes notes: a run that is being observed, or a test's fixture."""

    def note(self, name: str, value: object, *, stage: str | None = None) -> None:
        """Keep one named value; without a stage, it belongs to the one that is running."""

    def look_inside(self, values: Iterable[tuple[str, object]]) -> None:
        """Keep named values on the way to others, which name the place of a move and never decide."""


class Names:
    """Gives each name once: one that is taken gets a number, `sims#2`, and none is lost."""

    def __init__(self) -> None:
        """Nothing is taken yet."""
        self._last: dict[tuple[object, str], int] = {}

    def unused(self, name: str, where: object) -> str:
        """The name, or the name with the next number that is free there, found at once however often it was taken."""
        number, unused = self._last.get((where, name), 0) + 1, name
        if number > 1:
            while (where, unused := f"{name}#{number}") in self._last:
                number += 1
        self._last[where, name] = number
        self._last.setdefault((where, unused), 1)
        return unused


_listener: ContextVar[Listener | None] = ContextVar("mlguard_listener", default=None)


def note(name: str, value: object) -> None:
    """Keep an extra value of guarded code in the Record, under the stage that is running.

    Outside a guard run this does nothing. The value may be a number, text, array, table or a container of them; it
    gates as predictions do. A name noted again in the same stage gets a number: `sims`, `sims#2`.
    """
    if not isinstance(name, str) or not name:
        raise UsageError(f"a note needs a name, not {name!r}", slug="note-name")
    listener = _listener.get()
    if listener is not None:
        listener.note(name, value)


def look_inside(values: Iterable[tuple[str, object]]) -> None:
    """Show what lies on the way to a value: it names the place of a move, and never decides.

    Outside a guard run, and where a run repeats a call, the values are not even drawn.
    """
    listener = _listener.get()
    if listener is not None:
        listener.look_inside(values)


@contextmanager
def listening(listener: Listener | None) -> Iterator[None]:
    """Send notes to this listener, or to nobody, while the block runs."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
