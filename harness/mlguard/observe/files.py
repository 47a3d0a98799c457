"""Hear which of the project's files guarded code reads, and which it writes outside the folder that it was given."""

from __future__ import annotations

import filecmp
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import unquote

from mlguard.core.copies import original

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_PATH_EVENTS = {
    "os.remove": (0, 1),
    "os.rename": (1, 3),
    "os.truncate": (0, None),
    "os.symlink": (1, 2),
    "os.link": (1, 3),
}
"""What changes files: places of the path and of its folder's descriptor among the event's arguments.

A folder by itself is no output, and only the first of two runs makes it.
"""

_CACHES = (".cache", ".config", ".matplotlib", "__pycache__")
"""Folders in which libraries keep what they computed before; no output of guarded code."""


_LIBRARIES = (
    frozenset({"__pycache__", ".git", "matplotlib", ".matplotlib", "fontconfig", "numba", "torch", "keras", ".keras"})
    | {"huggingface", "sentence_transformers", "tiktoken", "tensorflow_datasets", "nltk_data", "gensim-data"}
    | {"scikit_learn_data", "statsmodels_data", "seaborn-data"}
)
"""Folders of what libraries download or compile, which no edit of the project's code could change."""

_DEVICES = ("/dev", "/proc", "/sys")


def places(written: Iterable[str]) -> list[str]:
    """The files as a person clears them away: by the topmost entry below the root or the home folder.

    What lies below it differs from run to run, with dates, numbers and counters in its names.
    """
    return sorted({_place(PurePath(name)) for name in written})


def _place(path: PurePath) -> str:
    home, start = Path.home(), ""
    if path.is_absolute() and path.is_relative_to(home):
        path, start = path.relative_to(home), "~/"
    elif path.is_absolute():
        start, path = path.anchor, path.relative_to(path.anchor)
    return f"{start}{path.parts[0]}/" if len(path.parts) > 1 else f"{start}{path}"


class Files:
    """Files heard in this process; made once per worker, since an audit hook stays for good."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.allowed: tuple[Path, ...] = ()
        self.written: list[str] = []
        """Outside the folder: from the root where below it, in the order of the first writes."""
        self.read: set[Path] = set()
        """Opened for reading, wherever they lie."""
        self.made: set[Path] = set()
        """Written outside the folder, those of the project's own caches included."""
        self.read_first: set[Path] = set()
        """Opened for reading before this process wrote them."""
        self._reading = self._writing = False
        sys.addaudithook(self._hook)

    @contextmanager
    def listening(self, folder: Path | None) -> Iterator[None]:
        """Keep what is read while the block runs, and what is written except below this folder and the temporary one.

        Without a folder, as while modules are imported, nobody asks what is written.
        """
        if folder is not None:
            self.allowed = (folder.resolve(), Path(tempfile.gettempdir()).resolve())
        self._reading, self._writing = True, folder is not None
        try:
            yield
        finally:
            self._reading = self._writing = False

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._reading:
            return
        if event == "open":
            path, mode, flags = arguments
            writes = bool(flags & _WRITING) if isinstance(flags, int) else any(c in str(mode) for c in "wax+")
            self._hear(path, writes=writes)
        elif event == "sqlite3.connect":
            self._hear(_database(arguments[0]), writes=False)
        elif event in _PATH_EVENTS:
            path, folder = _PATH_EVENTS[event]
            self._hear(_whole(arguments[path], -1 if folder is None else arguments[folder]), writes=True)

    def _hear(self, path: object, *, writes: bool) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return  # A file descriptor: whoever opened it was heard.
        before = self._reading, self._writing
        self._reading = self._writing = False  # Path handling below must not hear itself.
        try:
            place = _written(os.fsdecode(path)) if writes else Path(os.path.abspath(os.fsdecode(path)))
            meant = original(place)
            if meant is None:
                return
            if not writes:
                place = meant if meant == place or _is_same(meant, place) else place
                self.read.add(place)
                self.read_first |= {place} - self.made
            elif before[1] and self._is_made(place):
                self.made.add(place)
            if writes and before[1] and self._counts(place):
                shown = place.relative_to(self.root).as_posix() if place.is_relative_to(self.root) else str(place)
                if shown not in self.written:
                    self.written.append(shown)
        finally:
            self._reading, self._writing = before

    def _is_made(self, place: Path) -> bool:
        outside = not any(place.is_relative_to(folder) for folder in (*map(str, self.allowed), *_DEVICES))
        return outside and not _LIBRARIES.intersection(place.parts)

    def _counts(self, place: Path) -> bool:
        if any(place.is_relative_to(folder) for folder in self.allowed):
            return False
        if any(place.is_relative_to(folder) for folder in _DEVICES):
            return False
        return not any(part in _CACHES for part in place.parts)


def _is_same(one: Path, other: Path) -> bool:
    """Whether a file of a copy still is the project's own, and not what a program wrote there itself."""
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _written(path: str) -> Path:
    """Where a file is written, whatever links lead there; a link that is itself made or removed is not followed."""
    folder, name = os.path.split(os.path.abspath(path))
    return Path(os.path.realpath(folder), name)


def _whole(path: Any, folder: int) -> Any:
    """A path below an open folder, as where `shutil.rmtree` removes it; None where nobody knows that folder."""
    if folder == -1 or not isinstance(path, str | bytes | os.PathLike):
        return path
    try:
        return os.path.join(os.readlink(f"/proc/self/fd/{folder}"), os.fsdecode(path))
    except OSError:
        return None


def _database(name: object) -> object:
    """The file of an SQLite database, also where it is named by a URL such as `file:shop.db?mode=ro`."""
    if isinstance(name, str) and name.startswith("file:"):
        return unquote(name.removeprefix("file:").partition("?")[0].removeprefix("//"))
    return name
