"""`mlguard move OLD NEW`: the golden of a renamed guard goes with it, once a run has shown that it holds."""

from __future__ import annotations

import shutil

import pytest

from mlguard.core.difference import difference
from mlguard.core.tolerance import EXACT
from tests.checker.test_review import measured
from tests.cli.test_check import second
from tests.project import CODE, GUARD, Project

RENAMED = ("class Line(Guard)", "class Slope(Guard)")


@pytest.fixture(scope="module")
def made(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose guard was renamed after its golden was recorded."""
    project = Project(tmp_path_factory.mktemp("move"))
    with measured():
        project.regen()
    project.edit(GUARD, *RENAMED)
    return project


@pytest.fixture
def project(made: Project, tmp_path) -> Project:
    return made.copied(tmp_path / "copy")


def test_a_check_suggests_it_and_the_golden_moves_with_its_log(project: Project):
    before = project.golden("Line")
    ran = project.command("check")
    said = "its values are those of the golden Line, which has no guard; if it was renamed: mlguard move Line Slope"
    assert said in ran.out
    ran = project.command("move", "Line", "Slope")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"Slope: moved from Line; {len(ran.changed)} files\n"
    assert {name.split("/")[1] for name in ran.changed} == {"Line", "Slope"}
    moved = project.golden("Slope")
    assert moved.approvals[1:] == before.approvals
    assert (moved.approvals[0].reason, moved.approvals[0].summary) == ("moved from Line", ("moved from Line",))
    same = [difference(old.value, new.value, EXACT) for old, new in zip(before, moved, strict=True)]
    assert all(one.exact for one in same)
    assert moved.tolerances == before.tolerances
    assert project.pending() == []
    ran = project.command("check")
    assert (ran.code, ran.out.splitlines()[0]) == (0, "Slope: match")


def test_where_something_differs_it_is_shown_and_nothing_is_written(project: Project):
    project.edit(CODE, 'model["shift"] +', 'model["shift"] + 0.01 +')
    ran = project.command("move", "Line", "Slope")
    assert (ran.code, ran.changed) == (1, ())
    assert ran.out.startswith("Slope: shifted, first moved in stage predict")
    assert ran.err == "not moved: Slope is not what the golden of Line says\n"
    assert "if it was renamed" not in project.command("check").out


def test_as_json(project: Project):
    told = project.command("move", "Line", "Slope", "--reason", "a better name", "--json").json
    assert (told["name"], told["outcome"], told["moved"]) == ("Slope", "match", True)
    assert project.golden("Slope").approvals[0].reason == "a better name"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("Gone", "Slope"), "there is no golden Gone"),
        (("Line", "Slop"), "no guard 'Slop' in tests/guards; nearest: Slope"),
        (("Other", "Slope"), "guard Other is still declared in tests/guards/test_other.py"),
        (("Line", "Other"), "guard Other has a golden of its own, which is in the way"),
    ],
)
def test_what_cannot_be_moved(project: Project, names: tuple[str, str], said: str):
    project.write("tests/guards/test_other.py", second("Other"))
    shutil.copytree(project.root / "golden/Line", project.root / "golden/Other")
    ran = project.command("move", *names)
    assert (ran.code, ran.changed) == (2, ())
    assert said in ran.err


def test_it_is_refused_in_ci(project: Project):
    ran = project.command("move", "Line", "Slope", CI="1")
    assert (ran.code, ran.changed) == (2, ())
