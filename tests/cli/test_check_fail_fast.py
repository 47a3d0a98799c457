"""`mlguard check --fail-fast`: no guard begins after the first that does not match, and those are named."""

from __future__ import annotations

import pytest

from tests.cli.test_check_changed import FILES, GUARD
from tests.project import Project


@pytest.fixture(scope="module")
def project(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Three guards, of which the first is declared wrongly, so that nothing has to run for it to fail."""
    made = Project(tmp_path_factory.mktemp("failing"), FILES)
    made.write("tests/guards/test_first.py", GUARD.replace("Line", "First").replace("clock =", "seeds ="))
    made.write("tests/guards/test_zero.py", GUARD.replace("Line", "Zero"))
    return made


def test_no_guard_begins_after_the_first_failure(project: Project):
    said = project.command("check", "-j1", "-x")
    assert said.code == 2
    assert said.out.splitlines()[-2:] == [
        "not run after the first failure: 2 guards (Line, Zero)",
        "1 guard: 1 error; 0 observations compared",
    ]
    said = project.command("check", "-j1", "--fail-fast", "--json", "Zero", "Line")
    assert ([guard["name"] for guard in said.json["guards"]], said.json["not_run"]) == (["Line"], ["Zero"])


def test_a_module_that_cannot_be_imported_is_a_failure_before_the_first_guard(project: Project):
    with project.also("tests/guards/test_broken.py", "1 / 0\n"):
        said = project.command("check", "-x", "--json")
    assert (said.code, said.json["not_run"]) == (5, ["First", "Line", "Zero"])


def test_all_guards_run_where_nobody_asks(project: Project):
    said = project.command("check", "First", "Zero", "--quick", "-j1", "--json")
    assert [guard["outcome"] for guard in said.json["guards"]] == ["error", "missing"]
    assert said.json["not_run"] == []
