"""The files that a run depends on: the project's code that was loaded or run, and whatever else it opened."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from mlguard.observe.files import Files, changed
from mlguard.programs.modules import is_inside, own_modules
from mlguard.runner.checkout import Checkout
from mlguard.runner.order import Order
from mlguard.worker.source import is_installed

WHOLE = 2**26
"""Bytes up to which all of a file goes into its digest; of a larger one its size, its beginning and its end do."""

PART = 2**20
"""Bytes of a large file's beginning, and of its end."""

_NOT_THE_PROJECTS: Final = frozenset({".git", ".mlguard", "__pycache__"})
"""Folders below a project that hold what git, mlguard and Python keep for themselves."""

_DESCRIPTIONS: Final = (".egg-info", ".dist-info")
"""Ends of the names of folders in which an installer describes what it installed."""

_MLGUARD: Final = Path(__file__).resolve().parents[1]
"""Where mlguard lies, which may be below the project: its own modules are loaded when they are needed."""


def sources(
    order: Order, dataset: str | None, configuration: Path | None, files: Files, checkout: Checkout
) -> dict[str, str]:
    """Digests of the files that a run depended on, by their path from the root.

    These are modules, scripts and data of the project, and of the other folders that its import path leads to, those
    among them that it named to a program that it started. The configuration is left out, since its values are kept,
    and so is what the run wrote itself. A file that only a library in C or another program opens is not seen.
    """
    root = order.root.resolve()
    places = (root, *(Path(entry).resolve() for entry in order.import_path if not is_installed(entry)))
    generator = [order.generators[0].resolve() / f"{dataset}.py"] if dataset else []
    equal = [stray.here for stray in checkout.equal]
    loaded = [Path(str(sys.modules[name].__file__)) for place in places for name in own_modules(place)]
    written = {root / name for name in files.written}
    given = [file for file, before in files.given.items() if changed(file) == before]  # No output of that program.
    found = {
        file
        for file in _below([*loaded, *equal, *generator, *files.read, *given], places)
        if file not in written and file.resolve() != (configuration and configuration.resolve())
    }
    named = {Path(os.path.relpath(file, root)).as_posix(): file for file in found if file.is_file()}
    texts = order.change.sources
    return {name: digest(named[name], texts.get(str(named[name].resolve()))) for name in sorted(named)}


def digest(file: Path, text: str | None = None) -> str:
    """The digest of a file, or of the text that stands in for it, whatever its line ends."""
    if text is None and file.stat().st_size > WHOLE:
        return _large(file)
    content = (file.read_bytes() if text is None else text.encode()).replace(b"\r\n", b"\n")
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _large(file: Path) -> str:
    size = file.stat().st_size
    content = hashlib.sha256(str(size).encode())
    with file.open("rb") as opened:
        content.update(opened.read(PART))
        opened.seek(-PART, os.SEEK_END)
        content.update(opened.read(PART))
    return f"sha256:{content.hexdigest()}"


def _below(files: Iterable[Path], places: tuple[Path, ...]) -> Iterator[Path]:
    """Those that lie below one of these folders and are the project's own, under the name by which they were opened.

    A link below the project is the project's, wherever it leads.
    """
    for file in files:
        # Resolving asks the disk, and a fresh interpreter has read a thousand modules of libraries.
        whole = file if any(file.is_relative_to(place) for place in places) else file.resolve()
        if not whole.is_relative_to(_MLGUARD) and any(_is_own(whole, place) for place in places):
            yield whole


def _is_own(file: Path, place: Path) -> bool:
    if not is_inside(file, place):
        return False
    parts = file.relative_to(place).parts
    return _NOT_THE_PROJECTS.isdisjoint(parts) and not any(part.endswith(_DESCRIPTIONS) for part in parts)
