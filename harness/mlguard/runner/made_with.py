"""What a generator uses besides its script and the project's code: whether libraries alone can change its data."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mlguard.observe.files import Aside, Files
from mlguard.programs.modules import is_inside, own_modules
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
    variables: Set[str]
    """Names of environment variables that were read; it grows."""
    before: frozenset[Path]
    """What modules of the project read before, some of which the generator may use."""
    imports: set[str] = field(default_factory=set)
    """Dotted names that it imports."""
    heard: Aside = field(default_factory=Aside)
    """What it reads."""

    def used(self) -> MadeWith:
        """What it used, once it has run."""
        libraries = ALWAYS.union(distributions(self.imports, self.root, through=False))
        # What modules have read of the project is told among its sources.
        outside = (is_wanted(file, self.root) for file in self.before if not self._is_inside(file))
        loaded = [vars(sys.modules[name]) for name in own_modules(self.root)]
        places = {one.get(place) for one in loaded for place in ("__file__", "__cached__")}
        modules = {Path(place).resolve() for place in places if place}
        data = (self._is_data(file, modules) for file in self.heard.read)
        others = self.heard.asks_others or any(outside) or any(data)
        return MadeWith(libraries, others, frozenset(self.variables))

    def _is_data(self, file: Path, modules: Set[Path]) -> bool:
        """Whether it read a file of data; a text of code that is no module is one, since nobody keeps its digest."""
        if not self._is_inside(file):
            return is_wanted(file, self.root)
        return not is_code(file) or file.resolve() not in modules

    def _is_inside(self, file: Path) -> bool:
        return any(is_inside(file, root) for root in (self.root, self.root.resolve()))


@contextmanager
def making(files: Files, root: Path, variables: Set[str] = frozenset()) -> Iterator[Making]:
    """What the generator uses that runs in this block; `variables` are those that were read, and grow."""
    before = frozenset(files.read)
    with files.aside() as heard, hearing() as imports:
        yield Making(root, variables, before, imports, heard)
