"""What changed since a Record was made: files, configuration, and the golden that it was compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlguard import __version__
from mlguard.configuration import flatten, parsed
from mlguard.core.obstacle import Obstacle, ObstacleKind
from mlguard.core.record import PRIVATE, ConfigurationFacts, Record
from mlguard.golden.interface import Held
from mlguard.golden.keyed import State
from mlguard.runner.sources import digest


def outdated(project: Path, record: Record, private: Mapping[str, State]) -> Iterator[Obstacle]:
    """What of the project is not as it was in the run that made a Record.

    `private` says of each file that git ignores whether it is; a file that a library in C opened is not known at all.
    """
    found = {name: _state(project, name, kept, private) for name, kept in record.provenance.sources.items()}
    for kind, state in (
        (ObstacleKind.FILES_EDITED, "changed"),
        (ObstacleKind.FILES_GONE, "gone"),
        (ObstacleKind.FILES_UNKNOWN, "unknown"),
    ):
        names = tuple(name for name, seen in found.items() if seen == state)
        if names:
            yield Obstacle(kind, names)
    configuration = record.provenance.configuration
    if configuration is not None and configuration.source is not None and not _holds(project, configuration):
        yield Obstacle(ObstacleKind.CONFIGURATION_EDITED, (configuration.source,))
    if record.mlguard != __version__:
        yield Obstacle(ObstacleKind.OTHER_VERSION, (record.mlguard,))


def overtaken(held: Held, against: str | None) -> Iterator[Obstacle]:
    """Whether another golden lies there than the one that a Record was compared with, of this version."""
    if held.version != against:
        newest = held.approvals[0] if held.approvals else None
        yield Obstacle(ObstacleKind.GOLDEN_CHANGED, () if newest is None else (newest.when, newest.reason))


def _state(project: Path, name: str, kept: str, private: Mapping[str, State]) -> str:
    file = project / name
    try:
        if not file.is_file():
            return "gone"
        if kept == PRIVATE:
            return private.get(name, "unknown")
        return "same" if digest(file) == kept else "changed"
    except (OSError, ValueError):
        return "unknown"


def _holds(project: Path, kept: ConfigurationFacts) -> bool:
    """Whether the file still gives the values that the run had, and files that it names do."""
    kind = Path(str(kept.source)).suffix.lower()
    beside = all(_says(project / name, ".ini", values) for name, values in kept.beside.items())
    return beside and _says(project / str(kept.source), kind, kept.values)


def _says(file: Path, kind: str, kept: Mapping[str, Any]) -> bool:
    try:
        values = parsed(file.read_text(encoding="utf-8"), kind)
    except (OSError, ValueError, RecursionError):
        return False
    return {key: _plain(value) for key, value in flatten(values)} == {k: _plain(v) for k, v in kept.items()}


def _plain(value: Any) -> Any:
    """A value as Records keep it, so that two are equal where they would be written alike."""
    return repr(value) if isinstance(value, float) or not isinstance(value, bool | int | str | None) else value
