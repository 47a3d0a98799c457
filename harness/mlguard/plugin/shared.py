"""What the processes of one pytest session share: a Verdict per guard, made once, kept as JSON in the state folder."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from mlguard.core.verdict import Verdict
from mlguard.files.lock import locked
from mlguard.files.tree import Tree
from mlguard.golden.naming import folder_of
from mlguard.golden.state import state, writing_state
from mlguard.report.carried import from_json, to_json
from mlguard.trackers.entry import Facts

RUNS = "run"
"""Name of the folder of all sessions below the project's state folder."""

FINISHED = "finished"
"""The file that marks a session whose processes have all ended."""

ABANDONED = 24 * 3600.0
"""Seconds without a change after which an unfinished session is taken for one that was killed."""


@dataclass(frozen=True)
class Result:
    """What a session knows of one guard."""

    verdict: Verdict
    """What came of it."""
    recorded: tuple[str, ...] = ()
    """What was written of it into the golden in this session, in words; empty where nothing was."""
    facts: Facts | None = None
    """What a tracking server is told of its Record; None where none is told anything."""


class Shared:
    """The Verdicts of one session in one project."""

    def __init__(self, project: Path, session: str) -> None:
        """Make the session's folder, and remove those of sessions that are over.

        Raises RunError where the disk refuses.
        """
        tree = state(project)
        _clean(tree.below(RUNS), keep=session)
        self._tree = tree.below(f"{RUNS}/{session}")
        self.folder = self._tree.root
        self._make_folder()

    def _make_folder(self) -> None:
        with writing_state(self.folder):
            self._tree.make()

    def once(self, guard: str, make: Callable[[], Result]) -> Result:
        """The guard's Result: read where some process made it, else made here while the others wait.

        The lock is the system's own, so that one whose owner died is free.
        """
        name = folder_of(guard).as_posix().replace("/", "+")
        self._make_folder()  # Guarded code may have removed it.
        with locked(self._tree, f"{name}.lock"):
            kept = self._tree.read(f"{name}.json")
            if kept is not None:
                return _read(kept)
            result = make()
            told = None if result.facts is None else asdict(result.facts)
            data = {"verdict": to_json(result.verdict), "recorded": result.recorded, "facts": told}
            self._tree.put(f"{name}.json", json.dumps(data).encode())
            return result

    def finish(self) -> None:
        """Say that the session is over; the next one removes its folder."""
        finish(self.folder)


def finish(folder: Path) -> None:
    """Mark a session's folder as one that no process uses any more."""
    with contextlib.suppress(OSError):
        (folder / FINISHED).touch()


def results(folder: Path) -> list[Result]:
    """Everything that a session knows, by the names of the guards."""
    found = [_read(file.read_bytes()) for file in sorted(folder.glob("*.json"))]
    return sorted(found, key=lambda result: result.verdict.guard)


def _read(content: bytes) -> Result:
    data = json.loads(content)
    told = data["facts"]
    facts = None if told is None else Facts(**{**told, "variables": tuple(told["variables"])})
    return Result(from_json(data["verdict"]), tuple(data["recorded"]), facts)


def _clean(runs: Tree, *, keep: str) -> None:
    """Remove the folders of sessions that are over, and of those that were killed long ago."""
    for entry in runs.entries():
        if entry.kind == "folder" and entry.name != keep:
            with contextlib.suppress(OSError):  # Another process may be removing it.
                if _is_over(runs, entry.name):
                    runs.clear(entry.name)


def _is_over(runs: Tree, name: str) -> bool:
    finished = any(entry.name == FINISHED for entry in runs.entries(name))
    return finished or time.time() - runs.modified(name) > ABANDONED
