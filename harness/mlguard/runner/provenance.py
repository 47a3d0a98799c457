"""Where a Record comes from: dataset, configuration, the project's sources that ran, and the environment."""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import Any

from mlguard.configuration import flatten
from mlguard.core.dataset import Dataset
from mlguard.core.record import Provenance
from mlguard.observe.run import Subject
from mlguard.runner.order import Order
from mlguard.tables.digest import digest
from mlguard.worker.describe import describe

_FOREIGN = frozenset({"site-packages", "dist-packages", ".venv", "venv", ".tox", "node_modules"})


_LIBRARIES = tuple(
    os.path.join(sysconfig.get_path(name), "") for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
"""Folders of the interpreter's own modules and of installed ones."""

_TOOLS = frozenset(
    {"click", "cloudpickle", "colorama", "coverage", "execnet", "iniconfig", "packaging", "pip", "pluggy", "pygments"}
    | {"pytest", "pytest-cov", "pytest-mlguard", "pytest-xdist", "rich", "setuptools", "wheel"}
)
"""Distributions that run, show and measure, and compute nothing of what is guarded."""


def provenance(subject: Subject, data: Dataset, order: Order) -> Provenance:
    """The provenance of a run that has just ended in this process."""
    return Provenance(
        dataset=_dataset(subject, data, order),
        configuration=_configuration(subject),
        sources=_sources(subject, order),
        # Nobody keeps a Record of the main run alone, and looking around takes longer than many a guard.
        environment={**describe(), "packages": packages()} if order.extent.asks else {},
    )


def packages() -> dict[str, str]:
    """The versions of the third-party distributions that were imported in this process."""
    owners = metadata.packages_distributions()
    loaded = {name.partition(".")[0] for name in sys.modules}
    names = {owner for top in loaded for owner in owners.get(top, ())}
    return {name.lower(): metadata.version(name) for name in sorted(names) if name.lower() not in _TOOLS}


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
        if _inside(path, subject.root)
        else str(path)
    )
    return {"source": shown, "values": {key: _plain(value) for key, value in flatten(subject.configuration.values)}}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)


def _sources(subject: Subject, order: Order) -> dict[str, str]:
    """Digests of the files below the root that were imported or run; mlguard itself is a library, not the subject."""
    root = order.root.resolve()
    modules = [m for name, m in list(sys.modules.items()) if name.partition(".")[0] != "mlguard"]
    # Resolving a path asks the disk, and a thousand modules of libraries are loaded: those are told by their name.
    paths = [file for file in (getattr(m, "__file__", None) for m in modules) if file]
    files = {Path(file).resolve() for file in paths if not file.startswith(_LIBRARIES)}
    if subject.guard.dataset is not None:
        files |= {folder.resolve() / f"{subject.guard.dataset}.py" for folder in order.generators[:1]}
    own = sorted(file for file in files if _inside(file, root) and file.suffix == ".py" and file.is_file())
    changed = order.change.sources
    return {file.relative_to(root).as_posix(): source_digest(file, changed.get(str(file))) for file in own}


def _inside(file: Path, root: Path) -> bool:
    return file.is_relative_to(root) and not _FOREIGN & set(file.relative_to(root).parts)
