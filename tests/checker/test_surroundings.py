"""Another system, image or lock file is named where something moved, and never decides."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlguard.checker.private import without_private
from mlguard.core.outcome import Outcome
from mlguard.core.record import PRIVATE, Record
from mlguard.core.verdict import Verdict
from tests.checker.test_cause import SHIFT, as_if, check_against
from tests.project import CODE, Project
from tests.repository import Repository

SAID = "not as for the golden, which decides nothing: "
LOCK = "uv.lock"


@pytest.fixture(scope="module")
def locked(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with a lock file and a golden, without git."""
    project = Project(tmp_path_factory.mktemp("locked"))
    project.write(LOCK, "numpy 2.4\n")
    assert project.regen().proposal is not None
    return project


def said(verdict: Verdict) -> list[str]:
    return [remark.removeprefix(SAID) for remark in verdict.remarks if remark.startswith(SAID)]


def short(record: Record, name: str = LOCK) -> str:
    return str(record.provenance.environment["locks"][name])[7:19]


def test_a_lock_file_that_differs_came_or_went_is_named_where_something_moved(locked: Project) -> None:
    before = short(locked.golden())
    (locked.root / "requirements.txt").write_text("numpy\n")
    with locked.editing(CODE, *SHIFT):
        with locked.editing(LOCK, "2.4", "2.5"):
            now = locked.run().record
            edited = locked.check().verdict
        (locked.root / LOCK).rename(locked.root / "kept")
        gone = locked.check().verdict
        (locked.root / "kept").rename(locked.root / LOCK)
    (locked.root / "requirements.txt").unlink()
    came = f"requirements.txt absent -> {short(now, 'requirements.txt')}"
    assert (edited.outcome, said(edited)) == (Outcome.SHIFTED, [f"{LOCK} {before} -> {short(now)}; {came}"])
    assert said(gone) == [f"{LOCK} {before} -> absent; {came}"]


def test_where_nothing_moved_nothing_is_said(locked: Project) -> None:
    with locked.editing(LOCK, "2.4", "2.5"):
        verdict = locked.check().verdict
    assert (verdict.outcome, verdict.remarks) == (Outcome.MATCH, locked.check().verdict.remarks)


def test_the_system_and_the_image_are_named_and_an_older_golden_knows_none(locked: Project) -> None:
    golden = locked.golden()
    system = golden.provenance.environment["os"]
    older = {name: fact for name, fact in golden.provenance.environment.items() if name != "os"}
    with locked.editing(CODE, *SHIFT), locked.editing(LOCK, "2.4", "2.5"):
        now = short(locked.run().record)
        other = check_against(locked, as_if(golden, os="Plan 9", image="shop/train:7"))
        unknown = check_against(locked, replace(golden, provenance=replace(golden.provenance, environment=older)))
    lock = f"{LOCK} {short(golden)} -> {now}"
    assert said(other) == [f"os Plan 9 -> {system}; image shop/train:7 -> absent; {lock}"]
    assert said(unknown) == []


def test_nothing_is_said_where_the_code_is_shown_to_have_moved_it(at_once: None, tmp_path) -> None:
    repository = Repository(tmp_path / "repository")
    line = repository.project
    line.write(".gitignore", ".mlguard/\n")
    assert line.regen().proposal is not None
    repository.commit("Record the golden")
    packages = {**line.golden().provenance.environment["packages"], "numpy": "1.0.0"}
    with line.editing(CODE, *SHIFT):
        verdict = check_against(line, as_if(line.golden(), os="Plan 9", packages=packages))
    assert (verdict.outcome, len(verdict.causes), said(verdict)) == (Outcome.SHIFTED, 1, [])


def test_of_a_lock_file_that_git_ignores_a_golden_keeps_the_name_alone(at_once: None, tmp_path) -> None:
    repository = Repository(tmp_path / "repository")
    line = repository.project
    line.write(".gitignore", f".mlguard/\n{LOCK}\n")
    line.write(LOCK, "numpy 2.4\n")
    golden = without_private(line.root, line.run().record)
    assert golden.provenance.environment["locks"] == {LOCK: PRIVATE}
    line.goldens.save(golden)
    with line.editing(CODE, *SHIFT):
        verdict = line.check().verdict
    assert (verdict.outcome, said(verdict)) == (Outcome.SHIFTED, [])
