"""One open folder and what lies directly in it; nothing is followed, and what is no plain file or folder is refused."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from operator import attrgetter
from pathlib import Path
from typing import Any

_PART = 1 << 16
"""Bytes that are read at once of what a file has beyond its size."""

_RELATIVE = os.open in os.supports_dir_fd and os.scandir in os.supports_fd and hasattr(os, "O_NOFOLLOW")
# Not blocking: to open a FIFO must not wait for its writer.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY", "O_NOCTTY", "O_NONBLOCK"))
_JUNCTION = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)


class OddError(Exception):
    """Something that is no plain file or folder, and what it is."""

    def __init__(self, path: Path, told: str) -> None:
        super().__init__(told)
        self.path = path


class Folder:
    """An open folder, and what lies directly in it."""

    def __init__(self, path: Path, fd: int | None) -> None:
        self.path, self.fd = path, fd

    @classmethod
    def at(cls, path: Path) -> Folder:
        """A folder that is followed wherever it leads: somebody on this machine chose it."""
        return cls(path, os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) if _RELATIVE else None)

    def again(self) -> Folder:
        """The same folder, to be closed by itself."""
        return Folder(self.path, None if self.fd is None else os.dup(self.fd))

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its descriptor, once."""
        if self.fd is not None:
            os.close(self.fd)
            self.fd = None

    def place(self, name: str) -> str:
        """How the system is asked for an entry, together with `dir_fd=self.fd`."""
        return name if self.fd is not None else str(self.path / name)

    def stat(self, name: str) -> os.stat_result:
        """Facts of an entry itself, never of what it leads to."""
        return os.stat(self.place(name), dir_fd=self.fd, follow_symlinks=False)

    def scan(self) -> Any:
        """The entries, to be closed."""
        return os.scandir(self.path if self.fd is None else self.fd)

    def kinds(self) -> dict[str, str]:
        """What lies in it, by name."""
        with self.scan() as found:
            return {one.name: _kind(one) for one in sorted(found, key=attrgetter("name"))}

    def read(self, name: str, most: int) -> bytes | None:
        """The content of a plain file; None where that has more than `most` bytes."""
        with self.open(name, os.O_RDONLY) as handle:
            size = os.fstat(handle).st_size
            content = b"" if size > most else _read(handle, size, most + 1)
            return content if max(size, len(content)) <= most else None

    def enter(self, name: str, *, make: bool = False) -> Folder:
        """A folder in this one, made where it is missing if that is wanted."""
        if make:
            with suppress(FileExistsError):
                os.mkdir(self.place(name), dir_fd=self.fd)
        found = self._facts(name)
        if self.fd is None:
            if not stat.S_ISDIR(found.st_mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), name)
            return Folder(self.path / name, None)
        # Not followed either if it became a link since it was looked at.
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        return Folder(self.path / name, os.open(name, flags, dir_fd=self.fd))

    @contextmanager
    def open(self, name: str, flags: int, mode: int = 0o666) -> Iterator[int]:
        """The descriptor of a plain file in this folder."""
        if not flags & os.O_EXCL:  # Looked at before it is opened: opening a device can already do something.
            with suppress(FileNotFoundError) if flags & os.O_CREAT else nullcontext():
                self._check(name, self._facts(name))
        handle = os.open(self.place(name), flags | _FLAGS, mode, dir_fd=self.fd)
        try:
            self._check(name, os.fstat(handle))
            yield handle
        finally:
            os.close(handle)

    def _facts(self, name: str) -> os.stat_result:
        """Facts of an entry that is no link."""
        found = self.stat(name)
        if _is_link(found):
            raise OddError(self.path / name, "is a link, which mlguard does not follow")
        return found

    def _check(self, name: str, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise OddError(self.path / name, "is no plain file")


def _is_link(found: os.stat_result) -> bool:
    """Whether it leads elsewhere; on Windows junctions do as well, which are no links by their mode."""
    return stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) == _JUNCTION


def _kind(entry: os.DirEntry[str]) -> str:
    # On POSIX the folder itself says what is a link; junctions are links that only Windows has.
    if entry.is_symlink() or (os.name == "nt" and _is_link(entry.stat(follow_symlinks=False))):
        return "odd"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "odd"


def _read(handle: int, size: int, most: int) -> bytes:
    """Up to `most` bytes, however many the file grows by meanwhile; one of the `size` that it says is read at once."""
    parts = []
    while most and (part := os.read(handle, min(most, max(size, _PART)))):
        parts.append(part)
        most -= len(part)
        size -= len(part)
    return b"".join(parts)
