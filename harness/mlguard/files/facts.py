"""Questions about files that can be put to the disk again later: where all answers are the same, nothing has changed.

An answer is a short text. It never raises, and never waits: what cannot be read is an answer, too.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from importlib.machinery import all_suffixes
from typing import Final

NOISE: Final = frozenset({".git", ".mlguard", "__pycache__"})
"""Names that git, mlguard and Python add to folders by themselves; no listing holds them."""

_IMPORTED: Final = (".py", ".pyc", ".so", ".pyd", ".zip", ".egg", ".dist-info", ".egg-info", ".pth")
"""Ends of names that an import, or a look for installed distributions, takes notice of, besides folders."""

_PART: Final = 2**20

# A worker replaces the function by one that hears who opens what; what is asked here is no doing of guarded code.
_open = os.open


class Question(StrEnum):
    """What can be asked of one path. Links are followed, but for LINK and OWN."""

    CONTENT = "content"
    """The digest of a file."""
    KIND = "kind"
    """Whether it is a file, a folder, something else, or absent."""
    LINK = "link"
    """The same of the entry itself, with the text of a link."""
    STATE = "state"
    """Kind, rights, owner, size and the time of the last change."""
    OWN = "own"
    """The same of the entry itself."""
    NAMES = "names"
    """The names in a folder."""
    KINDS = "kinds"
    """The names in a folder with the kind of each."""
    ENTRIES = "entries"
    """The names in a folder with the state of each."""
    MODULES = "modules"
    """Of the names in a folder, those that an import could find: what a new module would shadow shows here."""
    FOLDERS = "folders"
    """Of the names in a folder, those of folders."""
    TREE = "tree"
    """The names of all that lies below a folder."""
    STAMP = "stamp"
    """What tells one state of an installed file or folder from the next without reading it: number, size and times."""


ABSENT: Final = "absent"
BELOW_A_FILE: Final = "absent, below what is no folder"
"""The answers where nothing is there; code is told the difference."""

LISTINGS: Final = (Question.NAMES, Question.KINDS, Question.ENTRIES, Question.MODULES, Question.FOLDERS, Question.TREE)
"""The questions about what lies in a folder."""


def answer(question: Question, path: str) -> str:
    """What the disk says now."""
    try:
        return _ANSWERS[question](path)
    except FileNotFoundError:
        return ABSENT
    except NotADirectoryError:
        return BELOW_A_FILE
    except (OSError, ValueError) as error:
        return f"refused: {type(error).__name__} {getattr(error, 'errno', '')}"


def shows(question: Question, name: str, leads: bool | None) -> bool:
    """Whether the answer about a folder may be another one without this entry, named from the folder.

    `leads`: whether the entry may be a folder or lead to one; None where the entry stays, and only its content changes.
    """
    if os.sep in name:
        return question is Question.MODULES
    if leads is None:
        return question is Question.ENTRIES
    if question is Question.MODULES:
        return name.endswith(_IMPORTED) or (leads and "." not in name)
    if question is Question.FOLDERS:
        return leads
    return question in _BY_ENTRIES


def digest(texts: Iterable[str]) -> str:
    """One digest of several texts, which keeps their order and their ends."""
    content = hashlib.sha256()
    for text in texts:
        part = text.encode(errors="surrogatepass")
        content.update(len(part).to_bytes(8, "big") + part)
    return content.hexdigest()


def is_regular(path: str) -> bool:
    """Whether there is a file that can be read twice, and no device or pipe."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def _content(path: str) -> str:
    kind = _kind(os.stat(path))
    if kind != "file":
        return kind  # A device or a pipe may have no end.
    content = hashlib.sha256()
    with open(_open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb") as file:
        while part := file.read(_PART):
            content.update(part)
    return f"sha256:{content.hexdigest()}"


def _link(path: str) -> str:
    found = os.lstat(path)
    return f"link to {os.readlink(path)}" if stat.S_ISLNK(found.st_mode) else _kind(found)


def _state(found: os.stat_result) -> str:
    return f"{_kind(found)} {found.st_mode:o} {found.st_uid} {found.st_gid} {found.st_size} {found.st_mtime_ns}"


def _stamp(path: str) -> str:
    found = os.stat(path)
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}"


def _kind(found: os.stat_result) -> str:
    if stat.S_ISREG(found.st_mode):
        return "file"
    return "folder" if stat.S_ISDIR(found.st_mode) else "link" if stat.S_ISLNK(found.st_mode) else "other"


def _listed(told: Callable[[os.DirEntry[str]], str | None]) -> Callable[[str], str]:
    """The digest of what is told of each entry; an entry of which nothing is told does not count."""

    def said(entry: os.DirEntry[str]) -> str | None:
        try:
            return told(entry)
        except OSError as error:  # A loop of links, say: that must hide no other entry.
            return f"refused: {error.errno}"

    def listed(path: str) -> str:
        with os.scandir(path) as entries:
            lines = {one.name: said(one) for one in entries if one.name not in NOISE}
        return digest(f"{name}\0{line}" for name, line in sorted(lines.items()) if line is not None)

    return listed


def _entry_kind(entry: os.DirEntry[str]) -> str:
    return (
        f"{_link(entry.path)} {answer(Question.KIND, entry.path)}"
        if entry.is_symlink()
        else _kind(os.lstat(entry.path))
    )


def _entry_state(entry: os.DirEntry[str]) -> str:
    return f"{answer(Question.OWN, entry.path)} {answer(Question.STATE, entry.path) if entry.is_symlink() else ''}"


def _module(entry: os.DirEntry[str]) -> str | None:
    if entry.name.endswith(_IMPORTED):
        return _entry_kind(entry)
    # No module's name holds a dot, so that no import finds such a folder. It is a package by one of its files.
    if entry.is_dir() and "." not in entry.name:
        beginnings = [suffix for suffix in all_suffixes() if os.path.isfile(f"{entry.path}/__init__{suffix}")]
        return f"{_entry_kind(entry)} {beginnings}"
    return None


def _folder(entry: os.DirEntry[str]) -> str | None:
    return "" if entry.is_dir(follow_symlinks=False) else None


def _tree(path: str) -> str:
    return digest(sorted(_below(path))) if os.path.isdir(path) else _kind(os.stat(path))


def _below(path: str) -> Iterator[str]:
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if name not in NOISE]
        yield from (os.path.join(folder, name) for name in (*folders, *files))


_BY_ENTRIES: Final = (
    Question.NAMES, Question.KINDS, Question.ENTRIES, Question.STATE, Question.OWN, Question.STAMP,
)  # fmt: skip
"""Questions whose answer about a folder changes with every entry that comes or goes."""

_ANSWERS: Final[dict[Question, Callable[[str], str]]] = {
    Question.CONTENT: _content,
    Question.KIND: lambda path: _kind(os.stat(path)),
    Question.LINK: _link,
    Question.STATE: lambda path: _state(os.stat(path)),
    Question.OWN: lambda path: _state(os.lstat(path)),
    Question.NAMES: _listed(lambda entry: ""),
    Question.KINDS: _listed(_entry_kind),
    Question.ENTRIES: _listed(_entry_state),
    Question.MODULES: _listed(_module),
    Question.FOLDERS: _listed(_folder),
    Question.TREE: _tree,
    Question.STAMP: _stamp,
}
