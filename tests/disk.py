"""A disk that refuses, and a process that dies, at any call that would change something."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHANGING = ("open", "mkdir", "write", "replace", "unlink", "rmdir")


class DiedError(BaseException):
    """Stands for the process that ends at this very call."""


class Disk:
    """Counts the calls that change the disk, and stops them."""

    def __init__(self) -> None:
        """Nothing is stopped at first."""
        self.calls = 0

    def died_from(self, call: int) -> Callable[[int], None]:
        """The process ends at this call: none after it happens either."""

        def stop(number: int) -> None:
            if number >= call:
                raise DiedError

        return stop

    def refused(self, call: int, number: int = errno.EIO) -> Callable[[int], None]:
        """This one call is refused, and those after it happen."""

        def stop(at: int) -> None:
            if at == call:
                raise OSError(number, os.strerror(number))

        return stop

    @contextmanager
    def stopping(self, stop: Callable[[int], None] = lambda number: None) -> Iterator[None]:
        """Ask `stop` before each call, which is told by its number."""
        self.calls = 0

        def around(name: str, function: Any) -> Any:
            def call(*arguments: Any, **options: Any) -> Any:
                reads = name == "open" and not arguments[1] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
                if not reads:
                    self.calls += 1
                    stop(self.calls - 1)
                return function(*arguments, **options)

            return call

        with pytest.MonkeyPatch.context() as patch:
            for name in CHANGING:
                patch.setattr(os, name, around(name, getattr(os, name)))
            yield


@contextmanager
def used_up(function: str, after: int) -> Iterator[None]:
    """Let all calls of a function of `os` but the first ones fail, as where no more files can be opened."""
    original, left = getattr(os, function), iter(range(after))

    def refusing(*arguments: Any, **options: Any) -> Any:
        if next(left, None) is None:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return original(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, function, refusing)
        yield
