"""The power that audits found, kept under `.mlguard/audit/` until a golden is accepted next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlguard.golden.naming import folder_of
from mlguard.golden.state import STATE, state_folder
from mlguard.golden.writing import Home

AUDIT = "audit"
"""Name of the folder below the project's state folder."""


def keep(project: Path, guard: str, figures: Mapping[str, Any]) -> None:
    """Keep the figures of a guard's last audit, whole or not at all. Raises RunError where the disk refuses."""
    place = _place(state_folder(project), guard)
    with Home(place.parent, project).writing(place.parent):
        unfinished = place.with_name(f"{place.name}.unfinished")
        unfinished.write_text(json.dumps(figures, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        unfinished.replace(place)


def kept(project: Path, guard: str) -> dict[str, Any] | None:
    """The figures of a guard's last audit; None where there is none that can be read."""
    try:
        found = json.loads(_place(project / STATE, guard).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _place(state: Path, guard: str) -> Path:
    folder = state / AUDIT / folder_of(guard)
    return folder.with_name(f"{folder.name}.json")
