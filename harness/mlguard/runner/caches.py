"""Results that an earlier run cached on disk never stand in for edited code: known caches begin empty in every run."""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mlguard.core.error import UsageError
from mlguard.observe.files import Files
from mlguard.observe.run import Subject
from mlguard.runner.order import Order


@contextmanager
def empty_memory() -> Iterator[None]:
    """Let every joblib.Memory that is made in the block keep its results in this run's folder for temporary files.

    Memory forgets what it has when the cached function itself is edited, and not when one that it calls is. What runs
    in one process shares a place still: places that differed go on differing.
    """
    from joblib.memory import Memory

    kind: Any = Memory
    ordinary = kind.__init__
    kind.__init__ = _elsewhere(ordinary, Path(tempfile.gettempdir()) / "memory")
    try:
        yield
    finally:
        kind.__init__ = ordinary


def refuse_results(files: Files, order: Order, subject: Subject) -> None:
    """Raises UsageError where the code read what an earlier run wrote, unless its owner waived the file."""
    waived = tuple(subject.guard.waive)
    found = [_shown(file, order.root) for file in sorted(files.read_first) if str(file) in order.made]
    found = [name for name in found if not any(fnmatchcase(name, glob) for glob in waived)]
    if found:
        raise UsageError(
            f"guard {subject.name}: the code reads {', '.join(found[:5])}, which an earlier run wrote, so that a "
            "result from before an edit would stand in for the edited code",
            advice=f'keep it in the folder for temporary files, or allow it by `waive = {{"{found[0]}": "why"}}`',
            slug="result-of-earlier-run",
        )


def _shown(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)


def _elsewhere(ordinary: Callable[..., None], folder: Path) -> Callable[..., None]:
    @functools.wraps(ordinary)
    def init(self: Any, location: Any = None, *arguments: Any, **named: Any) -> None:
        if not isinstance(location, str | os.PathLike):
            ordinary(self, location, *arguments, **named)
            return
        place = os.path.abspath(os.fsdecode(location))
        ordinary(self, str(folder / hashlib.sha256(place.encode()).hexdigest()[:16]), *arguments, **named)
        # What the code sees of itself stays what it wrote.
        self.location = location

    return init
