"""What a run is about, found in a worker: the guard's class with every method in place, and its configuration."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

from mlguard.adapters import adapt
from mlguard.configuration import configurations, written
from mlguard.core.dataset import Dataset
from mlguard.core.error import UsageError
from mlguard.core.guard import Guard
from mlguard.discovery import GuardRef, load_module
from mlguard.observe.run import Subject, scratch
from mlguard.runner.order import Change, Order


def find_subject(ref: GuardRef, root: Path, import_path: tuple[str, ...]) -> Subject:
    """The guard's class with every method in place, and its configuration."""
    module = load_module(ref.file, import_path)
    klass = getattr(module, ref.class_name, None)
    if not isinstance(klass, type) or not issubclass(klass, Guard):
        raise UsageError(f"{ref.file.name} declares no guard {ref.class_name}", slug="guard-unknown")
    variants = {c.label: c for c in configurations(klass.config, root, ref.class_name)}
    if ref.variant not in variants:
        raise UsageError(f"guard {ref.class_name} has no configuration {ref.variant!r}", slug="guard-unknown")
    return Subject(ref.name, adapt(klass), variants[ref.variant], root, klass.target)


def with_target(subject: Subject, data: Dataset) -> Subject:
    """The subject with the target that its Dataset declares, where it declares none itself."""
    return subject if subject.target is not None else replace(subject, target=data.target)


def changed(subject: Subject, change: Change) -> Subject:
    """The subject under the changed configuration; its file is still where that came from."""
    if change.config is None:
        return subject
    values = change.config(copy.deepcopy(subject.configuration.values))
    return replace(subject, configuration=replace(subject.configuration, values=values))


def config_file(subject: Subject, order: Order) -> Path | None:
    """The configuration's file, or one that holds the changed values, for code that reads the path."""
    path = subject.configuration.path
    if order.change.config is None or path is None:
        return path
    return written(subject.configuration.values, path, scratch(order.folder, "config"))
