"""What failed runs saw, with what it was compared with, until its owner accepts or rejects it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlguard.checker.known import Known
from mlguard.checker.private import without_private
from mlguard.core.error import GoldenError
from mlguard.core.record import Record
from mlguard.core.verdict import Verdict
from mlguard.files.content import file_digest
from mlguard.golden.interface import Held
from mlguard.golden.keyed import State
from mlguard.golden.state import writing_state
from mlguard.golden.stores import compared_file, open_pending
from mlguard.report.carried import from_json, to_json
from mlguard.report.terminal import draw
from mlguard.runner.order import Done
from mlguard.settings import Settings


@dataclass(frozen=True)
class Compared:
    """What a pending Record was compared with, and what came of it."""

    against: str | None
    """The version of the golden; None where there was none."""
    verdict: Verdict
    """What came of it."""
    settings: str
    """The digest of what the settings gave the guarded code."""


class Waiting:
    """The pending Records of a project."""

    def __init__(self, settings: Settings, folder: Path | None = None) -> None:
        """`folder` holds those of another checkout, such as a CI job's. Raises RunError where the disk refuses."""
        self.settings, self.folder = settings, folder
        self.store = open_pending(settings, folder)

    def leave(self, verdict: Verdict, done: Done, held: Held) -> None:
        """Leave what a run saw, in the place of what an earlier one left. Raises MlguardError where the disk refuses.

        `held` is the golden that it was compared with. The tables go with it where they are not those of this golden.
        """
        record = without_private(self.settings.base, done.record)
        Known(self.settings.base, record, done.variables).keep()
        described = record.provenance.dataset
        known = "" if held.record is None else held.record.provenance.data_digest
        if described is not None and done.dataset is not None and described.digest != known:
            self.store.datasets.save(done.dataset, described.name, described.seed)
        tree, name = compared_file(self.settings, verdict.guard)
        document = json.dumps({"against": held.version, "settings": given(self.settings), "verdict": to_json(verdict)})
        self.store.save(record)
        with writing_state(tree.root):
            tree.put(name, document.encode())

    def drop(self, guard: str) -> None:
        """Remove what is pending of a guard. Raises MlguardError where the disk refuses."""
        tree, name = compared_file(self.settings, guard, self.folder)
        with writing_state(tree.root):
            tree.remove(name)
        self.store.delete(guard)

    def compared(self, guard: str) -> Compared:
        """What the pending Record of a guard was compared with. Raises GoldenError where that cannot be read."""
        tree, name = compared_file(self.settings, guard, self.folder)
        try:
            document = json.loads(tree.read(name) or b"null")
            compared = Compared(document["against"], from_json(document["verdict"]), document["settings"])
            draw(compared.verdict)
        except Exception as error:  # It may come from elsewhere: whatever is wrong in it, nobody can review by it.
            raise _unreadable(tree.shown(name)) from error
        return compared

    def private(self, record: Record) -> Mapping[str, State]:
        """Of each file that git ignores, whether it is what it was; nothing is known of another checkout's."""
        return {} if self.folder is not None else Known(self.settings.base, record, {}).files()


def given(settings: Settings) -> str:
    """The digest of what the settings give guarded code, wherever the checkout lies."""
    folders = [settings.relative(Path(folder)) for folder in settings.import_path]
    told = [folders, sorted(settings.pass_env), sorted(settings.set_env.items())]
    return file_digest(json.dumps(told).encode())


def _unreadable(shown: str) -> GoldenError:
    return GoldenError(
        f"{shown} does not say what the pending Record was compared with",
        advice="check the guard again",
        slug="pending-unreadable",
    )
