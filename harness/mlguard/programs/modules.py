"""Which modules and files are the project's own, and not of something that was installed below its root."""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Final

from mlguard.core.copies import current

FOREIGN: Final = frozenset({"site-packages", "dist-packages", ".venv", "venv", ".tox", "node_modules"})
"""Folders below a project whose content is somebody else's."""

CODE: Final = (".py", ".pyc", ".pyd", ".so", ".dll", ".pth")
"""Ends of names of Python's code."""

PROGRAMS: Final = (*CODE, ".ipynb", ".sql")
"""Ends of names of all code that is under guard."""

# Resolving a path asks the disk, and a thousand modules of libraries are loaded: those are told by their name.
_LIBRARIES: Final = tuple(
    os.path.join(sysconfig.get_path(name), "") for name in ("stdlib", "platstdlib", "purelib", "platlib")
)


def own_modules(root: Path) -> list[str]:
    """The project's own modules that are loaded."""
    return [name for name, module in list(sys.modules.items()) if is_own(module, root)]


def own_namespaces(root: Path) -> list[str]:
    """The loaded packages that are no more than a folder of the project, or of the copy in which its code runs."""
    return [name for name, module in list(sys.modules.items()) if _is_own_namespace(module, root)]


def is_inside(file: Path, root: Path) -> bool:
    """Whether a file is the project's own, and not of something that was installed below its root."""
    return file.is_relative_to(root) and not FOREIGN & set(file.relative_to(root).parts)


def is_own(module: ModuleType, root: Path) -> bool:
    """Whether a module is the project's; mlguard itself is a library, not the subject, wherever it lies."""
    spec = getattr(module, "__spec__", None)
    # What a module calls its own file may be its place in a copy of the project.
    file = spec.origin if spec is not None and spec.has_location else getattr(module, "__file__", None)
    if not isinstance(file, str) or file.startswith(_LIBRARIES) or str(module.__name__).partition(".")[0] == "mlguard":
        return False
    return _is_of_project(file, root)


def _is_own_namespace(module: ModuleType, root: Path) -> bool:
    if getattr(module, "__file__", None) is not None:
        return False
    return any(_is_of_project(str(place), root) for place in getattr(module, "__path__", ()))


def _is_of_project(place: str, root: Path) -> bool:
    """Whether a file or folder is the project's, or lies in the copy in which its code runs."""
    copy = current()
    # By their names first: a thousand modules of libraries are asked about, before and after each program.
    if copy is not None and place.startswith(tuple(map(str, copy.folders))):
        place = str(copy.original(Path(place)))
    return lies_inside(place, root)


@functools.cache
def lies_inside(file: str, root: Path) -> bool:
    """Whether a file of code is the project's, whatever links lead there; the disk is asked once for each."""
    return is_inside(Path(file).resolve(), root.resolve())
