"""Who looks at a file, and what for: a look for existence must not make a job depend on the time of a file's change."""

from __future__ import annotations

import genericpath
import glob
import linecache
import os
import pathlib
import posixpath
import sys
from dataclasses import dataclass
from typing import Final

from mlguard.files.facts import Question

_LIBRARY: Final = os.path.dirname(os.__file__)

_IMPORTS: Final = (
    "<frozen importlib",
    "<frozen zipimport",
    os.path.join(_LIBRARY, "importlib", "metadata", ""),
    os.path.join(_LIBRARY, "pkgutil.py"),
)
"""Beginnings of the names of files whose code looks for modules and distributions; a project may use such names too."""

_HELPERS: Final = (
    "<frozen ",
    *(str(module.__file__) for module in (os, genericpath, posixpath, glob, linecache)),
    os.path.splitext(str(pathlib.__file__))[0].removesuffix("__init__"),
)
"""Beginnings of the names of files that look for somebody else."""

_EXISTENCE: Final = frozenset(
    {"exists", "isfile", "isdir", "lexists", "islink", "ismount", "is_file", "is_dir", "is_symlink", "is_mount"}
    | {"realpath", "_joinrealpath", "resolve", "mkdir", "makedirs", "walk", "_walk", "checkcache", "updatecache"}
)
"""Functions of theirs that look whether something is there, and what kind of thing."""

_MLGUARD: Final = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")


@dataclass(frozen=True)
class Asker:
    """Who looks."""

    file: str
    """The source file of the first function that looks for itself."""
    helpers: frozenset[str]
    """Names of the functions that it looks through."""
    through: str
    """The source file of the innermost one."""


def asker(depth: int) -> Asker:
    """Who looks in the function so many calls above."""
    frame = sys._getframe(depth)
    through, helpers = frame.f_code.co_filename, set()
    if frame.f_code.co_name in _EXISTENCE and through.startswith(_HELPERS):
        return Asker(through, frozenset({frame.f_code.co_name}), through)  # Whoever it is, no more is asked.
    while frame is not None and frame.f_code.co_filename.startswith(_HELPERS):
        helpers.add(frame.f_code.co_name)
        if frame.f_back is None:
            break
        frame = frame.f_back
    return Asker(frame.f_code.co_filename, frozenset(helpers), through)


def asks_for(by: Asker, *, follow: bool) -> Question:
    """What a call of `os.stat` or `os.lstat` is for."""
    existence = by.helpers & _EXISTENCE or by.file.startswith(_MLGUARD) or _is_import(by)
    if follow:
        return Question.KIND if existence else Question.STATE
    return Question.LINK if existence else Question.OWN


def lists_for(event: str, by: Asker) -> Question:
    """What a listing is for."""
    if _is_import(by):
        return Question.MODULES
    if by.file.startswith(_MLGUARD):
        return Question.FOLDERS if not by.helpers else Question.KINDS
    if by.helpers:
        return Question.KINDS
    return Question.NAMES if event == "os.listdir" else Question.ENTRIES


def _is_import(by: Asker) -> bool:
    return by.through.startswith(_IMPORTS)
