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
        raise unwritable(folder, error) from error
    return folder


def unwritable(folder: Path, error: OSError) -> RunError:
    """The error of a folder of ours in which nothing can be written."""
    return RunError(
        f"{folder} cannot be written ({error.strerror})",
        advice="make the project's folder writable",
        slug="state-folder",
        blames_code=False,
    )
