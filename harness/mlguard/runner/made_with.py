"""What a generator uses besides its script and the project's code: whether libraries alone can change its data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mlguard.observe.files import Aside, Files
from mlguard.programs.modules import is_inside
from mlguard.runner.imported import distributions, hearing
from mlguard.runner.order import MadeWith
from mlguard.runner.outside import is_code, is_wanted

ALWAYS = frozenset({"numpy", "pandas"})
"""Every generator draws from a RandomState of NumPy, and its tables become those of pandas."""


@dataclass
class Making:
    """A generator that runs, and what was heard of it."""

    root: Path
    """The project's root."""
    imports: set[str] = field(default_factory=set)
    """Dotted names that it imports."""
    heard: Aside = field(default_factory=Aside)
    """What it reads."""

    def used(self) -> MadeWith:
        """What it used, once it has run."""
        libraries = ALWAYS.union(distributions(self.imports, self.root, through=False))
        return MadeWith(libraries, self.heard.asks_others or any(map(self._is_data, self.heard.read)))

    def _is_data(self, file: Path) -> bool:
        roots = (self.root, self.root.resolve())
        inside = any(is_inside(file, root) for root in roots)
        return not is_code(file) if inside else is_wanted(file, self.root)


@contextmanager
def making(files: Files, root: Path) -> Iterator[Making]:
    """What the generator uses that runs in this block."""
    with files.aside() as heard, hearing() as imports:
        yield Making(root, imports, heard)
