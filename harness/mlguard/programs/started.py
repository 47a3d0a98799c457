"""Which files a program is given that an audit event of Python is about to start."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

STARTS = {
    "subprocess.Popen": (1, 2),
    "os.posix_spawn": (1, None),
    "os.exec": (1, None),
    "os.spawn": (2, None),
    "os.system": (0, None),
}
"""What starts a program: where its words and the folder that it starts in stand among the arguments."""


def given(event: str, arguments: tuple[Any, ...]) -> Iterator[Path]:
    """The files that stand among the words of a program, and modules behind `-m`; `sh -c '…'` is taken apart.

    The event is one of `STARTS`.
    """
    words, folder = STARTS[event]
    place = arguments[folder] if folder is not None else None
    start = os.fsdecode(place) if isinstance(place, str | bytes | os.PathLike) else os.getcwd()
    for before, word in pairwise(["", *_words(arguments[words])]):
        names = _module(word) if before == "-m" else (word, word.partition("=")[2])
        yield from (Path(os.path.abspath(path)) for name in names if os.path.isfile(path := os.path.join(start, name)))


def _words(told: Any) -> Iterator[str]:
    """The words of a command line, each word of a line in it by itself, too."""
    whole = isinstance(told, str | bytes | os.PathLike)
    for word in [told] if whole else told:
        text = os.fsdecode(word)
        yield text
        yield from _apart(text) if any(map(str.isspace, text)) else ()


def _apart(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:  # What another program understands, and no shell.
        return line.split()


def _module(name: str) -> tuple[str, ...]:
    path = name.replace(".", os.sep)
    return f"{path}.py", os.path.join(path, "__main__.py")
