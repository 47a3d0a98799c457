"""Where a Record comes from: dataset, configuration, the project's sources that ran, and the environment."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlguard.configuration import flatten
from mlguard.core.dataset import Dataset
from mlguard.core.record import Provenance
from mlguard.observe.files import Files
from mlguard.observe.run import Subject
from mlguard.runner.checkout import Checkout
from mlguard.runner.imported import distributions, is_inside, own_modules
from mlguard.runner.order import Order
from mlguard.tables.digest import digest
from mlguard.worker.describe import describe

LARGEST = 2**26
"""Bytes of a file that is worth a digest in every run."""

_CODE = frozenset({".py", ".pyc", ".pyi", ".so", ".pyd", ".pth"})


@dataclass(frozen=True)
class Heard:
    """What guarded code was seen to use while it ran; the sets grow as it does."""

    imports: Set[str]
    """Dotted names that it imported."""
    variables: Set[str]
    """Names of environment variables that it read."""


def provenance(
    subject: Subject, data: Dataset, order: Order, heard: Heard, files: Files, checkout: Checkout
) -> Provenance:
    """The provenance of a run that has just ended in this process."""
    return Provenance(
        dataset=_dataset(subject, data, order),
        configuration=_configuration(subject),
        sources={**_sources(subject, order, checkout), **_read(subject, order, files)},
        # Nobody keeps a Record of the main run alone, and looking around takes longer than many a guard.
        environment=_environment(order, heard, checkout) if order.extent.asks else {},
    )


def source_digest(file: Path, text: str | None = None) -> str:
    """The digest of a source file, or of the text that stood in for it, whatever its line ends."""
    content = (file.read_bytes() if text is None else text.encode()).replace(b"\r\n", b"\n")
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _dataset(subject: Subject, data: Dataset, order: Order) -> dict[str, Any]:
    if subject.guard.dataset is None:
        return {}
    rows = {name: len(table) for name, table in data.items()}
    seed = int(next(iter(order.change.seeds or subject.guard.seeds)))
    return {"name": subject.guard.dataset, "seed": seed, "digest": digest(data), "rows": rows, "target": data.target}


def _configuration(subject: Subject) -> dict[str, Any]:
    path = subject.configuration.path
    if subject.configuration.values is None:
        return {}
    shown = (
        None
        if path is None
        else path.relative_to(subject.root).as_posix()
        if is_inside(path, subject.root)
        else str(path)
    )
    return {"source": shown, "values": {key: _plain(value) for key, value in flatten(subject.configuration.values)}}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)


def _environment(order: Order, heard: Heard, checkout: Checkout) -> dict[str, Any]:
    packages = _packages(order.root, heard.imports)
    compiled = sorted(stray.name for stray in checkout.compiled)
    return {**describe(), "packages": packages, "variables": sorted(heard.variables), "compiled": compiled}


def _packages(root: Path, heard: Collection[str]) -> dict[str, str]:
    # Data are handed over as tables of pandas, to code that may import nothing.
    return distributions([*heard, *own_modules(root), "pandas"], root)


def _sources(subject: Subject, order: Order, checkout: Checkout) -> dict[str, str]:
    """Digests of the files below the root that were imported or run, or whose equal was imported from elsewhere."""
    root = order.root.resolve()
    files = {Path(str(sys.modules[name].__file__)).resolve() for name in own_modules(root)}
    files |= {stray.here for stray in checkout.equal}
    if subject.guard.dataset is not None:
        files |= {folder.resolve() / f"{subject.guard.dataset}.py" for folder in order.generators[:1]}
    own = sorted(file for file in files if is_inside(file, root) and file.suffix == ".py" and file.is_file())
    changed = order.change.sources
    return {file.relative_to(root).as_posix(): source_digest(file, changed.get(str(file))) for file in own}


def _read(subject: Subject, order: Order, files: Files) -> dict[str, str]:
    """Digests of what the code read below the root beside sources, such as a vocabulary or weights.

    Not its configuration, whose values are kept; nor what it wrote before, which is no part of the project.
    """
    root = order.root.resolve()
    # A fresh interpreter has read a thousand modules: resolving a path asks the disk.
    read = (file.resolve() for file in files.read if file.suffix not in _CODE)
    inside = {file.relative_to(root): file for file in read if is_inside(file, root)}
    told = {subject.configuration.path and subject.configuration.path.resolve(), *map(root.joinpath, files.written)}
    return {
        path.as_posix(): source_digest(file)
        for path, file in sorted(inside.items())
        if file not in told and path.suffix not in _CODE and not any(p.startswith(".") for p in path.parts)
        if file.is_file() and file.stat().st_size <= LARGEST
    }
