"""Where a module of the project lies that an import did not find, and which setting would let it be found."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from mlguard.programs.modules import FOREIGN
from mlguard.settings import let_import


def told_lacking(error: BaseException, root: Path) -> str:
    """What to add to the settings, where an import failed whose module lies in a folder of the project; else nothing.

    Looks at two levels of folders.
    """
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return ""
    name = error.name.partition(".")[0]
    for folder in _folders(root, levels=2):
        if (folder / f"{name}.py").is_file() or (folder / name).is_dir():
            shown = folder.relative_to(root).as_posix()
            return f"`{name}` lies in {shown}: {let_import(shown)}"
    return ""


def _folders(folder: Path, *, levels: int) -> Iterator[Path]:
    try:
        found = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return
    inner = [folder / name for name in found if name not in FOREIGN]
    yield from inner
    for one in inner if levels > 1 else ():
        yield from _folders(one, levels=levels - 1)
