"""`mlguard prune`: deletes goldens whose guard is gone, and only where nothing else was found."""

from __future__ import annotations

import pytest

from tests.cli.test_check import second
from tests.project import CODE, FILES, Project

SHIFT = ('model["shift"] +', 'model["shift"] + 0.25 +')


@pytest.fixture
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A guard with its golden, and a golden whose guard is gone."""
    made = Project(tmp_path_factory.mktemp("prune"), {**FILES, "tests/guards/test_second.py": second()})
    made.regen()
    made.regen("Second", "tests/guards/test_second.py")
    (made.root / "tests/guards/test_second.py").unlink()
    return made


def goldens(project: Project) -> list[str]:
    return sorted(p.name for p in (project.root / "golden").iterdir())


def test_a_stale_golden_goes_after_a_run_in_which_all_else_matches(project: Project):
    assert project.command("prune", "--dry-run").changed == ()
    assert project.command("prune", answer="n\n").changed == ()
    ran = project.command("prune", "--yes", "--json")
    assert (ran.code, ran.json) == (0, {"stale": ["Second"], "deleted": ["Second"], "refused": []})
    assert {name.rpartition("/")[0] for name in ran.changed} == {"golden/Second"}
    assert goldens(project) == ["Line", "_datasets"]
    assert project.command("prune", "--yes").out == "no stale goldens\n"


def test_nothing_goes_while_a_guard_fails_or_a_module_is_broken_or_none_is_left(project: Project):
    with project.editing(CODE, *SHIFT):
        shifted = project.command("prune", "--yes", "--json")
    assert (shifted.code, shifted.json["deleted"], shifted.json["refused"]) == (1, [], ["Line"])
    with project.also("tests/guards/test_broken.py", "import no_such_module\n"):
        broken = project.command("prune", "--yes")
    assert broken.code == 5
    assert "nothing was deleted" in broken.err
    with project.editing("pyproject.toml", "[tool.mlguard]\n", '[tool.mlguard]\nguards = ["line.py"]\n'):
        none = project.command("prune", "--yes")
    assert (none.code, none.changed) == (2, ())
    assert goldens(project) == ["Line", "Second", "_datasets"]


def test_deleting_is_refused_in_ci_before_anything_runs(project: Project):
    ran = project.command("prune", "--yes", CI="true")
    assert (ran.code, ran.changed) == (2, ())
    assert "--allow-ci" in ran.err
