"""`mlguard check --staged`: the index decides, whatever the working tree holds beside it, in hooks of git as well."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import joblib  # noqa: F401 -- it sets a variable of this process when it is first imported, which is a change.
import pytest
import yaml

from tests.cli.test_check_changed import FILES, GUARD
from tests.house.conftest import ROOT
from tests.project import Project
from tests.repository import Repository, calm, git

LINE = FILES["line.py"]
STAGED = "checked as it is staged, in a folder of its own: "


@pytest.fixture(scope="module")
def real(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project in a folder of a repository, all of it staged, and nothing committed; git ignores a file of data."""
    top = tmp_path_factory.mktemp("staged")
    git(top, "-c", "init.defaultBranch=main", "init", "--quiet")
    project = Project(top / "ml", {**FILES, ".gitignore": "rate.txt\n", "tests/guards/more/other.txt": "2"})
    assert project.regen("Line", "tests/guards/test_line.py").proposal is not None
    git(top, "add", "--all")
    assert ran(project) == (0, "match", "not skipped: nothing is kept of a match on this machine")
    return Repository(top, below="ml", files={})


@pytest.fixture(autouse=True)
def clean(real: Repository) -> None:
    """The project as it was committed."""
    real.git("reset", "--quiet", "--hard")
    real.git("clean", "--quiet", "--force", "-d")


def ran(project: Project, *names: str) -> tuple[int, str, str]:
    """The exit code, the outcome, and why the guard was run, and where: empty where it was skipped."""
    said = project.command("check", "--json", "--staged", *names)
    (guard,) = said.json["guards"]
    why = [r for r in guard["remarks"] if r.startswith(("not skipped: ", STAGED))]
    assert bool(guard["unchanged_since"]) is not bool(why)
    return said.code, guard["outcome"], "".join(why)


def test_what_is_staged_is_checked_and_not_what_lies_beside_it(real: Repository):
    project = real.project
    assert ran(project) == (0, "match", "")
    project.write("notes.txt", "work in progress")
    assert ran(project) == (0, "match", "")
    project.write("line.py", LINE.replace("return", "return 3 *"))
    assert ran(project) == (0, "match", f"{STAGED}line.py differs from the index")
    project.write("line.py", LINE)
    project.write("golden/Line/record.json", "{}")
    assert ran(project) == (0, "match", f"{STAGED}golden/Line/record.json differs from the index")
    project.write("line.py", LINE.replace("return", "return 3 *"))
    real.git("add", "ml/line.py")
    project.write("line.py", LINE)
    before, pending = project.files(), project.pending()
    said = project.command("check", "--staged")
    assert (said.code, "stash push --keep-index --include-untracked" in said.out) == (1, True)
    assert (project.files(), project.pending()) == (before, pending)


def test_what_moved_it_is_asked_of_what_is_staged(tmp_path: Path):
    repository = Repository(tmp_path)
    project = repository.project
    project.regen()
    repository.commit("Record")
    project.edit("datasets/generators/tiny.py", "rows=16", "rows=18")
    repository.git("add", "--all")
    project.edit("datasets/generators/tiny.py", "rows=18", "rows=16")
    (guard,) = project.command("check", "--json", "--staged").json["guards"]
    assert guard["outcome"] == "dataset-changed"
    assert "gives the same new values: the code did not move them" in guard["causes"][-1]


def test_a_guard_is_skipped_also_where_another_one_is_only_staged_or_only_lies_there(real: Repository):
    project = real.project
    project.write("tests/guards/more/test_other.py", GUARD.replace("Line", "Other"))
    assert ran(project) == (0, "match", "")
    real.git("add", "--all")
    (project.root / "tests/guards/more/test_other.py").unlink()
    said = project.command("check", "--staged", "--json")
    assert [(guard["name"], guard["outcome"], bool(guard["unchanged_since"])) for guard in said.json["guards"]] == [
        ("Other", "missing", False),
        ("Line", "match", True),
    ]


def test_what_a_guard_looks_at_for_the_first_time_counts_as_well(real: Repository):
    real.project.write("line.py", LINE.replace("rate.txt", "tests/guards/more/other.txt"))
    real.git("add", "ml/line.py")
    real.project.write("tests/guards/more/other.txt", "3")
    assert ran(real.project) == (0, "match", f"{STAGED}tests/guards/more/other.txt differs from the index")


def test_what_somebody_forgot_to_add_is_missing(real: Repository):
    real.project.write("line.py", "import fresh\n\n\ndef rate():\n    return fresh.RATE\n")
    real.git("add", "ml/line.py")
    real.project.write("fresh.py", "RATE = 2.0\n")
    said = real.project.command("check", "--staged")
    assert (said.code, "No module named 'fresh'" in said.out, f"{STAGED}fresh.py" in said.out) == (5, True, True)
    real.git("add", "--all")
    code, outcome, why = ran(real.project)
    assert (code, outcome, why.startswith("not skipped: ")) == (0, "match", True)


def test_guards_and_settings_are_those_that_are_staged(real: Repository):
    project = real.project
    project.write("tests/guards/test_line.py", GUARD.replace("Line", "Other"))
    assert ran(project) == (0, "match", f"{STAGED}tests/guards/test_line.py differs from the index")
    said = project.command("check", "--staged", "Other")
    assert (said.code, "in what is staged: no guard 'Other'" in said.err) == (2, True)
    real.git("checkout", "--quiet", ".")
    project.write("pyproject.toml", "[tool.mlguard]\ntimeout = 30\n")
    assert ran(project) == (0, "match", f"{STAGED}pyproject.toml differs from the index")
    real.git("rm", "--quiet", "--cached", "ml/pyproject.toml")
    said = project.command("check", "--staged", "--json")
    assert (said.code, said.json["error"]["slug"]) == (2, "staged-no-project")


def test_a_conflict_is_refused(real: Repository):
    real.git("checkout", "--quiet", "-b", "other")
    real.edit("line.py", "return", "return 1 *")
    real.git("checkout", "--quiet", "main")
    real.edit("line.py", "return", "return 2 *")
    with pytest.raises(subprocess.CalledProcessError):
        real.git("merge", "--quiet", "other")
    said = real.project.command("check", "--staged", "--json")
    real.git("reset", "--quiet", "--hard", "HEAD~1")
    assert (said.code, said.json["error"]["slug"]) == (2, "staged-conflict")
    assert "ml/line.py has a conflict" in said.json["error"]["message"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--changed",), "--changed and --staged each say which guards to skip"),
        (("--since=HEAD",), "--since and --staged each say which guards to skip"),
        (("--in-process",), "--staged skips guards and --in-process is for debugging one"),
        (("--try",), "leave the other options"),
    ],
)
def test_what_contradicts_itself_is_refused(real: Repository, options: tuple[str, ...], told: str):
    said = real.project.command("check", "--staged", *options)
    assert (said.code, said.out, told in said.err) == (2, "", True)


def commit(folder: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of a commit, and what its hook said."""
    named = [
        "git",
        "-c",
        "user.name=A Developer",
        "-c",
        "user.email=developer@example.com",
        "commit",
        "-qm",
        "A commit",
    ]
    done = subprocess.run([*named, *arguments], cwd=folder, capture_output=True, text=True, check=False, env=calm())
    return done.returncode, done.stdout + done.stderr


def hook() -> str:
    """The command that is offered to pre-commit, with this interpreter."""
    (offered,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    # No file is given: the guards are found by mlguard, and deleted files and data may reach them, too.
    assert (offered["id"], offered["pass_filenames"], offered["always_run"]) == ("mlguard", False, True)
    assert offered["language"] == "system"
    program, *arguments = shlex.split(offered["entry"])
    assert program == "mlguard"
    return shlex.join([sys.executable, "-m", program, *arguments])


def test_a_hook_checks_each_kind_of_commit_in_a_linked_working_tree(real: Repository, tmp_path: Path):
    script = real.top / ".git/hooks/pre-commit"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"#!/bin/sh\ncd ml && exec {hook()}\n")
    script.chmod(0o755)
    real.git("worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = Project(tmp_path / "linked/ml", {"rate.txt": "2", "notes.txt": "a"})
    git(linked.root, "add", "notes.txt")
    code, said = commit(linked.root)
    assert (code, "1 guard: 1 match" in said) == (0, True), said

    linked.write("notes.txt", "b")
    code, said = commit(linked.root, "--all")
    assert (code, "1 unchanged since it last matched" in said) == (0, True), said

    # What is staged is left out of this commit, and the guard matches without it.
    linked.write("line.py", LINE.replace("return", "return 3 *"))
    git(linked.root, "add", "line.py")
    linked.write("notes.txt", "c")
    code, said = commit(linked.root, "notes.txt")
    assert (code, "line.py differs from the index" in said) == (0, True), said

    before = git(linked.root, "rev-parse", "HEAD")
    code, said = commit(linked.root)
    assert (code, "Line: shifted" in said) == (1, True), said
    assert git(linked.root, "rev-parse", "HEAD") == before
    assert not [name for name in os.listdir(real.top / ".git/worktrees/linked") if name.endswith(".lock")]


def test_a_page_never_holds_a_record_of_the_working_tree_against_a_verdict_of_what_is_staged(real: Repository):
    project = real.project
    golden = (project.root / "golden/Line/record.json").read_text(encoding="utf-8")
    project.write("golden/Line/record.json", "{}")
    real.git("add", "ml/golden/Line/record.json")
    project.write("golden/Line/record.json", golden)
    shutil.rmtree(project.root / ".mlguard")  # So that the working tree runs before it is known that they differ.
    assert project.command("check", "--staged", "--report", "out.html").code == 3
    content = (project.root / "out.html").read_text(encoding="utf-8")
    assert "checked as it is staged" in content
    assert "<h4>Environment</h4>" not in content
    assert project.command("check", "--report", "out.html").code == 0
    assert "<h4>Environment</h4>" in (project.root / "out.html").read_text(encoding="utf-8")
