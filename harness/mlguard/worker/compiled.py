"""Compiled code that this process has loaded, and which of it opens files without a word to Python."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from typing import Final

SEEN: Final = frozenset(
    {
        "numpy",
        "scipy",
        "pandas",
        "sklearn",
        "pyarrow",
        "statsmodels",
        "yaml",
        "psutil",
        "markupsafe",
        "msgpack",
        "orjson",
    }
    | {
        "coverage",
        "charset_normalizer",
        "time_machine",
        "_time_machine",
        "kiwisolver",
        "numexpr",
        "bottleneck",
        "wrapt",
    }
)
"""Libraries that open files through Python, or none. Of others nobody knows: add one only after a look at its sources.

pandas hands pyarrow open files, and parts of pyarrow that open files by themselves are looked for below.
"""

_HARMLESS: Final = frozenset(
    {"_compute", "_compute_docstrings", "_generated_version", "compute", "ipc", "lib", "types", "util", "vendored"}
    | {"pandas_compat", "interchange"}
)
"""Parts of pyarrow that `import pandas` brings, or that open nothing."""

_OPENING: Final = ("_dbm", "_gdbm", "scipy.io._fast_matrix_market._fmm_core")
"""Modules of these, and of Python, that open files by themselves; SQLite is heard where it is used."""

_PACKAGE: Final = re.compile(r"[/\\](?:site|dist)-packages[/\\]([^/\\.]+)")


def compiled_code(is_project: Callable[[str], bool]) -> Iterator[str]:
    """Why some of the loaded code may have looked at files unseen, as ends of sentences."""
    files = {str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())}
    loaded = {file for file in files if file.endswith(tuple(EXTENSION_SUFFIXES))} | mapped()
    for file in sorted(loaded):
        package = _PACKAGE.search(file)
        if package is None:
            if is_project(file) and not file.startswith(("/lib", "/usr/lib", "/usr/local/lib", sys.base_prefix)):
                yield f"{os.path.basename(file)} is compiled code, whose files cannot be seen"
        elif _library(package[1]) not in SEEN:
            yield f"{package[1]} is compiled code, whose files cannot be seen"
    parts = {name.split(".")[1] for name in list(sys.modules) if name.startswith("pyarrow.")}
    yield from (f"pyarrow.{part} opens files by itself" for part in sorted(parts - _HARMLESS)[:1])
    yield from (f"{name} opens files by itself" for name in _OPENING if name in sys.modules)


def mapped() -> set[str]:
    """Libraries that this process has in its memory, also those that no module is; none but on Linux."""
    try:
        lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return set()
    places = {line[line.index("/") :] for line in lines if "/" in line}
    return {place for place in places if ".so" in os.path.basename(place) and os.path.isfile(place)}


def _library(name: str) -> str:
    """The import name that belongs to a folder of shared libraries, such as `scikit_learn.libs`."""
    return {"scikit_learn": "sklearn"}.get(name, name)
