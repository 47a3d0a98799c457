"""Find generator scripts by name: a project's own, and the ones that ship with mlguard."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path

from mlguard.core.error import several

DATASETS = "datasets"
"""Folder of the written datasets, and in a project of their generators: below its root, or the working directory."""


def catalogue(folder: Path, names: Sequence[str] = ()) -> dict[str, Path]:
    """The generator scripts of these names or globs, exact names first; without any, the project's own if it has some.

    A project's scripts lie in `folder`, which may be missing; one of them wins over a built-in one of its name. Raises
    UsageError naming every unknown name, the nearest ones, and where was looked.
    """
    own, builtin = _scripts(folder), _scripts(Path(import_module("mlguard.generators").__path__[0]))
    if not names:
        return own or builtin
    known = {**builtin, **own}
    found = {name: [name] if name in known else [n for n in sorted(known) if fnmatchcase(n, name)] for name in names}
    unknown = [_unknown(name, folder, known) for name, matches in found.items() if not matches]
    if unknown:
        raise several(unknown, slug="unknown-dataset")
    return {match: known[match] for matches in found.values() for match in matches}


def _unknown(name: str, folder: Path, known: dict[str, Path]) -> str:
    near = get_close_matches(name, known, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(known)) or 'none'}"
    return f"no dataset {name!r} in {folder} or among the built-in ones; {hint}"


def _scripts(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.py")) if not path.stem.startswith("_")}
