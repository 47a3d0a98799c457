"""A golden without a guard is an item of its own, in a run that looks at everything."""

from __future__ import annotations

import pytest

from mlguard.core.record import Observation, Record
from mlguard.core.value import number
from mlguard.golden.local import LocalStore
from mlguard.plugin.project import Project
from mlguard.runner.order import Found

STALE = "golden/Old::stale"
FILE = "tests/guards/test_shop.py"


@pytest.fixture
def old(small, made, monkeypatch):
    """A project with goldens of a guard, a variant and a test that are gone; its search finds what was collected."""
    store = LocalStore(small.root / "golden", small.root)
    for name in ("Churn", "Old", "Old[a]", "tests/test_x.py::test_x"):
        store.save(Record(name, (Observation("predict", "value", number(1.0)),)))

    class Searches:
        broken: dict[str, str] = {}
        looked = 0

        def find(self):
            type(self).looked += 1
            return Found(tuple(project.guards.values()), self.broken)

        def __exit__(self, *error):
            pass

    def runner(self, *, many=True):
        nonlocal project
        project = self
        return Searches()

    project = None
    monkeypatch.setattr(Project, "runner", runner)
    small.searches = Searches
    return small


def test_a_whole_run_fails_for_each(old):
    tried = old.run()
    assert tried.code == 1
    assert [item for item, found in tried.outcomes.items() if found == "failed"] == [STALE, "golden/Old/a::stale"]
    assert "golden Old has no guard" in tried.section("Old: stale")
    assert "delete it: mlguard prune" in tried.section("Old: stale")
    assert (old.root / "golden/Old/record.json").exists()


@pytest.mark.parametrize("args", [("tests",), (".",), ("tests/guards",), ("tests/guards", "tests"), ("--ff",)])
def test_these_runs_are_whole(old, args):
    assert STALE in old.run(*args).outcomes


@pytest.mark.parametrize(
    "args",
    [
        (FILE,),
        (f"{FILE}::Churn",),
        ("tests", f"{FILE}::Churn::predict"),
        ("-k", "Churn"),
        ("-m", "not slow"),
        ("--lf",),
        ("--sw",),
        ("--deselect", f"{FILE}::Churn::predict"),
        ("--ignore", "tests/guards/test_more.py"),
        ("--ignore-glob", "*more*"),
    ],
    ids=lambda args: args[0],
)
def test_these_runs_are_not(old, args):
    old.write("tests/guards/test_more.py", "def test_more(): pass\n")
    assert STALE not in old.run(*args).outcomes


def test_a_plugin_that_deselects_makes_the_run_partial(old):
    hook = "def pytest_collection_modifyitems(config, items):\n    config.hook.pytest_deselected(items=[items.pop()])\n"
    old.write("tests/conftest.py", hook)
    assert STALE not in old.run().outcomes


def test_a_module_that_cannot_be_imported_may_declare_the_guard(old):
    old.searches.broken = {"tests/guards/test_more.py": "SyntaxError"}
    assert STALE not in old.run().outcomes


def test_a_module_that_pytest_cannot_collect_makes_the_run_partial(old):
    old.write("tests/guards/test_more.py", "import absent\n")
    assert STALE not in old.run("--continue-on-collection-errors").outcomes


def test_no_search_where_every_golden_has_its_guard(old):
    store = LocalStore(old.root / "golden", old.root)
    for name in ("Old", "Old[a]"):
        store.delete(name)
    assert old.run().code == 0
    assert old.searches.looked == 0


def test_the_last_guard_may_be_gone(old):
    (old.root / FILE).write_text("def test_plain(): pass\n")
    assert "golden/Churn::stale" in old.run().outcomes
