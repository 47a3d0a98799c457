"""Files that guarded code wrote outside of its run's own folder, so that a later run that reads one is recognised."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

from mlguard.golden.state import STATE, state_folder
from mlguard.golden.writing import Home

MADE = "made.json"
"""Name of their list below the project's state folder."""

LARGEST = 10_000
"""Files that are remembered at most, the latest."""


def remember_made(project: Path, files: Iterable[str]) -> None:
    """Add files, as they are now, to those that runs of this project made. Raises RunError where the disk refuses."""
    new = {file: stamp for file in files if (stamp := _stamp(file)) is not None}
    if not new or _all_known(new, _read(project)):
        return
    place = state_folder(project) / MADE
    with Home(place.parent, project).writing(place.parent):
        kept = {**{file: stamp for file, stamp in _read(project).items() if file not in new}, **new}
        unfinished = place.with_name(f"{place.name}.unfinished")
        unfinished.write_text(json.dumps(dict([*kept.items()][-LARGEST:]), indent=0) + "\n", encoding="utf-8")
        unfinished.replace(place)


def made_earlier(project: Path) -> frozenset[str]:
    """The files that earlier runs made and that are still as they left them; what somebody replaced is his own."""
    return frozenset(file for file, stamp in _read(project).items() if _stamp(file) == stamp)


def _all_known(new: dict[str, list[int]], known: dict[str, list[int]]) -> bool:
    return all(known.get(file) == stamp for file, stamp in new.items())


def _read(project: Path) -> dict[str, list[int]]:
    try:
        found = json.loads((project / STATE / MADE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _stamp(file: str) -> list[int] | None:
    try:
        seen = os.stat(file)
    except OSError:
        return None
    return [seen.st_mtime_ns, seen.st_size]
