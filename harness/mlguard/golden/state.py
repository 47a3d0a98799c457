"""The project's own folder for what no repository keeps: pending Records, locks, the state of runs."""

from __future__ import annotations

from pathlib import Path

from mlguard.core.error import RunError

STATE = ".mlguard"
"""Name of the folder below the project's root."""


def state_folder(project: Path) -> Path:
    """The project's `.mlguard/`, which ignores itself; made where it is missing.

    Raises RunError where the disk refuses.
    """
    folder = project / STATE
    ignore = folder / ".gitignore"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not ignore.exists():
            ignore.write_text("# Written by mlguard: nothing in here belongs into a repository.\n*\n", encoding="utf-8")
    except OSError as error:
        told = f"{folder} cannot be written ({error.strerror}); make the project's folder writable"
        raise RunError(told, slug="state-folder") from error
    return folder
