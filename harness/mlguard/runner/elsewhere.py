"""In a worker that runs a copy of the project: whatever leads into the original repository leads into the copy."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from mlguard.core.error import UsageError
from mlguard.runner.order import Copy
from mlguard.worker.source import is_installed

_OURS = Path(__file__).resolve().parents[1]


def redirect(copy: Copy | None) -> None:
    """Point import paths and editable installs to the copy, before anything of the project is imported."""
    if copy is None:
        return
    sys.path[:] = list(dict.fromkeys(_redirected(entry, copy) for entry in sys.path))
    if "PYTHONPATH" in os.environ:  # For what the guarded code starts in turn.
        entries = os.environ["PYTHONPATH"].split(os.pathsep)
        os.environ["PYTHONPATH"] = os.pathsep.join(_redirected(entry, copy) for entry in entries)
    for module in _editable_finders():
        _redirect_finder(module, copy)
    sys.path_importer_cache.clear()


def refuse_strays(copy: Copy | None, generators: Sequence[Path], guard: str) -> None:
    """Raises UsageError where a module came from the original all the same: the run would be of two states at once."""
    if copy is None:
        return
    strays = [name for name, file in _files() if _leads_into(file, copy) and file.parent not in generators]
    if strays:
        where = sys.modules[strays[0]].__file__
        raise UsageError(
            f"guard {guard}: {', '.join(strays[:5])} came from {where}, in the working tree, while another "
            "revision was run; name the folder to import from in pytest's `pythonpath`, and leave `sys.path` alone",
            slug="revision-stray-module",
        )


def _files() -> Iterator[tuple[str, Path]]:
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and name.partition(".")[0] != "mlguard":
            yield name, Path(file).resolve()


def _redirected(entry: str, copy: Copy) -> str:
    """An import path's entry as the copy has it."""
    path = Path(entry or os.curdir).resolve()
    return str(copy.of(path)) if _leads_into(path, copy) else entry


def _leads_into(path: Path, copy: Copy) -> bool:
    """Whether a path is the original's own: neither installed there, nor the copy itself, nor mlguard."""
    if not path.is_relative_to(copy.original) or path.is_relative_to(copy.place):
        return False
    return not is_installed(str(path)) and path != _OURS.parent and not path.is_relative_to(_OURS)


def _editable_finders() -> Iterator[ModuleType]:
    """The modules that setuptools writes for editable installs; other tools write plain import path entries."""
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable___") and name.endswith("_finder"):
            yield module


def _redirect_finder(module: ModuleType, copy: Copy) -> None:
    found: Any = module
    mapping: dict[str, str] = getattr(found, "MAPPING", {})
    for name, place in mapping.items():
        mapping[name] = _redirected(place, copy)
    namespaces: dict[str, list[str]] = getattr(found, "NAMESPACES", {})
    for name, places in namespaces.items():
        namespaces[name] = [_redirected(place, copy) for place in places]
