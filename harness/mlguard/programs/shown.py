"""Where a program that runs in a copy of the project finds itself: its modules say that they lie in the copy.

They are loaded from the project's own files all the same, whose lines can be followed and changed, but for those that
the program writes before it imports them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.readers import FileReader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

from mlguard.core.copies import Copy, current
from mlguard.programs.modules import is_inside


def shown(file: Path) -> Path:
    """Where a program finds a file of the project: in the copy in which it runs, or where it lies."""
    copy = current()
    return file if copy is None else copy.shown(file)


@contextmanager
def importing() -> Iterator[None]:
    """While the block runs, the project's modules are imported as what lies in the copy, if there is one."""
    copy = current()
    if copy is None:
        yield
        return
    finder = _Finder(copy)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Loader(SourceFileLoader):
    """Loads a module from the project's file, and gives it the place in the copy as `__file__`."""

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(shown(Path(self.path)))
        super().exec_module(module)

    def get_resource_reader(self, name: str | None = None) -> FileReader:
        """Finds the data files of a package in the copy."""
        reader = FileReader(self)
        reader.path = shown(Path(self.path)).parent
        return reader


class _Finder:
    """Finds the project's own modules, also by a path that leads into the copy."""

    def __init__(self, copy: Copy) -> None:
        self._copy = copy

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's file in the project; None for what is no source file of the project."""
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader):
            return None
        file = self._copy.original(Path(spec.loader.path))
        if not is_inside(file, self._copy.root):
            return None
        inside = spec.submodule_search_locations
        code = self._newest(file)
        return spec_from_file_location(
            name, code, loader=_Loader(name, str(code)), submodule_search_locations=inside and [*inside]
        )

    def _newest(self, file: Path) -> Path:
        """The project's file; or that in the copy, where the program itself has written it."""
        own = self._copy.shown(file)
        if own == file or not own.is_file():
            return file
        return file if file.is_file() and own.read_bytes() == file.read_bytes() else own
