"""Where a Record comes from: dataset, configuration, the project's sources that ran, and the environment."""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlguard.adapters import settings_beside
from mlguard.configuration import flatten
from mlguard.core.dataset import Dataset
from mlguard.core.record import ConfigurationFacts, DatasetFacts, Provenance
from mlguard.observe.files import Files
from mlguard.observe.run import Subject
from mlguard.programs.modules import is_inside, own_modules
from mlguard.runner.checkout import Checkout
from mlguard.runner.imported import distributions
from mlguard.runner.order import Order
from mlguard.runner.sources import sources
from mlguard.runner.subject import with_target
from mlguard.tables.digest import digest
from mlguard.worker.describe import describe


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
        sources=sources(order, subject.guard.dataset, subject.configuration.path, files, checkout),
        # Nobody keeps a Record of the main run alone, and looking around takes longer than many a guard.
        environment=_environment(order, heard, checkout) if order.extent.asks else {},
    )


def _dataset(subject: Subject, data: Dataset, order: Order) -> DatasetFacts | None:
    if subject.guard.dataset is None:
        return None
    rows = {name: len(table) for name, table in data.items()}
    seed = int(next(iter(order.change.seeds or subject.guard.seeds)))
    return DatasetFacts(subject.guard.dataset, seed, digest(data), rows, with_target(subject, data).target)


def _configuration(subject: Subject) -> ConfigurationFacts | None:
    path = subject.configuration.path
    if subject.configuration.values is None:
        return None
    shown = (
        None
        if path is None
        else path.relative_to(subject.root).as_posix()
        if is_inside(path, subject.root)
        else str(path)
    )
    beside = settings_beside(subject.guard, subject.configuration.values, subject.root)
    values = {file: _values(found) for file, found in beside.items()}
    return ConfigurationFacts(_values(subject.configuration.values), shown, values)


def _values(found: Any) -> dict[str, Any]:
    return {key: _plain(value) for key, value in flatten(found)}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)


def _environment(order: Order, heard: Heard, checkout: Checkout) -> dict[str, Any]:
    packages = _packages(order.root, heard.imports)
    compiled = sorted(stray.name for stray in checkout.compiled)
    used = {"packages": packages, "variables": sorted(heard.variables), "compiled": compiled}
    return {**describe(), **used, **order.surroundings}


def _packages(root: Path, heard: Collection[str]) -> dict[str, str]:
    # Data are handed over as tables of pandas, to code that may import nothing.
    return distributions([*heard, *own_modules(root), "pandas"], root)
