"""Find generator scripts by name: a project's own, and the ones that ship with mlguard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path

from mlguard.core.error import UsageError, several

DATASETS = "datasets"
"""Folder of the written datasets, and in a project of their generators: below its root, or the working directory."""


@dataclass(frozen=True)
class Catalogue:
    """The generator scripts that can be asked for."""

    own: dict[str, Path]
    """The project's scripts by name, sorted."""
    builtin: dict[str, Path]
    """The scripts that ship with mlguard."""
    folder: Path
    """Where the project's scripts would lie."""

    def pick(self, names: Sequence[str] = ()) -> dict[str, Path]:
        """The scripts of these names or globs, exact names first; without any, the project's own if it has some.

        A project's script wins over a built-in one of its name. Raises UsageError naming every unknown name, the
        nearest ones, and where was looked.
        """
        if not names:
            return self.own or self.builtin
        known = {**self.builtin, **self.own}
        found = {
            name: [name] if name in known else [n for n in sorted(known) if fnmatchcase(n, name)] for name in names
        }
        unknown = [self._unknown(name, known) for name, matches in found.items() if not matches]
        if unknown:
            raise several(unknown, slug="unknown-dataset")
        return {match: known[match] for matches in found.values() for match in matches}

    def path(self, name: str) -> Path:
        """The script of exactly this name. Raises UsageError as `pick` does."""
        known = {**self.builtin, **self.own}
        if name not in known:
            raise UsageError(self._unknown(name, known), slug="unknown-dataset")
        return known[name]

    def _unknown(self, name: str, known: dict[str, Path]) -> str:
        near = get_close_matches(name, known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sorted(known)) or 'none'}"
        return f"no dataset {name!r} in {self.folder} or among the built-in ones; {hint}"


def catalogue(folder: Path) -> Catalogue:
    """All generator scripts, a project's being in this folder, which may be missing."""
    return Catalogue(_scripts(folder), _scripts(_builtin_folder()), folder)


def _scripts(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.py")) if not path.stem.startswith("_")}


def _builtin_folder() -> Path:
    return Path(import_module("mlguard.generators").__path__[0])
