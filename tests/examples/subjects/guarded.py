"""The project of a subject under guard, in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlguard.checker.check import Checker
from mlguard.checker.regen import Regenerator
from mlguard.core.verdict import Verdict
from mlguard.report.terminal import draw
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.examples.edit import expected, told
from tests.examples.subjects.edit import Edit, Subject
from tests.repository import Repository

SUBJECTS = Path(__file__).resolve().parents[3] / "examples" / "subjects"


def files(subject: Subject) -> dict[str, str]:
    """The files of a subject's project by their names."""
    root = SUBJECTS / subject.project
    found = (path for path in sorted(root.rglob("*")) if path.is_file() and not _LEFT & set(path.parts))
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in found}


_LEFT = {"__pycache__", ".mlguard", "golden"}
"""What running a project leaves in it."""


class Guarded:
    """A committed project with its golden, recorded from the code as it is."""

    def __init__(self, subject: Subject, folder: Path) -> None:
        self.subject = subject
        self.repository = Repository(folder, files=files(subject))
        self.project = self.repository.project
        with self._checker(Extent.FULL) as (checker, guard):
            regenerator = Regenerator(checker, reason="first golden")
            prepared = regenerator.prepare(guard)
            regenerator.accept(prepared)
            assert prepared.refused is None, prepared.refused
            self.broken = [str(line) for line in prepared.proposal.summary] if prepared.proposal else []

    @contextmanager
    def _checker(self, extent: Extent) -> Iterator[tuple[Checker, Any]]:
        with Runner(load(self.project.root)) as runner:
            (guard,) = (one for one in runner.find().guards if one.ref.name == self.subject.guard)
            yield Checker(runner.settings, runner, extent=extent), guard

    def check(self, edit: Edit | None = None) -> Verdict:
        """The Verdict on the code as it is, or with an edit."""
        with self._checker(_needed(edit)) as (checker, guard):
            if edit is None:
                return checker.check(guard).verdict
            with self.project.editing(edit.file, edit.old, edit.new):
                return checker.check(guard).verdict

    def expect(self, edit: Edit) -> None:
        """Check the code with an edit, and compare the Verdict with what the edit says of itself."""
        verdict = self.check(edit)
        outcome = expected(edit.stage, edit.only)
        assert (verdict.outcome, verdict.first_moved) == (outcome, edit.stage), told(verdict)
        assert edit.names in draw(verdict), draw(verdict)
        if edit.only is not None:
            assert {finding.role for finding in verdict.moves()} <= edit.only, told(verdict)

    def diff(self, edit: Edit) -> list[str]:
        """The names of the edits that `mlguard diff` names, between the commit and the working tree."""
        with self.project.editing(edit.file, edit.old, edit.new):
            ran = self.project.command("diff", "HEAD", "--json")
        (guard,) = ran.json["guards"]
        return [found["name"] for found in guard["edits"]]

    def shapes(self, edit: Edit | None = None) -> list[str]:
        """The comments that `mlguard shapes` finds wrong."""
        if edit is None:
            ran = self.project.command("shapes", "--json")
        else:
            with self.project.editing(edit.file, edit.old, edit.new):
                ran = self.project.command("shapes", "--json")
        return [f"{one['file']}:{one['line']} `{one['name']}`" for one in ran.json["shapes"] if one["wrong"]]


def _needed(edit: Edit | None) -> Extent:
    """How much of a guard to run: a bug that the main run shows needs no more, all others everything."""
    return Extent.FULL if edit is None or edit.stage is None or edit.only is not None else Extent.MAIN
