"""A golden of somebody else is recorded by those alone who say that they review, and its log says so."""

from __future__ import annotations

import pytest

from tests.checker.test_review import measured
from tests.project import CODE, GUARD, Project
from tests.repository import git

RIDGE = ("ridge=0.0", "ridge=1.0")
OWNERS = '    owners = "bob@example.com"\n'


@pytest.fixture(scope="module")
def made(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A guard of Bob, whose code was edited since; the repository's user is Ana."""
    project = Project(tmp_path_factory.mktemp("owners"))
    with measured():
        project.regen()
    project.edit(GUARD, "    dataset = ", f"{OWNERS}    dataset = ")
    project.edit(CODE, *RIDGE)
    git(project.root, "init", "--quiet")
    git(project.root, "config", "user.email", "ana@example.com")
    return project


@pytest.fixture
def project(made: Project, tmp_path) -> Project:
    return made.copied(tmp_path / "copy")


REGEN = ("regen-golden", "Line", "--yes", "--reason", "softer")


def test_recording_is_refused_and_the_log_keeps_who_reviewed(project: Project):
    ran = project.command(*REGEN)
    assert (ran.code, ran.changed) == (2, ())
    assert "guard Line belongs to bob@example.com, and git calls you ana@example.com" in ran.err
    with measured():
        dry = project.command("regen-golden", "Line", "--dry-run")
        assert (dry.code, "  by ana@example.com, as a reviewer\n" in dry.out) == (0, True)
        assert project.command(*REGEN, "--as-reviewer").code == 0
    assert project.golden().approvals[0].by == "ana@example.com, as a reviewer"
    assert "by ana@example.com, as a reviewer" in (project.root / "golden/Line/summary.md").read_text()


@pytest.mark.parametrize(
    ("place", "lines"),
    [
        pytest.param("CODEOWNERS", "/tests/guards/ bob@example.com\n", id="for a folder"),
        pytest.param(".github/CODEOWNERS", "* ana@example.com\ntest_*.py bob@example.com\n", id="for names, elsewhere"),
    ],
)
def test_owners_that_are_written_otherwise_are_the_same(project: Project, place: str, lines: str):
    """Ana is refused as before, and Bob notices nothing."""
    project.edit(GUARD, OWNERS, "")
    project.write(place, lines)
    ran = project.command(*REGEN)
    assert (ran.code, ran.changed) == (2, ())
    assert "guard Line belongs to bob@example.com, and git calls you ana@example.com" in ran.err
    git(project.root, "config", "user.email", "bob@example.com")
    with measured():
        assert project.command(*REGEN).code == 0
    assert project.golden().approvals[0].by == "bob@example.com"


def test_a_line_further_down_that_takes_the_guard_away_names_its_new_owner(project: Project):
    project.edit(GUARD, OWNERS, "")
    project.write("CODEOWNERS", "/tests/guards/ bob@example.com\n*.py carol@example.com\n")
    git(project.root, "config", "user.email", "bob@example.com")
    ran = project.command(*REGEN)
    assert (ran.code, ran.changed) == (2, ())
    assert "guard Line belongs to carol@example.com, and git calls you bob@example.com" in ran.err


def test_a_golden_that_is_edited_by_hand_is_named_and_to_mend_it_needs_its_owner_too(project: Project):
    kept = '"name": "rows", "stage": "evaluate", "value": 4'
    project.edit("golden/Line/record.json", kept, f"{kept}1")
    ran = project.command("check")
    assert (ran.code, "golden/Line/record.json was changed after it was accepted" in ran.out) == (3, True)
    ran = project.command(*REGEN)
    assert (ran.code, ran.changed) == (2, ())
    assert "guard Line belongs to bob@example.com" in ran.err


@pytest.mark.parametrize("owned", ["tests", "real"])
def test_a_folder_of_guards_that_is_a_link_is_owned_too(project: Project, owned: str):
    project.edit(GUARD, OWNERS, "")
    project.write("CODEOWNERS", f"/{owned}/ bob@example.com\n")
    (project.root / "tests").rename(project.root / "real")
    (project.root / "tests").symlink_to("real")
    ran = project.command(*REGEN)
    assert (ran.code, ran.changed) == (2, ())
    assert "guard Line belongs to bob@example.com" in ran.err
    assert project.command("check").code == 1
    ran = project.command("review", "--accept", "Line", "--reason", "softer")
    assert (ran.code, ran.changed) == (2, ())
    with measured():
        assert project.command(*REGEN, "--as-reviewer").code == 0


def test_so_is_accepting_what_a_check_saw(project: Project):
    assert project.command("check").code == 1
    ran = project.command("review", "--accept", "Line", "--reason", "softer")
    assert (ran.code, ran.changed) == (2, ())
    assert "not-an-owner" in ran.err
    ran = project.command("review", "--accept", "Line", "--reason", "softer", "--as-reviewer")
    assert (ran.code, project.golden().approvals[0].by) == (0, "ana@example.com, as a reviewer")


def test_a_guard_that_holds_needs_no_owner(project: Project):
    project.edit(CODE, *reversed(RIDGE))
    ran = project.command(*REGEN)
    assert (ran.code, ran.out, ran.changed) == (0, "Line: nothing to record, match\n", ())
