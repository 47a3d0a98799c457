"""`mlguard shapes`: comments of guarded code against real values, and a diff of those that are missing."""

from __future__ import annotations

import pytest

from tests.project import CODE, Project
from tests.repository import git

FIT = "def fit(rows, ridge=0.0):\n"
ANSWER = '    return (model["shift"] + model["slope"] * rows["x"]).to_numpy()\n'


@pytest.fixture
def project(at_once: None, tmp_path) -> Project:
    return Project(tmp_path)


def test_each_comment_is_held_against_its_value(project: Project):
    project.edit(CODE, FIT, "def fit(rows, ridge=0.0):  # rows: (n, 3)\n")
    project.edit(CODE, ANSWER, ANSWER.replace(")\n", ")  # (n,)\n"))
    ran = project.command("shapes")
    assert (ran.code, ran.out, ran.changed) == (0, "2 shapes in comments: 0 wrong, 2 right\n", ())
    project.edit(CODE, "(n, 3)", "(n, 4)")
    ran = project.command("shapes", "Line", CI="1")
    assert (ran.code, ran.out) == (
        1,
        "line.py:1: `rows` is (12, 3), and its comment says (n, 4)\n"
        "  1 of 1 time, first in guard Line\n"
        "\n"
        "2 shapes in comments: 1 wrong, 1 right\n",
    )


def test_a_wrong_name_and_what_was_never_there(project: Project):
    project.edit(CODE, FIT, "def fit(rows, ridge=0.0):  # rows: (n, n), gone: (n,)\n")
    told = project.command("shapes", "--json").json
    wrong, gone = told["shapes"]
    assert (told["exit_code"], told["diff"]) == (1, "")
    assert (wrong["file"], wrong["line"], wrong["name"], wrong["shape"]) == ("line.py", 1, "rows", [12, 3])
    assert "and its comment says (n, n): n is 12 (line 1)" in wrong["message"]
    assert (gone["times"], gone["wrong"], gone["shape"], gone["message"]) == (0, 0, None, "")
    assert "not there, or without a shape, in any run: line.py:1 `gone`" in project.command("shapes").out


def test_code_without_such_comments(project: Project):
    ran = project.command("shapes")
    assert (ran.code, ran.out) == (
        0, "no comment of the code that ran gives a shape, such as `# sims: (num_items, num_items)`\n"
    )  # fmt: skip


def test_missing_comments_are_proposed_as_a_diff_that_holds(project: Project):
    before = project.files()
    ran = project.command("shapes", "--write")
    assert (ran.code, ran.changed, project.files()) == (0, (), before)
    assert ran.out.startswith("--- a/line.py\n+++ b/line.py\n")
    assert "+def fit(rows, ridge=0.0):  # rows: (n, m)\n" in ran.out
    assert "+def answer(model, rows):  # rows: (n, m)\n" in ran.out
    assert "tests/guards" not in ran.out
    git(project.root, "init", "--quiet")
    (project.root / "shapes.diff").write_text(ran.out)
    git(project.root, "apply", "shapes.diff")
    again = project.command("shapes", "--write")
    assert (again.code, again.out) == (0, "")
    assert again.err.endswith(" 0 wrong, 4 right\n"), again.err


def test_a_run_that_fails_is_an_error(project: Project):
    project.edit(CODE, FIT, FIT + "    raise ValueError('no')\n")
    ran = project.command("shapes")
    assert (ran.code, ran.out) == (5, "")
    assert "ValueError: no" in ran.err
