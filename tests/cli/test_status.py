"""`mlguard status --base REV`, and `--intent` of what it shows: a branch whose goldens changed, for its reviewers."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mlguard.golden.stores import open_store
from mlguard.settings import load
from tests.checker.test_review import measured
from tests.project import CODE, GUARD, Project
from tests.repository import Repository, git

RIDGE = ("def fit(rows, ridge=0.0):\n", "def fit(rows, ridge=1.0):\n")
REGEN = ("regen-golden", "Line", "--yes", "--reason", "softer")


@pytest.fixture(scope="module")
def repository(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project with its golden on `main`, and a branch on which the code was edited."""
    made = Repository(tmp_path_factory.mktemp("status"), below="app")
    with measured():
        made.project.regen()
    made.commit("Record")
    made.git("checkout", "--quiet", "-b", "softer")
    return made


@pytest.fixture
def branch(repository: Repository, tmp_path) -> Project:
    """The branch in a copy of its own, with the edit."""
    shutil.copytree(repository.top, tmp_path / "copy")
    project = Project(tmp_path / "copy" / "app", {})
    project.edit(CODE, *RIDGE)
    return project


def test_nothing_changed(branch: Project):
    ran = branch.command("status", "--base", "main", CI="1")
    assert (ran.code, ran.out) == (0, "no golden changed since main\n")


def test_a_golden_that_changed_with_its_code_needs_an_intent(branch: Project):
    assert branch.command(*REGEN).code == 0
    ran = branch.command("status", "--base", "main")
    lines = ran.out.splitlines()
    assert (ran.code, lines[0]) == (0, "Line: recorded anew")
    assert lines[1].endswith('"softer"')
    assert lines[2].startswith("    mae ")
    assert lines[-3].startswith(
        "  look: guarded code changed as well (line.py), and no intent says whether behaviour was"
    )
    assert lines[-1] == "1 golden changed since main; 1 to look at"
    assert branch.command("status", "--base", "main", CI="true").code == 1


@pytest.mark.parametrize(
    ("intent", "said"),
    [
        ("preserving", "guard Line does not do what was meant (preserving): predict "),
        ("changing: mae down", "guard Line does not do what was meant (changing: mae down): evaluate mae "),
        ("changing: mae up 0.5", "guard Line does not do what was meant (changing: mae up 0.5): evaluate mae "),
        ("better", "the intent 'better' is none"),
    ],
)
def test_an_intent_that_is_not_what_moves_is_refused(branch: Project, intent: str, said: str):
    ran = branch.command(*REGEN, "--intent", intent)
    assert (ran.code, ran.changed) == (2, ())
    assert said in ran.err


def test_what_was_meant_and_moved_is_kept_with_the_golden(branch: Project):
    assert branch.command("check", "Line").code == 1
    ran = branch.command("review", "--accept", "Line", "--reason", "softer", "--intent", "changing:  mae up")
    assert ran.code == 0, ran.err
    assert branch.golden().approvals[0].intent == "changing: mae up"
    assert "(changing: mae up): softer" in (branch.root / "golden/Line/summary.md").read_text(encoding="utf-8")
    ran = branch.command("status", "--base", "main", "--json", CI="true")
    assert (ran.code, ran.json["base"], ran.json["exit_code"]) == (0, "main", 0)
    (line,) = ran.json["goldens"]
    (approval,) = line["approvals"]
    assert (line["name"], line["how"], line["doubts"]) == ("Line", "changed", [])
    assert (approval["reason"], approval["intent"]) == ("softer", "changing: mae up")
    assert branch.command("check", "Line").code == 0


def test_review_refuses_an_intent_that_is_not_what_moved(branch: Project):
    assert branch.command("check", "Line").code == 1
    ran = branch.command("review", "--accept", "Line", "--reason", "softer", "--intent", "preserving")
    assert (ran.code, ran.changed) == (2, ())
    assert "guard Line does not do what was meant (preserving)" in ran.err
    assert branch.pending() == ["Line"]


def test_a_golden_that_was_changed_behind_its_log_is_pointed_out(branch: Project):
    golden = branch.golden()
    asked = dict(list(golden.asked.items())[1:])
    branch.goldens.save(replace(golden, approvals=(), asked=asked, mlguard="0.0.1"))
    ran = branch.command("status", "--base", "main", "--json")
    kinds = [doubt["kind"] for doubt in ran.json["goldens"][0]["doubts"]]
    assert kinds == ["lost approvals", "no approval", "fewer questions", "older mlguard"]


def test_new_removed_and_damaged_goldens(branch: Project):
    shutil.copytree(branch.root / "golden/Line", branch.root / "golden/Damaged")
    branch.write("tests/guards/test_other.py", (branch.root / GUARD).read_text().replace("Line", "Other"))
    branch.regen("Other", "tests/guards/test_other.py")
    shutil.rmtree(branch.root / "golden/Line")
    told = branch.command("status", "--base", "main", "--json").json["goldens"]
    assert [(one["name"], one["how"], [d["kind"] for d in one["doubts"]]) for one in told] == [
        ("Damaged", "new", ["unreadable"]),
        ("Line", "removed", ["removed"]),
        ("Other", "new", []),
    ]


def test_a_branch_is_compared_with_where_it_left_the_base(branch: Project):
    # What others record on the base meanwhile is no change of this branch.
    top = branch.root.parent
    git(top, "stash", "--quiet")
    git(top, "checkout", "--quiet", "main")
    golden = branch.golden()
    branch.goldens.save(replace(golden, remarks=("of the base",)))
    git(top, "commit", "--quiet", "--all", "--message", "Theirs")
    git(top, "checkout", "--quiet", "softer")
    assert branch.command("status", "--base", "main").out == "no golden changed since main\n"


@pytest.mark.parametrize(("base", "said"), [("nowhere", "no revision 'nowhere'"), ("a..b", "is a range")])
def test_a_base_that_is_none(branch: Project, base: str, said: str):
    ran = branch.command("status", "--base", base)
    assert ran.code == 2
    assert said in ran.err


def test_goldens_outside_of_the_repository_are_said(branch: Project):
    branch.write("pyproject.toml", '[tool.mlguard]\ngolden = "../../elsewhere"\n')
    ran = branch.command("status", "--base", "main")
    assert ran.code == 2
    assert "outside of the repository" in ran.err


def test_a_golden_that_moved_with_its_guard_is_not_lost(branch: Project):
    branch.edit(CODE, *reversed(RIDGE))
    branch.edit(GUARD, "class Line(", "class Renamed(")
    assert branch.command("move", "Line", "Renamed").code == 0
    told = branch.command("status", "--base", "main", "--json", CI="1")
    assert told.code == 0
    assert [(one["name"], one["how"], one["doubts"]) for one in told.json["goldens"]] == [
        ("Line", "removed", []),
        ("Renamed", "new", []),
    ]


def planted(project: Project, *names: str, staged: bool = True) -> None:
    for name in names:
        project.write(name, "anything")
        if staged:
            git(project.root, "add", "--force", name)


OF_NOBODY = ["golden/Gone/rows.csv", "golden/Line/arrays/weights.npy", "golden/Line/model.pkl",
             "golden/_datasets/tiny/more.csv", "golden/_datasets/tiny/rows.parquet", "golden/notes.txt"]  # fmt: skip


def test_a_file_of_no_golden_is_pointed_out_wherever_it_lies(branch: Project):
    planted(branch, *OF_NOBODY)
    ran = branch.command("status", "--base", "main", "--json", CI="1")
    assert (ran.code, ran.json["exit_code"], ran.json["goldens"]) == (1, 1, [])
    assert [(file["file"], file["tracked"]) for file in ran.json["files"]] == [(name, True) for name in OF_NOBODY]
    planted(branch, "other/model.pkl")
    ran = branch.command("status", "--base", "main")
    lines = ran.out.splitlines()
    assert (ran.code, lines[4:6]) == (0, ["golden/Line/model.pkl: a file of no golden", f"  look: {TRACKED}"])
    assert lines[-1] == "no golden changed since main; 6 to look at"


TRACKED = "git has it, no golden lists it, and mlguard never opens it; keep it elsewhere, or remove it with `git rm`"


def test_what_git_does_not_have_is_shown_and_fails_nothing_and_what_it_ignores_is_not_shown(branch: Project):
    planted(branch, "golden/Line/model.pkl", "golden/Line/cache.tmp", staged=False)
    branch.write(".gitignore", ".mlguard/\n*.tmp\n")
    ran = branch.command("status", "--base", "main", "--json", CI="1")
    assert (ran.code, [(one["file"], one["tracked"]) for one in ran.json["files"]]) == (
        0,
        [("golden/Line/model.pkl", False)],
    )


def test_a_name_of_several_lines_says_nothing_else(branch: Project):
    planted(branch, "golden/Line/a\nno golden changed since main")
    told = branch.command("status", "--base", "main").out.splitlines()
    assert told[0] == "golden/Line/a\\nno golden changed since main: a file of no golden"


def test_goldens_in_a_submodule_are_no_file_of_nobody(branch: Project, tmp_path: Path):
    inner, top = tmp_path / "inner", branch.root.parent
    (branch.root / "golden").rename(inner)
    for asked in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Goldens"]):
        git(inner, *asked)
    git(top, "rm", "--quiet", "-r", "--cached", "app/golden")
    git(top, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "app/golden")
    ran = branch.command("status", "--base", "main", "--json", CI="1")
    assert (ran.code, ran.json["files"]) == (0, [])


@pytest.mark.parametrize(
    "name", [".DS_Store", "Line/.DS_Store", "Line/record.json~", ".gitattributes", "README.md", "README.rst"]
)
def test_what_editors_and_file_managers_leave_and_what_git_reads_is_no_alarm(branch: Project, name: str):
    planted(branch, f"golden/{name}")
    ran = branch.command("status", "--base", "main", CI="1")
    assert (ran.code, ran.out) == (0, "no golden changed since main\n")


def test_a_golden_that_is_deleted_or_cannot_be_read_is_told_once(branch: Project):
    (branch.root / "golden/Line/record.json").write_text("{}")
    planted(branch, "golden/Line/model.pkl")
    told = branch.command("status", "--base", "main", "--json").json
    assert [doubt["kind"] for doubt in told["goldens"][0]["doubts"]] == ["unreadable"]
    assert [file["file"] for file in told["files"]] == ["golden/Line/model.pkl"]
    shutil.rmtree(branch.root / "golden/Line")
    assert branch.command("status", "--base", "main", "--json").json["files"] == []


def test_a_folder_that_holds_more_than_goldens_is_judged_beside_them_alone(branch: Project):
    (branch.root / "golden/Line").rename(branch.root / "tests/Line")
    branch.edit("pyproject.toml", "[tool.mlguard]", '[tool.mlguard]\ngolden = "tests"')
    planted(branch, "tests/data.csv", "tests/Line/model.pkl")
    told = branch.command("status", "--base", "main", "--json").json["files"]
    assert [file["file"] for file in told] == ["tests/Line/model.pkl"]


def without_log(project: Project) -> None:
    store = open_store(load(project.root))
    golden = store.load("Line")
    assert golden is not None
    store.save(replace(golden, approvals=()))


def test_goldens_are_found_where_the_base_kept_them(branch: Project):
    branch.edit(CODE, *reversed(RIDGE))
    (branch.root / "golden").rename(branch.root / "goldens")
    branch.edit("pyproject.toml", "[tool.mlguard]", '[tool.mlguard]\ngolden = "goldens"')
    assert branch.command("status", "--base", "main").out == "no golden changed since main\n"
    without_log(branch)
    told = branch.command("status", "--base", "main", "--json").json["goldens"]
    assert [(one["name"], one["how"]) for one in told] == [("Line", "changed")]


def test_goldens_beside_the_project_are_compared(branch: Project):
    top = branch.root.parent
    (branch.root / "golden").rename(top / "goldens")
    branch.edit("pyproject.toml", "[tool.mlguard]", '[tool.mlguard]\ngolden = "../goldens"')
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message", "Keep goldens beside the project")
    without_log(branch)
    told = branch.command("status", "--base", "HEAD", "--json").json["goldens"]
    kinds = [(one["name"], one["how"], [doubt["kind"] for doubt in one["doubts"]]) for one in told]
    assert kinds == [("Line", "changed", ["lost approvals", "no approval"])]
