"""Find the third-party modules that a project's guards import, by reading sources, so that a zygote can load them."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

ALWAYS = ("mlguard.runner.child", "mlguard.runner.bundle", "mlguard.worker.travel", "joblib")
"""What every run needs."""

MODULES = 200
"""Project modules that are read at most."""


def third_party(files: Sequence[Path], import_path: Sequence[str]) -> tuple[str, ...]:
    """Dotted names of the modules that these files import, directly or through the project's own modules.

    A script that a command line in a guard names is one of these. Only sources are read; nothing of the project is
    imported. Modules that are not installed are left out.
    """
    folders = [Path(entry) for entry in import_path] + sorted({file.parent for file in files})
    queue, seen, found = list(files), set(files), dict.fromkeys(ALWAYS)
    while queue and len(seen) < MODULES:
        tree = _parsed(queue.pop(0))
        own = [file for line in _texts(tree) for file in _scripts(line, folders)]
        for name in _imports(tree):
            modules = list(_own_files(name, folders))
            own += modules
            if not modules and _is_foreign(name):
                found[name] = None
        new = [file for file in dict.fromkeys(own) if file not in seen]
        seen.update(new)
        queue += new
    return tuple(found)


def _parsed(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return ast.Module([], [])  # The worker that imports it will say so.


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _texts(tree: ast.Module) -> Iterator[str]:
    """What classes are given as plain texts, such as the command lines of a guard."""
    for node in ast.walk(tree):
        for given in node.body if isinstance(node, ast.ClassDef) else ():
            value = given.value if isinstance(given, ast.Assign) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def _scripts(line: str, folders: Iterable[Path]) -> Iterator[Path]:
    """The project's scripts and modules that a command line names."""
    words = line.split()
    yield from (
        folder / word for word in words if word.endswith(".py") for folder in folders if (folder / word).is_file()
    )
    for option, name in pairwise(words):
        if option == "-m":
            yield from _own_files(name, folders)


def _own_files(name: str, folders: Iterable[Path]) -> Iterator[Path]:
    parts = name.split(".")
    for folder in folders:
        place = folder.joinpath(*parts)
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file():
                yield file


def _is_foreign(name: str) -> bool:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top in ("mlguard", "pytest", "_pytest"):
        return False
    try:
        return importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        return False
