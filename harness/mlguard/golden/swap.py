"""Replace the files of one folder as a whole: whenever the process dies, the old ones or the new ones can be read.

New files are first written into a folder of their own, beside the old ones. Renaming that folder to `.saved` is the
moment from which they count: a reader takes each file from `.saved` where it is there. Only then are they moved to
their places, one by one, the leading file last; whoever writes next finishes what a dead writer left.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

SAVED = ".saved"
"""Files that count already and are not in their places yet."""

_UNFINISHED = ".saving-"


def read(folder: Path, name: str) -> bytes | None:
    """The content of a file of the folder; None where there is none."""
    for place in (folder / SAVED / name, folder / name):
        with suppress(FileNotFoundError, NotADirectoryError):
            return place.read_bytes()
    return None


def replace(folder: Path, files: Mapping[str, bytes], *, leading: str, unwanted: Iterable[str]) -> None:
    """Put these files into the folder, the leading one last, and remove the unwanted ones after it.

    One writer at a time: the caller holds a lock. Raises OSError where the disk refuses, with the old files intact.
    """
    staged = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder))
    try:
        for name, content in files.items():
            _write(staged / name, content)
        _make_folders(folder, files)
        staged.rename(folder / SAVED)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    finish(folder, leading=leading)
    for name in unwanted:
        (folder / name).unlink(missing_ok=True)


def finish(folder: Path, *, leading: str) -> None:
    """Move what a dead writer left as counting to its places, and drop what it left unfinished."""
    for unfinished in folder.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    saved = folder / SAVED
    if not saved.is_dir():
        return
    names = sorted(path.relative_to(saved).as_posix() for path in saved.rglob("*") if path.is_file())
    _make_folders(folder, names)
    for name in sorted(names, key=lambda name: name == leading):
        os.replace(saved / name, folder / name)
    shutil.rmtree(saved)


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _make_folders(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
