"""Replace the files of one folder as a whole: whenever the process dies, the old ones or the new ones can be read.

New files are first written into a folder of their own, beside the old ones, with a journal of what each file was and
is to be. That folder is renamed to `.saved`; then its files are moved to their places, one by one, the leading file
last. The files in their places decide: as long as all old ones are there, those count, and once the leading one is
new, those do. Only a mixture that the journal knows file by file is the work of a dead writer: then what still lies in
`.saved` counts, and whoever writes next moves it. With any other file in its place, such as those of a checkout, what
lies in `.saved` is worth nothing. Reading writes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SAVED = ".saved"
"""Files that are on their way to their places."""

_UNFINISHED = ".saving-"
_JOURNAL = ".journal"


@dataclass(frozen=True)
class _Step:
    """What happens to one file, as digests; None where there is no such file."""

    old: str | None
    """Before."""
    new: str | None
    """Afterwards."""
    now: str | None
    """What is in its place at this moment."""
    is_saved: bool
    """Whether its new content lies in `.saved`."""

    @property
    def is_ready(self) -> bool:
        """Whether the swap can be finished as far as this file goes."""
        return self.now == self.new or (self.now == self.old and (self.is_saved or self.new is None))


@dataclass(frozen=True)
class _Swap:
    """A swap that some writer left, as its journal tells it."""

    leading: str
    """The file that is moved last."""
    steps: Mapping[str, _Step]
    """What happens to each file, by its name."""

    @property
    def is_unseen(self) -> bool:
        """Whether the old files count: all of them are in their places."""
        lead = self.steps[self.leading]
        return lead.now == lead.old and all(step.now == step.old for step in self.steps.values() if step.old)

    @property
    def is_done(self) -> bool:
        """Whether all new files are in their places."""
        return all(step.now == step.new for step in self.steps.values() if step.new)

    @property
    def is_half_done(self) -> bool:
        """Whether the files in their places are old and new ones, and the others are at hand."""
        return not self.is_unseen and not self.is_done and all(step.is_ready for step in self.steps.values())

    def outdated(self) -> list[str]:
        """The files that belong to the other version alone: new ones where the old ones count, else old ones."""
        if self.is_done or self.is_half_done:
            return [name for name, step in self.steps.items() if step.new is None and step.now == step.old]
        if self.is_unseen:
            return [name for name, step in self.steps.items() if step.old is None and step.now == step.new]
        return []


def read(folder: Path, name: str) -> bytes | None:
    """The content of a file of the folder; None where there is none."""
    places = (folder / SAVED / name, folder / name) if is_half_done(folder) else (folder / name,)
    return next((content for place in places if (content := _content(place)) is not None), None)


def replace(
    folder: Path, files: Mapping[str, bytes], *, leading: str, kept: Iterable[str], gone: Iterable[str]
) -> None:
    """Put these files into the folder, the leading one last, and remove those that are to go after it.

    `kept` are the other files of both the old and the new ones. One writer at a time: the caller holds a lock. Raises
    OSError where the disk refuses, with the old files intact.
    """
    now = {name: _digest(_content(folder / name)) for name in (*files, *kept, *gone)}
    after = {**now, **{name: _digest(content) for name, content in files.items()}, **dict.fromkeys(gone)}
    journal = {"leading": leading, "files": {name: [now[name], after[name]] for name in now}}
    staged = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder))
    try:
        for name, content in files.items():
            _write(staged / name, content)
        _write(staged / _JOURNAL, json.dumps(journal, sort_keys=True).encode())
        _make_folders(folder, files)
        staged.rename(folder / SAVED)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    _move(folder, leading)
    _remove(folder, gone)
    shutil.rmtree(folder / SAVED)


def finish(folder: Path) -> None:
    """Bring what a dead writer left to its end, or back to its beginning, and drop what counts no more."""
    for unfinished in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    left = _left(folder)
    if left is not None:
        if left.is_half_done:
            _move(folder, left.leading)
        _remove(folder, left.outdated())
    shutil.rmtree(folder / SAVED, ignore_errors=True)


def is_half_done(folder: Path) -> bool:
    """Whether a writer that died, or is still at it, has moved some of the new files and not yet all of them."""
    left = _left(folder)
    return left is not None and left.is_half_done


def _left(folder: Path) -> _Swap | None:
    """The swap that the folder's journal tells of; None where there is none that can be read."""
    content = _content(folder / SAVED / _JOURNAL)
    if content is None:
        return None
    try:
        journal = json.loads(content)
        return _Swap(journal["leading"], {name: _step(folder, name, *step) for name, step in journal["files"].items()})
    except (ValueError, TypeError, AttributeError, KeyError):
        return None


def _step(folder: Path, name: str, old: str | None, new: str | None) -> _Step:
    saved = _digest(_content(folder / SAVED / name))
    return _Step(old, new, _digest(_content(folder / name)), is_saved=saved is not None and saved == new)


def _move(folder: Path, leading: str) -> None:
    """Move what lies in `.saved` to its places, the leading file last."""
    saved = folder / SAVED
    names = sorted(path.relative_to(saved).as_posix() for path in saved.rglob("*") if path.is_file())
    names.remove(_JOURNAL)
    _make_folders(folder, names)
    for name in sorted(names, key=lambda name: name == leading):
        os.replace(saved / name, folder / name)


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)


def _content(file: Path) -> bytes | None:
    with suppress(FileNotFoundError, NotADirectoryError):
        return file.read_bytes()
    return None


def _digest(content: bytes | None) -> str | None:
    """Tells files apart; a checkout may have turned line ends into CRLF, which is no edit."""
    return None if content is None else hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _make_folders(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
