"""Find the third-party modules that a project's guards import, by reading sources, so that a zygote can load them."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ALWAYS = ("mlguard.runner.child", "mlguard.runner.bundle", "mlguard.worker.travel", "joblib")
"""What every run needs."""

MODULES = 200
"""Project modules that are read at most."""


def third_party(files: Sequence[Path], import_path: Sequence[str]) -> tuple[str, ...]:
    """Dotted names of the modules that these files import, directly or through the project's own modules.

    Only sources are read; nothing of the project is imported. Modules that are not installed are left out.
    """
    folders = [Path(entry) for entry in import_path] + sorted({file.parent for file in files})
    queue, seen, found = list(files), set(files), dict.fromkeys(ALWAYS)
    while queue and len(seen) < MODULES:
        for name in _imports(queue.pop(0)):
            own = list(_own_files(name, folders))
            for file in own:
                if file not in seen:
                    seen.add(file)
                    queue.append(file)
            if not own and _is_foreign(name):
                found[name] = None
    return tuple(found)


def _imports(file: Path) -> Iterator[str]:
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError, OSError):
        return  # The worker that imports it will say so.
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


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
