"""Hear which of the project's files guarded code reads, and which it writes outside the folder that it was given."""

from __future__ import annotations

import filecmp
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import unquote

from mlguard.core.copies import original
from mlguard.programs.started import STARTS, given
from mlguard.programs.written import written

_CACHES = frozenset({".cache", ".config", ".matplotlib", "__pycache__"})
"""Folders in which libraries keep what they computed before; no output of guarded code."""


LIBRARIES = (
    frozenset({"__pycache__", ".git", "matplotlib", ".matplotlib", "fontconfig", "numba", "torch", "keras", ".keras"})
    | {"huggingface", "sentence_transformers", "tiktoken", "tensorflow_datasets", "nltk_data", "gensim-data"}
    | {"scikit_learn_data", "statsmodels_data", "seaborn-data"}
)
"""Folders of what libraries download or compile, which no edit of the project's code could change."""

_OTHERS = frozenset({*STARTS, "os.fork", "os.forkpty", "socket.connect"})
"""What begins something of which nobody hears what it gives."""

_DEVICES = tuple(map(Path, ("/dev", "/proc", "/sys")))


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


def changed(file: Path) -> int:
    """When a file was changed last, in nanoseconds; 0 where there is none."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


@dataclass
class Aside:
    """What was heard while something else than guarded code ran; it grows as that goes on."""

    read: set[Path] = field(default_factory=set)
    """Opened for reading, wherever they lie."""
    asks_others: bool = False
    """Whether a program was started, or another one connected to: nobody hears what these gave."""


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
        self.given: dict[Path, int] = {}
        """Named to a program that was started, which nobody hears, with the time of their last change until then."""
        self._reading = self._writing = False
        self._aside: Aside | None = None
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

    @contextmanager
    def aside(self) -> Iterator[Aside]:
        """What is read while the block runs, none of which counts as read by guarded code."""
        kept = self.read, self.read_first, self.given
        self._aside = Aside()
        self.read, self.read_first, self.given = self._aside.read, set(), {}
        try:
            with self.listening(None):
                yield self._aside
        finally:
            self._aside = None
            self.read, self.read_first, self.given = kept

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._reading:
            return
        place = written(event, arguments)
        if place is not None:
            self._hear(place, writes=True)
        elif event == "open":
            self._hear(arguments[0], writes=False)
        elif event == "sqlite3.connect":
            self._hear(_database(arguments[0]), writes=False)
        elif event in STARTS:
            self._hear_start(event, arguments)
        if self._aside is not None and event in _OTHERS:
            self._aside.asks_others = True

    def _hear(self, path: object, *, writes: bool) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return  # A file descriptor: whoever opened it was heard.
        with self._deaf() as writing:
            place = Path(os.path.abspath(os.fsdecode(path)))
            meant = original(place)
            if meant is None:
                return
            if not writes:
                place = _meant(place, meant)
                self.read.add(place)
                self.read_first |= {place} - self.made
            elif writing and self._is_made(place):
                self.made.add(place)
            if writes and writing and self._counts(place):
                shown = place.relative_to(self.root).as_posix() if place.is_relative_to(self.root) else str(place)
                if shown not in self.written:
                    self.written.append(shown)

    def _hear_start(self, event: str, arguments: tuple[Any, ...]) -> None:
        with self._deaf():
            for place in given(event, arguments):
                meant = original(place)
                if meant is not None:
                    file = _meant(place, meant)
                    self.given.setdefault(file, changed(file))

    @contextmanager
    def _deaf(self) -> Iterator[bool]:
        """While the block handles paths, it does not hear itself; whether anybody asks what is written."""
        before = self._reading, self._writing
        self._reading = self._writing = False
        try:
            yield before[1]
        finally:
            self._reading, self._writing = before

    def _is_made(self, place: Path) -> bool:
        return not self._is_anybodys(place) and LIBRARIES.isdisjoint(self._names(place))

    def _counts(self, place: Path) -> bool:
        return not self._is_anybodys(place) and _CACHES.isdisjoint(self._names(place))

    def _names(self, place: Path) -> tuple[str, ...]:
        """What tells whose a file is: the names of folders, below the root where it lies there."""
        return (place.relative_to(self.root) if place.is_relative_to(self.root) else place).parts

    def _is_anybodys(self, place: Path) -> bool:
        """Whether it may be written; a folder above the project, such as `/tmp` or `/dev`, allows nothing in it."""
        mine = place.is_relative_to(self.root)
        free = (*self.allowed, *_DEVICES)
        return any(place.is_relative_to(folder) and not (mine and self.root.is_relative_to(folder)) for folder in free)


def _meant(place: Path, meant: Path) -> Path:
    """The project's own file where one of a copy still is that, else the one of the copy."""
    return meant if meant == place or _is_same(meant, place) else place


def _is_same(one: Path, other: Path) -> bool:
    """Whether a file of a copy still is the project's own, and not what a program wrote there itself."""
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _database(name: object) -> object:
    """The file of an SQLite database, also where it is named by a URL such as `file:shop.db?mode=ro`."""
    if isinstance(name, str) and name.startswith("file:"):
        return unquote(name.removeprefix("file:").partition("?")[0].removeprefix("//"))
    return name
