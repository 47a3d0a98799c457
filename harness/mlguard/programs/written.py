"""Which file an audit event of Python is about to change."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

CHANGES = {
    "os.remove": ((0, 1),),
    "os.rename": ((1, 3), (0, 2)),
    "os.truncate": ((0, None),),
    "os.symlink": ((1, 2),),
    "os.link": ((1, 3),),
}
"""What changes files: where each path and the descriptor of its folder stand among the arguments, the new file first.

A folder by itself is no output, and only the first of two runs makes it.
"""


_ALTERS = {
    "os.chmod": (0, 2),
    "os.chown": (0, 3),
    "os.utime": (0, 3),
    "os.setxattr": (0, None),
    "os.removexattr": (0, None),
    "os.mkdir": (0, 2),
    "os.rmdir": (0, 1),
}
"""What changes rights, times or folders: where the path and the descriptor of its folder stand among the arguments."""


def written(event: str, arguments: tuple[Any, ...]) -> Path | None:
    """Where the file lies that an event writes or removes; None where it changes none by its path."""
    return next(touched(event, arguments), None)


def touched(event: str, arguments: tuple[Any, ...]) -> Iterator[Path]:
    """Where all files lie that an event changes, that which it moves away among them, whatever links lead there.

    A link that is itself made or removed is not followed.
    """
    if event == "open":
        path, mode, flags = arguments
        writes = bool(flags & _WRITING) if isinstance(flags, int) else any(c in str(mode) for c in "wax+")
        yield from _place(path, follow=True) if writes else ()
    for path, folder in CHANGES.get(event, ()):
        whole = _whole(arguments[path], -1 if folder is None else arguments[folder])
        yield from _place(whole, follow=event == "os.truncate")


def altered(event: str, arguments: tuple[Any, ...]) -> Iterator[Path]:
    """Where that lies of which an event changes rights or times, or which is a folder that it makes or removes."""
    if event in _ALTERS:
        path, folder = _ALTERS[event]
        whole = _whole(arguments[path], -1 if folder is None else arguments[folder])
        places = _place(whole, follow=event not in ("os.mkdir", "os.rmdir"))
        yield from (place for place in places if event != "os.mkdir" or not place.exists())


def _place(path: Any, *, follow: bool) -> Iterator[Path]:
    if not isinstance(path, str | bytes | os.PathLike):
        return  # A file descriptor: whoever opened it was heard.
    whole = os.path.abspath(os.fsdecode(path))
    folder, name = os.path.split(whole)
    yield Path(os.path.realpath(whole)) if follow else Path(os.path.realpath(folder), name)


def _whole(path: Any, folder: int) -> Any:
    """A path below an open folder, as where `shutil.rmtree` removes it; None where nobody knows that folder."""
    if folder == -1 or not isinstance(path, str | bytes | os.PathLike):
        return path
    try:
        return os.path.join(os.readlink(f"/proc/self/fd/{folder}"), os.fsdecode(path))
    except OSError:
        return None
