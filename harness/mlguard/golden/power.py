"""The power that audits found, kept under `.mlguard/audit/` until a golden is accepted next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlguard.files.typed import known
from mlguard.golden import state
from mlguard.golden.document import PowerJson
from mlguard.golden.naming import folder_of

AUDIT = "audit"
"""Name of the folder below the project's state folder."""


def keep(project: Path, guard: str, figures: Mapping[str, Any]) -> None:
    """Keep the figures of a guard's last audit, whole or not at all. Raises RunError where the disk refuses."""
    state.update(project, _name(guard), lambda before: dict(figures))


def kept(project: Path, guard: str) -> dict[str, Any] | None:
    """The figures of a guard's last audit; None where there is none that can be read."""
    found = state.kept(project, _name(guard))
    try:
        known(PowerJson, found, "power")
    except ValueError:
        return None
    return found


def _name(guard: str) -> str:
    return f"{AUDIT}/{folder_of(guard)}.json"
