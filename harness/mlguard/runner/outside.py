"""Which files outside of the project the guarded code reads: its author's machine has them, and another one has not."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterable
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import Final

from mlguard.observe.files import LIBRARIES
from mlguard.programs.modules import CODE
from mlguard.worker.source import is_installed

_SYSTEM: Final = frozenset(
    {"bin", "dev", "etc", "lib", "lib32", "lib64", "proc", "run", "sbin", "sys", "usr"}
    | {"Library", "System", "Program Files", "Program Files (x86)", "ProgramData", "Windows"}
)
"""Folders at the top of a disk that hold what a system brings along."""

_PLUGGED_IN: Final = ("run", "media")
"""Where Linux shows a disk that somebody plugged in."""


def told_outside(read: Iterable[Path], root: Path, sources: Collection[str], *, besides: Iterable[Path]) -> str:
    """A quiet line that names these files, with the line of the code that does; empty where there are none.

    `sources` are files that the run depended on, by their path from the root. What lies below `besides`, such as the
    import path, counts as the project's.
    """
    places = (root, root.resolve(), *besides, Path(tempfile.gettempdir()))
    wanted = (file for file in read if is_wanted(file, root) and not any(map(file.is_relative_to, places)))
    # What was looked for in vain is missed here as well.
    found = sorted(file for file in wanted if file.is_file())
    if not found:
        return ""
    shown = [f"{file}{_named_in(file, root, sources)}" for file in found[:3]]
    more = f" and {len(found) - 3} more files" if len(found) > 3 else ""
    lies, has = ("lies", "it") if len(found) == 1 else ("lie", "them")
    away = f"which {lies} outside of the project: another machine may not have {has}"
    return f"the code reads {', '.join(shown)}{more}, {away}"


def is_code(file: Path) -> bool:
    """Whether it is a module, by its name: `runner.checkout` says whether it is the project's."""
    return file.name.endswith(CODE)


def is_wanted(file: Path, root: Path) -> bool:
    """Whether a project's code wants it, and not a library for itself."""
    shared = takewhile(lambda parts: parts[0] == parts[1], zip(root.parts, file.parts, strict=False))
    apart = file.parts[len(list(shared)) :]
    kept = any(part.startswith(".") or part in LIBRARIES for part in apart)
    system = len(file.parts) > 2 and file.parts[1] in _SYSTEM and file.parts[1:3] != _PLUGGED_IN
    return not (kept or system or is_code(file) or is_installed(str(file)))


def _named_in(file: Path, root: Path, sources: Collection[str]) -> str:
    """The first line of the project that has the file's whole name in it, in parentheses."""
    name = re.compile(rb"(?<![\w.-])" + re.escape(os.fsencode(file.name)) + rb"(?![\w-])")
    for source in sorted(sources):
        # The code may have removed it since.
        with suppress(OSError), (root / source).open("rb") as opened:
            for number, line in enumerate(opened, 1):
                if name.search(line):
                    return f" ({source}, line {number})"
    return ""
