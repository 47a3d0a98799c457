"""Check repositories below `examples/repositories/` against their committed goldens, as they are and with an edit."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.checker.check import Checker
from mlguard.core.verdict import Verdict
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.examples.edit import expected, told
from tests.examples.repositories.edit import Edit

REPOSITORIES = Path(__file__).resolve().parents[3] / "examples" / "repositories"


class Repository:
    """One repository, whose guards run in copies of it."""

    def __init__(self, runner: Runner, folder: Path) -> None:
        """`runner` is of the repository itself; copies are made below `folder`."""
        self.runner, self.folder = runner, folder
        self.guards = {guard.ref.name: guard for guard in runner.find().guards}

    def check(self, name: str, edit: Edit | None = None) -> Verdict:
        """The Verdict on one guard, of the code with an edit where there is one."""
        root = self.runner.settings.root
        copy = self.folder / (edit.id if edit else name)
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".mlguard", "__pycache__"))
        if edit:
            text = (copy / edit.file).read_text(encoding="utf-8")
            assert text.count(edit.old) == 1, f"{edit.old!r} stands {text.count(edit.old)} times in {edit.file}"
            (copy / edit.file).write_text(text.replace(edit.old, edit.new), encoding="utf-8")
        guard = self.guards[name]
        there = replace(guard, ref=replace(guard.ref, file=copy / guard.ref.file.relative_to(root)))
        settings = load(copy)
        return Checker(settings, self.runner.elsewhere(settings), extent=_needed(edit)).check(there).verdict

    def expect(self, edit: Edit) -> None:
        """Check the code with an edit, and compare the Verdict with what the edit says of itself."""
        verdict = self.check(edit.guard, edit)
        outcome = expected(edit.stage, edit.only)
        assert (verdict.outcome, verdict.first_moved) == (outcome, edit.stage), told(verdict)
        assert edit.only is None or {finding.role for finding in verdict.moves()} <= edit.only, told(verdict)


def _needed(edit: Edit | None) -> Extent:
    """How much of a guard to run: a bug that the main run shows needs no more, and one that it hides no other seed."""
    if edit is None or edit.stage is None:
        return Extent.FULL
    return Extent.MAIN if edit.only is None else Extent.QUICK


@pytest.fixture(scope="module")
def repository(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """The repository that the test module names."""
    name = request.module.REPOSITORY
    with Runner(load(REPOSITORIES / name)) as runner:
        yield Repository(runner, tmp_path_factory.mktemp(name))
