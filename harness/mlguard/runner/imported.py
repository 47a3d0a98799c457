"""Which third-party distributions a guard uses, however its process came to be.

What is loaded tells less: a zygote has imported what other guards need, pytest what other tests need, and mlguard reads
a configuration with a library of its own. So the `import` statements are heard while a guard runs, those of modules
that were loaded before included, and what these modules hold of others is followed.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import metadata
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any, Final

from mlguard.programs.modules import is_own

TOOLS: Final = frozenset(
    {"click", "cloudpickle", "colorama", "coverage", "execnet", "iniconfig", "packaging", "pip", "pluggy", "pygments"}
    | {"pytest", "pytest-cov", "pytest-mlguard", "pytest-xdist", "rich", "setuptools", "wheel"}
)
"""Distributions that run, show and measure, and compute nothing of what is guarded."""

_MODULES: Final = (*SOURCE_SUFFIXES, *EXTENSION_SUFFIXES)

_HOLDERS: Final = (type, FunctionType, BuiltinFunctionType)


@contextmanager
def hearing() -> Iterator[set[str]]:
    """The dotted names that `import` statements ask for inside the block, but for what mlguard imports for itself."""
    heard: set[str] = set()
    statement, call = builtins.__import__, importlib.import_module
    silent = 0

    def hear(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> ModuleType:
        nonlocal silent
        if str((globals or {}).get("__name__")).partition(".")[0] != "mlguard":
            if not (level or silent):
                heard.add(name)
            return statement(name, globals, locals, fromlist, level)
        silent += 1
        try:
            return statement(name, globals, locals, fromlist, level)
        finally:
            silent -= 1

    def hear_call(name: str, package: str | None = None) -> ModuleType:
        if not (silent or name.startswith(".")):
            heard.add(name)
        return call(name, package)

    builtins.__import__, importlib.import_module = hear, hear_call
    try:
        yield heard
    finally:
        builtins.__import__, importlib.import_module = statement, call


def distributions(names: Iterable[str], root: Path, *, through: bool = True) -> dict[str, str]:
    """The versions of the third-party distributions to which modules of these names lead, by lower-case name.

    The project's own modules, which lie below `root`, are followed and are no distribution; those of distributions are
    followed as well, unless `through` is off.
    """
    owners = _installed(tuple(sys.path))
    waiting = [part for name in names for part in (name, name.partition(".")[0])]
    seen: set[str] = set()
    found: dict[str, str] = {}
    while waiting:
        name = waiting.pop()
        module = sys.modules.get(name)
        if name in seen or module is None:
            continue
        seen.add(name)
        if not is_own(module, root):
            used = owners.bringing(name.partition(".")[0])
            if not used:
                continue
            found |= used
            if not through:
                continue
        waiting += _leads_to(module)
    return dict(sorted(found.items()))


def installed(name: str) -> str | None:
    """The version of a distribution that is installed here; None where there is none of that name."""
    try:
        return metadata.version(name)
    except (metadata.PackageNotFoundError, ValueError):  # The latter for a name that is none.
        return None


@functools.lru_cache(maxsize=1)
def _installed(path: tuple[str, ...]) -> Installed:
    """What is installed on an import path; the disk is asked once in a process, whose libraries stay what they are."""
    return Installed()


def _leads_to(module: ModuleType) -> set[str]:
    """The modules that a module holds, and those that its classes and functions come from."""
    values = list(vars(module).values()) if isinstance(module, ModuleType) else []
    found = {value.__name__ for value in values if isinstance(value, ModuleType)}
    return found | {str(value.__module__) for value in values if isinstance(value, _HOLDERS)}


class Installed:
    """The distributions that are installed, by the top-level names that they bring.

    `metadata.packages_distributions` tells the same and takes several times as long, in every run of a guard: it
    makes an object of each installed file and parses every description. Here only those of the distributions in use are
    parsed.
    """

    def __init__(self) -> None:
        self._owners: dict[str, list[metadata.Distribution]] = {}
        self._read: dict[str, dict[str, str]] = {}
        for distribution in metadata.distributions():
            for name in _top_level(distribution):
                self._owners.setdefault(name, []).append(distribution)

    def bringing(self, name: str) -> dict[str, str]:
        """The versions of those that bring the top-level module `name` and are no tools, by lower-case name."""
        if name not in self._read:
            # Where two folders of the import path hold one distribution, the first is in use.
            versions = {each.name.lower(): each.version for each in reversed(self._owners.get(name, []))}
            self._read[name] = {owner: version for owner, version in versions.items() if owner not in TOOLS}
        return self._read[name]


def _top_level(distribution: metadata.Distribution) -> set[str]:
    declared = distribution.read_text("top_level.txt")
    if declared:
        return set(declared.split())
    record = distribution.read_text("RECORD")
    lines = record.splitlines() if record else map(str, distribution.files or ())
    files = (line.partition(",")[0] for line in lines)
    return {file.partition("/")[0].partition(".")[0] for file in files if file.endswith(_MODULES)}
