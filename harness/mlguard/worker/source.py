"""Project modules compiled from their source at every import: bytecode cannot tell two edits within a second apart."""

from __future__ import annotations

import io
import linecache
import os
import site
import sys
import sysconfig
import tokenize
from collections.abc import Callable, Mapping
from importlib.machinery import SourceFileLoader
from types import CodeType

INSTALLED_FOLDERS = frozenset({"site-packages", "dist-packages", ".venv", ".tox", ".nox", "node_modules"})
"""Folders below a project whose content somebody installed: its bytecode is as good as anywhere."""


def compile_from_source(root: str) -> None:
    """From here on, neither read nor write the bytecode of what is_project_source says is the project's."""
    ordinary = SourceFileLoader.get_code
    is_project = project_source_test(root)

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        if not is_project(path):
            return ordinary(self, fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code

    # The class itself, and no finder of ours beside it: modules also come from editable-install finders and from
    # importlib.util.spec_from_file_location, which use this loader without asking sys.path_hooks.
    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]  # replacing it is the purpose
    # What this process starts in turn has no such loader; at least it leaves nothing stale behind.
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"


def substitute(sources: Mapping[str, str]) -> None:
    """From here on, load these texts in place of the files at these absolute real paths; nothing is written.

    Tracebacks and `inspect` show the texts too. Processes that are started from this one load the files.
    """
    ordinary_data, ordinary_code = SourceFileLoader.get_data, SourceFileLoader.get_code

    def get_data(self: SourceFileLoader, path: str) -> bytes:
        text = sources.get(os.path.realpath(path))
        if text is None:
            return ordinary_data(self, path)
        # Without a time, no check of the file on disk takes the entry out again.
        linecache.cache[path] = (len(text), None, io.StringIO(text).readlines(), path)
        return _encoded(text)

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        path = self.get_filename(fullname)
        if os.path.realpath(path) not in sources:
            return ordinary_code(self, fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code

    if sources:
        SourceFileLoader.get_data = get_data  # type: ignore[method-assign, assignment]  # as in compile_from_source
        SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


def project_source_test(root: str) -> Callable[[str], bool]:
    """Return the test that tells a project's sources from installed ones.

    Below `root`, everything is the project's but INSTALLED_FOLDERS and the interpreter's own; elsewhere, everything
    that was not installed is (an editable sibling package), except mlguard itself.
    """
    roots = tuple(dict.fromkeys(_folder(path) for path in (root, os.path.realpath(root))))
    installed = _installed()

    def is_project(path: str) -> bool:
        path = os.path.abspath(path)
        for folder in roots:
            if path.startswith(folder):
                inner = tuple(other for other in installed if other != folder and other.startswith(folder))
                return INSTALLED_FOLDERS.isdisjoint(path[len(folder) :].split(os.sep)) and not path.startswith(inner)
        return not path.startswith(installed) and INSTALLED_FOLDERS.isdisjoint(path.split(os.sep))

    return is_project


def is_installed(path: str) -> bool:
    """Return whether the file at `path` belongs to the interpreter or was installed into it."""
    path = os.path.abspath(path)
    return path.startswith(_installed()) or not INSTALLED_FOLDERS.isdisjoint(path.split(os.sep))


def _encoded(text: str) -> bytes:
    """The text in the encoding that it declares in its first lines, as the file would hold it."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(text.encode()).readline)
    return text.encode(encoding)


def _installed() -> tuple[str, ...]:
    schemes = sysconfig.get_paths()
    places = [schemes["stdlib"], schemes["platstdlib"], schemes["purelib"], schemes["platlib"], sys.prefix]
    places += [site.getusersitepackages(), os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
    return tuple(dict.fromkeys(_folder(path) for path in places))


def _folder(path: str) -> str:
    return os.path.join(os.path.abspath(path), "")
