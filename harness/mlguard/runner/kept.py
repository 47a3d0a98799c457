"""What only mlguard writes: a guard whose code changes it is named, before anybody wonders who damaged a golden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mlguard.core.error import RunError
from mlguard.golden.state import STATE
from mlguard.report.numbers import few
from mlguard.settings import Settings
from mlguard.tables.catalogue import DATASETS

SHOWN = 5
"""Names that a message shows at most."""


def watched(settings: Settings) -> tuple[Path, ...]:
    """The folders that guarded code has no business in: what a run changes there is told."""
    return (settings.golden, settings.base / STATE, settings.base / DATASETS)


def refuse_changes(guard: str, changed: Iterable[str], settings: Settings) -> None:
    """Raises RunError where a guard's code changed goldens, or what mlguard remembers: nobody approved that."""
    files = _files(_below(changed, settings, (settings.golden, settings.base / STATE)))
    if files:
        raise RunError(
            f"guard {guard}: its code changed {_shown(files)}, which only mlguard may write",
            advice=f"take that out of the code, and {_put_back(settings)}",
            slug="golden-touched",
        )


def changed_data(guard: str, changed: Iterable[str], settings: Settings) -> tuple[str, ...]:
    """A quiet line on the datasets and generators that a guard's code changed; none where it changed none."""
    folder = settings.base / DATASETS
    written = (path.parent for path in folder.glob("*/manifest.json"))
    files = _files(_below(changed, settings, (*written, settings.generators)))
    return (f"guard {guard}: its code changed {_shown(files)}",) if files else ()


def _below(changed: Iterable[str], settings: Settings, folders: Iterable[Path]) -> Iterator[str]:
    """The changed files in these folders, from the project's root; compiled modules are nobody's work."""
    # A folder that holds the whole project says nothing.
    real = [folder.resolve() for folder in folders if not settings.base.is_relative_to(folder)]
    for name in map(Path, changed):
        if "__pycache__" not in name.parts and any(name == top or name.is_relative_to(top) for top in real):
            root = settings.base.resolve()
            yield name.relative_to(root).as_posix() if name.is_relative_to(root) else str(name)


def _files(names: Iterable[str]) -> list[str]:
    """What was changed, without the folders in which something was."""
    found = list(names)
    return [name for name in found if not any(other.startswith(f"{name}/") for other in found)]


def _shown(files: list[str]) -> str:
    return few(files, SHOWN)


def _put_back(settings: Settings) -> str:
    if settings.golden_url is not None:
        return f"run the command again, which brings copies of {settings.golden_url} anew"
    return f"put the files back (git checkout -- {settings.relative(settings.golden)})"
