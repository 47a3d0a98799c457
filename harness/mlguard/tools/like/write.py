"""From a file to a script in the project's folder of generators, which never overwrites one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from mlguard.core.error import RunError, UsageError
from mlguard.files.tree import DEVICES
from mlguard.tools.like.described import Profile
from mlguard.tools.like.profile import profile
from mlguard.tools.like.read import read_table
from mlguard.tools.like.script import script_text


@dataclass(frozen=True)
class Likeness:
    """A generator script that was written after a real table."""

    script: Path
    """Where it lies."""
    name: str
    """The name of its dataset."""
    profile: Profile
    """What it tells of the table."""
    notes: tuple[str, ...]
    """What the owner should know: how the table was read, what was replaced and what was left out."""


def write_like(file: Path, folder: Path, *, target: str | None = None) -> Likeness:
    """Learn from a table and write the script `<folder>/<name of the file>.py`.

    Raises what reading and learning raise, UsageError where that script exists, RunError where the disk refuses.
    """
    name = dataset_name(file)
    script = folder / f"{name}.py"
    if script.exists():
        raise UsageError(
            f"{script} exists, and it may have been edited; move it away, or rename {file.name}", slug="like-exists"
        )
    table = read_table(file)
    learned = profile(table.frame, target)
    _write(script, script_text(learned, file.name))
    return Likeness(script, name, learned, (*table.notes, *learned.notes))


def likeness(file: Path) -> tuple[str, str, tuple[str, ...]]:
    """The name and text of a script after a table, and notes; nothing is written. Raises as `write_like` does."""
    table = read_table(file)
    learned = profile(table.frame, None)
    return dataset_name(file), script_text(learned, file.name), (*table.notes, *learned.notes)


def dataset_name(file: Path) -> str:
    """The name of the dataset for a file: its stem in letters, digits and underscores that every disk can keep."""
    ascii_only = unicodedata.normalize("NFKD", file.stem).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9]+", "_", ascii_only).strip("_")
    if not name or name[0].isdigit() or name.casefold() in DEVICES:
        return f"table_{name}".rstrip("_")
    return name


def _write(script: Path, text: str) -> None:
    try:
        script.parent.mkdir(parents=True, exist_ok=True)
        with script.open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError as error:
        raise UsageError(f"{script} exists; move it away", slug="like-exists") from error
    except OSError as error:
        raise RunError(f"{script} cannot be written: {error.strerror}", slug="like-not-written") from error
