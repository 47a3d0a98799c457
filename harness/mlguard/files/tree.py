"""The plain files and folders below one folder: nothing in it is reached through a link.

What lies in a project may come from somebody else, as a pull request does, and git keeps links. So each component of a
path is opened on its own, relative to the one above it and without following it, and must be a plain file or folder.
Where the platform cannot open relative to a folder (Windows), each component is looked at before it is used.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mlguard.core.error import GoldenError, UsageError
from mlguard.files.handle import Folder, OddError
from mlguard.files.unfinished import append, unfinished

LARGEST = 256 * 1024**2
"""Bytes that a file may have: what is larger is neither written nor read."""

DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
"""Names that Windows keeps for devices, whatever their case and suffix."""

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
        self._opened: Folder | None = None

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

    def walk(self) -> Iterator[tuple[str, str]]:
        """Whatever lies below this folder, however deep: its name from here, and its kind as an entry."""
        waiting = [""]
        while waiting:
            place = waiting.pop()
            for entry in self.entries(place):
                name = f"{place}/{entry.name}" if place else entry.name
                yield name, entry.kind
                if entry.kind == "folder":
                    waiting.append(name)

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
        check_size(self.shown(name), len(content))
        with self._holding(name, make=True) as (folder, file), unfinished(folder, file, content) as made:
            os.replace(folder.place(made), folder.place(file), src_dir_fd=folder.fd, dst_dir_fd=folder.fd)

    def publish(self, name: str, content: bytes) -> bool:
        """Write one file whole where there is none; whether it was. OSError also where there are no hard links."""
        check_size(self.shown(name), len(content))
        with (
            suppress(FileExistsError),
            self._holding(name, make=True) as (folder, file),
            unfinished(folder, file, content) as made,
        ):
            os.link(folder.place(made), folder.place(file), src_dir_fd=folder.fd, dst_dir_fd=folder.fd)
            return True
        return False

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
    def _holding(self, name: str, *, make: bool = False) -> Iterator[tuple[Folder, str]]:
        """The folder that holds a file or folder, and its name there."""
        *folders, last = self._parts(name)
        with self._inside(folders, make=make) as folder:
            yield folder, last

    @contextmanager
    def _inside(self, parts: Sequence[str], *, make: bool = False) -> Iterator[Folder]:
        if make:
            self._base.mkdir(parents=True, exist_ok=True)
        folder = Folder.at(self._base) if self._opened is None else self._opened.again()
        try:
            for part in (*(self._above if self._opened is None else ()), *parts):
                with folder:
                    folder = folder.enter(part, make=make)
            yield folder
        except OddError as error:
            advice = "remove it, or restore what was there from version control"
            told = f"{self._shown(error.path)} {error}"
            raise GoldenError(told, advice=advice, slug="not-plain") from error
        finally:
            folder.close()

    def _shown(self, place: Path) -> str:
        return (place.relative_to(self.project) if place.is_relative_to(self.project) else place).as_posix()


def _holding(
    folder: Folder, place: str, file: str, enters: Callable[[str], bool]
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


def _readable(folder: Folder, file: str) -> bytes | None:
    with suppress(FileNotFoundError, NotADirectoryError, OddError):
        return folder.read(file, LARGEST)
    return None
