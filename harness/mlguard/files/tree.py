"""The plain files and folders below one folder: nothing in it is reached through a link.

What lies in a project may come from somebody else, as a pull request does, and git keeps links. So each component of a
path is opened on its own, relative to the one above it and without following it, and must be a plain file or folder.
Where the platform cannot open relative to a folder (Windows), each component is looked at before it is used.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from mlguard.core.error import GoldenError, UsageError

LARGEST = 256 * 1024**2
"""Bytes that a file may have: what is larger is neither written nor read."""

DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
"""Names that Windows keeps for devices, whatever their case and suffix."""

_PART = 1 << 16
"""Bytes that are read at once of what a file has beyond its size."""

_RELATIVE = os.open in os.supports_dir_fd and os.scandir in os.supports_fd and hasattr(os, "O_NOFOLLOW")
# Not blocking: to open a FIFO must not wait for its writer.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY", "O_NOCTTY", "O_NONBLOCK"))
_JUNCTION = getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)
_SPECIAL = re.compile(r'[\x00-\x1f/\\:*?"<>|]')


@dataclass(frozen=True)
class Entry:
    """What lies in a folder under one name."""

    name: str
    """Its name."""
    kind: str
    """`file`, `folder`, or `odd` for a link, a device and whatever else no store keeps."""


def check_size(shown: str, size: int) -> None:
    """Raises UsageError for a file that would have more bytes than are ever read; `shown` is how messages call it."""
    if size > LARGEST:
        told = f"{shown} would have {size} bytes, and mlguard reads {LARGEST} at most"
        raise UsageError(told, advice="note less, or a digest of it", slug="file-too-large")


def append(handle: int, content: bytes) -> None:
    """Write all of it: the system may take less than it is given."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def is_plain(name: str) -> bool:
    """Whether a name is the name of one file on every file system, and no way out of its folder."""
    return bool(name) and name not in (".", "..") and not _SPECIAL.search(name)


class Tree:
    """The plain files and folders below one folder.

    Names are those of files below it, with forward slashes. Every method raises GoldenError where a component is a link
    or no plain file or folder, and OSError for what the disk refuses.
    """

    def __init__(self, root: Path, project: Path) -> None:
        """`root` need not exist. Below `project`, its own components are no links either; elsewhere any may be."""
        self.root, self.project = root, project
        below = root.is_relative_to(project)
        self._base = project if below else root
        self._above = root.relative_to(project).parts if below else ()
        self._opened: _Folder | None = None

    def below(self, name: str) -> Tree:
        """The tree of a folder in this one."""
        inner = Tree(self.root / name, self.project)
        inner._base, inner._above = self._base, (*self._above, *self._parts(name))
        return inner

    def shown(self, name: str = "") -> str:
        """A file or folder as messages name it: from the project's root where it is below."""
        return self._shown(self.root / name)

    def read(self, name: str, most: int = LARGEST) -> bytes | None:
        """The content of a file; None where there is none. Refuses one of more than `most` bytes before reading it."""
        with suppress(FileNotFoundError, NotADirectoryError), self._holding(name) as (folder, file):
            content = folder.read(file, most)
            if content is None:
                advice = "restore what was there from version control"
                raise GoldenError(
                    f"{self.shown(name)} has more than {most} bytes", advice=advice, slug="file-too-large"
                )
            return content
        return None

    def entries(self, name: str = "") -> list[Entry]:
        """What lies in a folder, by name; nothing where there is no such folder."""
        parts = self._parts(name)
        with suppress(FileNotFoundError, NotADirectoryError), self._inside(parts) as folder:
            return [Entry(name, kind) for name, kind in folder.kinds().items()]
        return []

    def holding(self, file: str, enters: Callable[[str], bool]) -> Iterator[tuple[str, bytes | None]]:
        """Each folder below this one that holds a file of this name, and the file's content; each is opened once.

        `enters` says of a folder, by its name from here, whether to look into it. What is no plain file or folder is
        named as well; its content is None, and so is that of a file that is too large to be read.
        """
        with suppress(FileNotFoundError, NotADirectoryError), self._inside(()) as folder:
            yield from _holding(folder, "", file, enters)

    def modified(self, name: str) -> float:
        """When a file or folder was changed last, in seconds since the epoch."""
        with self._holding(name) as (folder, last):
            return folder.stat(last).st_mtime

    def make(self, name: str = "") -> None:
        """Make a folder, and those above it, where they are missing."""
        with self._inside(self._parts(name), make=True):
            pass

    def fresh(self, prefix: str) -> Tree:
        """A new folder in this one that only this user can enter, under a name that nobody could foresee."""
        name = prefix + secrets.token_hex(8)
        with self._inside(()) as folder:
            os.mkdir(folder.place(name), 0o700, dir_fd=folder.fd)
        return self.below(name)

    def write(self, name: str, content: bytes, *, mode: int = 0o666) -> None:
        """Write a file that is not there yet, and see it on the disk; `mode` are its rights, less the umask."""
        check_size(self.shown(name), len(content))
        with self.making(name, mode) as handle:
            append(handle, content)

    @contextmanager
    def making(self, name: str, mode: int = 0o666) -> Iterator[int]:
        """The descriptor of a file that is not there yet; the block over, all of it is on the disk."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with self._holding(name, make=True) as (folder, file), folder.open(file, flags, mode) as handle:
            yield handle
            os.fsync(handle)

    @contextmanager
    def looking(self, name: str) -> Iterator[int]:
        """The descriptor of a file to read from, however large it is. Raises FileNotFoundError where there is none."""
        with self._holding(name) as (folder, file), folder.open(file, os.O_RDONLY) as handle:
            yield handle

    def put(self, name: str, content: bytes) -> None:
        """Write one file whole or not at all, over the one that is there."""
        unfinished = f"{name}.{secrets.token_hex(8)}"
        try:
            self.write(unfinished, content)
            self.move(unfinished, self, name)
        except BaseException:
            with suppress(OSError):
                self.remove(unfinished)
            raise

    def publish(self, name: str, content: bytes) -> bool:
        """Write one file whole where there is none; whether it was. OSError also where there are no hard links."""
        unfinished = f"{name}.{secrets.token_hex(8)}"
        self.write(unfinished, content)
        try:
            with self._holding(name) as (folder, file):
                here = folder.place(f"{file}{unfinished.removeprefix(name)}")
                os.link(here, folder.place(file), src_dir_fd=folder.fd, dst_dir_fd=folder.fd)
        except FileExistsError:
            return False
        finally:
            with suppress(OSError):
                self.remove(unfinished)
        return True

    def move(self, name: str, to: Tree, new: str) -> None:
        """Move a file into the place of another one, or a folder to where there is none, on the same file system."""
        with self._holding(name) as (one, file), to._holding(new, make=True) as (other, target):
            os.replace(one.place(file), other.place(target), src_dir_fd=one.fd, dst_dir_fd=other.fd)

    def remove(self, name: str) -> bool:
        """Remove a file; whether there was one."""
        with suppress(FileNotFoundError, NotADirectoryError), self._holding(name) as (folder, file):
            os.unlink(folder.place(file), dir_fd=folder.fd)
            return True
        return False

    def drop(self, name: str) -> bool:
        """Remove a folder if it is empty; whether it is gone."""
        with suppress(OSError), self._holding(name) as (folder, last):
            os.rmdir(folder.place(last), dir_fd=folder.fd)
            return True
        return False

    def clear(self, name: str) -> None:
        """Remove a folder with all that is in it; links in it are removed and never followed."""
        with self._holding(name) as (folder, last):
            folder.enter(last).close()  # A link in its place is refused here.
            shutil.rmtree(folder.place(last), dir_fd=folder.fd)

    @contextmanager
    def opened(self, name: str, *, make: bool) -> Iterator[int]:
        """The descriptor of a file that can be read and written, such as that of a lock."""
        flags = os.O_RDWR | (os.O_CREAT if make else 0)
        with self._holding(name, make=make) as (folder, file), folder.open(file, flags) as handle:
            yield handle

    @contextmanager
    def entered(self) -> Iterator[int | None]:
        """The descriptor of this folder itself; None where the platform has none for folders."""
        with self._inside(()) as folder:
            yield folder.fd

    @contextmanager
    def opened_once(self) -> Iterator[Tree]:
        """This tree for several reads, its own folder opened once for all; as it is where there is no such folder."""
        with ExitStack() as stack:
            tree = Tree(self.root, self.project)
            tree._base, tree._above = self._base, self._above
            with suppress(FileNotFoundError, NotADirectoryError):
                folder = stack.enter_context(self._inside(()))
                tree._opened = folder if folder.fd is not None else None
            yield tree

    def _parts(self, name: str) -> tuple[str, ...]:
        parts = tuple(name.split("/")) if name else ()
        if not all(map(is_plain, parts)):
            raise GoldenError(f"{self.shown()} cannot hold {name!r}, which is no plain name", slug="not-plain")
        return parts

    @contextmanager
    def _holding(self, name: str, *, make: bool = False) -> Iterator[tuple[_Folder, str]]:
        """The folder that holds a file or folder, and its name there."""
        *folders, last = self._parts(name)
        with self._inside(folders, make=make) as folder:
            yield folder, last

    @contextmanager
    def _inside(self, parts: Sequence[str], *, make: bool = False) -> Iterator[_Folder]:
        if make:
            self._base.mkdir(parents=True, exist_ok=True)
        folder = _Folder.at(self._base) if self._opened is None else self._opened.again()
        try:
            for part in (*(self._above if self._opened is None else ()), *parts):
                with folder:
                    folder = folder.enter(part, make=make)
            yield folder
        except _OddError as error:
            advice = "remove it, or restore what was there from version control"
            told = f"{self._shown(error.path)} {error}"
            raise GoldenError(told, advice=advice, slug="not-plain") from error
        finally:
            folder.close()

    def _shown(self, place: Path) -> str:
        return (place.relative_to(self.project) if place.is_relative_to(self.project) else place).as_posix()


class _OddError(Exception):
    """Something that is no plain file or folder, and what it is."""

    def __init__(self, path: Path, told: str) -> None:
        super().__init__(told)
        self.path = path


class _Folder:
    """An open folder, and what lies directly in it."""

    def __init__(self, path: Path, fd: int | None) -> None:
        self.path, self.fd = path, fd

    @classmethod
    def at(cls, path: Path) -> _Folder:
        """A folder that is followed wherever it leads: somebody on this machine chose it."""
        return cls(path, os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) if _RELATIVE else None)

    def again(self) -> _Folder:
        """The same folder, to be closed by itself."""
        return _Folder(self.path, None if self.fd is None else os.dup(self.fd))

    def __enter__(self) -> _Folder:
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

    def enter(self, name: str, *, make: bool = False) -> _Folder:
        """A folder in this one, made where it is missing if that is wanted."""
        if make:
            with suppress(FileExistsError):
                os.mkdir(self.place(name), dir_fd=self.fd)
        found = self._facts(name)
        if self.fd is None:
            if not stat.S_ISDIR(found.st_mode):
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), name)
            return _Folder(self.path / name, None)
        # Not followed either if it became a link since it was looked at.
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        return _Folder(self.path / name, os.open(name, flags, dir_fd=self.fd))

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
            raise _OddError(self.path / name, "is a link, which mlguard does not follow")
        return found

    def _check(self, name: str, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise _OddError(self.path / name, "is no plain file")


def _holding(
    folder: _Folder, place: str, file: str, enters: Callable[[str], bool]
) -> Iterator[tuple[str, bytes | None]]:
    kinds = folder.kinds()
    if kinds.pop(file, "folder") != "folder":
        yield place, _readable(folder, file)
    for name, kind in kinds.items():
        below = f"{place}/{name}" if place else name
        if kind == "odd":
            yield below, None
        elif kind == "folder" and enters(below):
            with suppress(FileNotFoundError, NotADirectoryError), folder.enter(name) as inner:
                yield from _holding(inner, below, file, enters)


def _readable(folder: _Folder, file: str) -> bytes | None:
    with suppress(FileNotFoundError, NotADirectoryError, _OddError):
        return folder.read(file, LARGEST)
    return None


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
