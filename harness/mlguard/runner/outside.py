"""Which files outside of the project the guarded code reads: its author's machine has them, and another one has not."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterable
from itertools import takewhile
from pathlib import Path
from typing import Final

from mlguard.observe.files import LIBRARIES
from mlguard.worker.source import is_installed

_SYSTEM: Final = frozenset(
    {"bin", "dev", "etc", "lib", "lib32", "lib64", "proc", "run", "sbin", "sys", "usr"}
    | {"Library", "System", "Program Files", "Program Files (x86)", "ProgramData", "Windows"}
)
"""Folders at the top of a disk that hold what a system brings along."""

_CODE: Final = (".py", ".pyc", ".pyd", ".so", ".dll", ".pth")
"""Ends of names of code, of which `runner.checkout` says whether it is the project's."""


def told_outside(read: Iterable[Path], root: Path, sources: Collection[str], *, besides: Iterable[Path]) -> str:
    """A quiet line that names these files, with the line of the code that does; empty where there are none.

    `sources` are files that the run depended on, by their path from the root. What lies below `besides`, such as the
    import path, counts as the project's.
    """
    places = (root, root.resolve(), *besides, Path(tempfile.gettempdir()))
    wanted = (file for file in read if _counts(file, root) and not any(map(file.is_relative_to, places)))
    # What was looked for in vain is missed here as well.
    found = sorted(file for file in wanted if file.is_file())
    if not found:
        return ""
    shown = [f"{file}{_named_in(file, root, sources)}" for file in found[:3]]
    more = f" and {len(found) - 3} more files" if len(found) > 3 else ""
    has = "which lies" if len(found) == 1 else "which lie"
    return f"the code reads {', '.join(shown)}{more}, {has} outside of the project: another machine may not have it"


def _counts(file: Path, root: Path) -> bool:
    """Whether a project's code wants it, and not a library for itself."""
    shared = takewhile(lambda parts: parts[0] == parts[1], zip(root.parts, file.parts, strict=False))
    apart = file.parts[len(list(shared)) :]
    kept = any(part.startswith(".") or part in LIBRARIES for part in apart)
    system = file.parts[1] in _SYSTEM if len(file.parts) > 2 else False
    return not (kept or system or file.name.endswith(_CODE) or is_installed(str(file)))


def _named_in(file: Path, root: Path, sources: Collection[str]) -> str:
    """The first line of the project that has the file's name in it, in parentheses."""
    for source in sorted(sources):
        with (root / source).open("rb") as opened:
            for number, line in enumerate(opened, 1):
                if os.fsencode(file.name) in line:
                    return f" ({source}, line {number})"
    return ""
