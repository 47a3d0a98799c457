"""Which environment variables guarded code reads: their names, never their values.

A variable that differs can move a result without an edit of any file. What a library reads for itself while it is
imported is left out: a forked worker has imported it before. What code reads past `os.environ`, in C, is not seen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

from mlguard.worker.source import project_source_test
from mlguard.worker.variables import is_default

_IMPORTING: Final = "<frozen importlib._bootstrap"
_MAPPING: Final = frozenset({"<frozen os>", "<frozen _collections_abc>", os.__file__})
_MLGUARD: Final = os.path.join(Path(__file__).parents[1], "")


@contextmanager
def variables_read(root: str) -> Iterator[set[str]]:
    """The names that the project's code asks `os.environ` for inside the block, whether they are set or not.

    A library that reads one for the project, such as a reader of settings, counts as the project.
    """
    names: set[str] = set()
    kind: Any = type(os.environ)
    ordinary = kind.__getitem__
    is_project = project_source_test(root)

    def read(self: Any, key: Any) -> Any:
        name = os.fsdecode(key) if isinstance(key, str | bytes) else ""
        if name and name not in names and _counts(name, sys._getframe(1), is_project):
            names.add(name)
        return ordinary(self, key)

    kind.__getitem__ = read
    try:
        yield names
    finally:
        kind.__getitem__ = ordinary


def told_withheld(names: Collection[str], withheld: Collection[str]) -> str:
    """What to do about variables that were read, are set for the caller, and reach no guard; empty without any."""
    found = sorted(set(names) & set(withheld))
    if not found:
        return ""
    is_set, it = ("which is set", "it") if len(found) == 1 else ("which are set", "them")
    return (
        f"the code reads {', '.join(found)}, {is_set} in this shell and {'does' if it == 'it' else 'do'} not reach "
        f"guards; add {it} to `pass_env` or `set_env` in [tool.mlguard] where {it} should"
    )


def _counts(name: str, frame: FrameType | None, is_project: Callable[[str], bool]) -> bool:
    """Whether the project reads it: itself, or, beyond the default list, by a library that it called."""
    while frame is not None and frame.f_code.co_filename in _MAPPING:
        frame = frame.f_back
    if frame is not None and frame.f_code.co_filename.startswith(_MLGUARD):
        return False  # All variables are kept before each program that runs inside, and restored behind it.
    itself = True
    while frame is not None and not frame.f_code.co_filename.startswith(_IMPORTING):
        if _is_source(frame.f_code.co_filename) and is_project(frame.f_code.co_filename):
            return itself or not is_default(name)
        itself, frame = False, frame.f_back
    return False


def _is_source(file: str) -> bool:
    return not file.startswith("<")
