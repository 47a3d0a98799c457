"""Files that guarded code wrote outside of its run's own folder, so that a later run that reads one is recognised."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from mlguard.golden import state

MADE = "made.json"
"""Name of their list below the project's state folder."""

LARGEST = 10_000
"""Files that are remembered at most, the latest."""


def remember_made(project: Path, files: Iterable[str]) -> None:
    """Add files, as they are now, to those that runs of this project made. Raises RunError where the disk refuses."""
    new = {file: stamp for file in files if (stamp := _stamp(file)) is not None}
    known = state.kept(project, MADE) or {}
    if any(known.get(file) != stamp for file, stamp in new.items()):
        state.update(project, MADE, lambda before: _latest({f: s for f, s in before.items() if f not in new} | new))


def made_earlier(project: Path) -> frozenset[str]:
    """The files that earlier runs made and that are still as they left them; what somebody replaced is his own."""
    known = state.kept(project, MADE) or {}
    return frozenset(file for file, stamp in known.items() if _stamp(file) == stamp)


def _latest(made: dict[str, list[int]]) -> dict[str, list[int]]:
    return dict([*made.items()][-LARGEST:])


def _stamp(file: str) -> list[int] | None:
    try:
        seen = os.stat(file)
    except (OSError, ValueError):
        return None
    return [seen.st_mtime_ns, seen.st_size]
