"""Compare what lies in a Dataset's folder with what its generator gives now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mlguard.core.error import GoldenError
from mlguard.tables.folder import read_dataset, read_manifest
from mlguard.tables.generate import make_checked
from mlguard.tables.manifest import MANIFEST, Manifest
from mlguard.tables.moved import differing


class State(StrEnum):
    """What came of verifying; the order is the precedence, worst first."""

    DIFFERS = "differs"
    MISSING = "missing"
    EQUAL = "equal"


@dataclass(frozen=True)
class Verified:
    """What verifying one Dataset's folder found."""

    name: str
    """The dataset's name."""
    folder: Path
    """Where its files were looked for."""
    state: State
    """Whether they are what the generator gives now."""
    message: str
    """One line that names the table and column that differ, or the file that is missing."""
    manifest: Manifest | None = None
    """What the folder says that it holds; None where it says nothing."""


def verify(script: Path, folder: Path, *, seed: int | None = None, rows: int | None = None) -> Verified:
    """Compare a folder with its generator script; seed and rows are those of the manifest unless given.

    Raises what `make_checked` raises.
    """
    name = script.stem
    if not (folder / MANIFEST).exists():
        return Verified(name, folder, State.MISSING, f"{name}: there is no dataset in {folder}")
    try:
        manifest = read_manifest(folder)
    except GoldenError as error:
        return Verified(name, folder, State.DIFFERS, f"{name}: {error.message}")
    gone = [entry.file for entry in manifest.tables if not (folder / entry.file).exists()]
    if gone:
        return Verified(name, folder, State.MISSING, f"{name}: {folder / gone[0]} is missing", manifest)
    moved = _moved(script, folder, manifest.seed if seed is None else seed, rows or manifest.asked_rows)
    state = State.DIFFERS if moved else State.EQUAL
    return Verified(name, folder, state, f"{name}: {moved or 'equal'}", manifest)


def _moved(script: Path, folder: Path, seed: int, rows: int | None) -> str | None:
    fresh = make_checked(script, seed, rows)
    try:
        # Undamaged or not, the tables are compared first: which column was edited says more than that one was.
        moved = differing(read_dataset(folder, check=False), fresh)
        if moved is None:
            read_dataset(folder)
    except GoldenError as error:
        return error.message
    return moved
