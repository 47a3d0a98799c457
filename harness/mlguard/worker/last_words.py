"""What a worker says of itself before it can say nothing more: where its code was, and which files it changed."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

_ENDING: Final = ("SIGTERM", "SIGHUP", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGUSR1", "SIGUSR2", "SIGXCPU", "SIGQUIT")
"""Signals that end a process which does nothing about them, and that it can still hear."""

_SENDING: Final = ("os.kill", "os.killpg", "os.exec")
"""What may end this process from within without another word."""

_CHANGING: Final[Mapping[str, tuple[int, ...]]] = {
    "open": (0,),
    "os.chmod": (0,),
    "os.link": (1,),
    "os.mkdir": (0,),
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.rmdir": (0,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "shutil.rmtree": (0,),
}
"""Audit events that change files, with the arguments that name them."""

_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def say_where_it_ends() -> None:
    """A crash, the end of the time limit, a signal and `os._exit` leave in the output where the code was.

    What is killed from outside by a signal that nobody can hear, as when memory runs out, says nothing.
    """
    output = os.dup(2)  # The code may close its own, or send it elsewhere.
    faulthandler.enable(output)
    if hasattr(faulthandler, "register"):  # Not on Windows.
        for name in _ENDING:
            faulthandler.register(getattr(signal, name), output, chain=True)
    worker, leave = os.getpid(), os._exit

    def say() -> None:
        if os.getpid() == worker:  # And not a process that was forked from it.
            faulthandler.dump_traceback(output)

    def leave_with_word(status: int) -> None:
        say()
        leave(status)

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _SENDING and _is_deadly(event, arguments):
            say()

    os._exit = leave_with_word  # type: ignore[assignment]  # No audit event tells of it.
    sys.addaudithook(hear)


def say_what_it_changes(folders: Sequence[str], told: str) -> None:
    """Write the path of every file and folder below `folders` that the code changes into the file `told`, one a line.

    Processes that are forked from this one say it too; programs that it starts do not.
    """
    watched = tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)
    output = os.open(told, os.O_WRONLY | os.O_APPEND)

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        places = _CHANGING.get(event)
        if places is None or (event == "open" and not _writes(*arguments[1:3])):
            return
        for path in (arguments[place] for place in places):
            if isinstance(path, str | bytes | os.PathLike):
                with contextlib.suppress(OSError, ValueError):  # Whatever is wrong with it, the call itself will say.
                    real = os.path.realpath(os.fsdecode(path))
                    if os.path.join(real, "").startswith(watched):
                        os.write(output, os.fsencode(real).replace(b"\n", b"?") + b"\n")

    if watched:
        sys.addaudithook(hear)


def _is_deadly(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether this process, or the one that keeps it, is meant."""
    group = getattr(os, "getpgrp", os.getpid)()  # Not on Windows.
    mine = (0, -1, os.getpid(), os.getppid(), group, -group)
    return event == "os.exec" or (arguments[0] in mine and arguments[1] != 0)


def _writes(mode: object, flags: object) -> bool:
    return bool(flags & _WRITING) if isinstance(flags, int) else any(c in str(mode) for c in "wax+")
