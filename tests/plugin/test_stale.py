"""A golden without a guard is an item of its own, in a run that looks at everything."""

from __future__ import annotations

import pytest

from mlguard.core.record import Observation, Record
from mlguard.core.value import number
from mlguard.golden.local import LocalStore
from tests.plugin.verdicts import shifted

STALE = "golden/Old::stale"
FILE = "tests/guards/test_shop.py"
MORE = "import pytest\n@pytest.mark.slow\ndef test_more(): pass\n"


@pytest.fixture
def old(small, made, searched):
    """A project with goldens of a guard, a variant and a test that are gone."""
    store = LocalStore(small.root / "golden", small.root)
    for name in ("Churn", "Old", "Old[a]", "tests/test_x.py::test_x"):
        store.save(Record(name, (Observation("predict", "value", number(1.0)),)))
    return small


def test_a_whole_run_fails_for_each(old):
    tried = old.run()
    assert tried.code == 1
    assert [item for item, found in tried.outcomes.items() if found == "failed"] == [STALE, "golden/Old/a::stale"]
    assert "golden Old has no guard" in tried.section("Old: stale")
    assert "delete it: mlguard prune" in tried.section("Old: stale")
    assert (old.root / "golden/Old/record.json").exists()


@pytest.mark.parametrize(
    "args",
    [
        ("tests",),
        (".",),
        ("tests/guards",),
        ("tests/guards", "tests"),
        ("tests", f"{FILE}::Churn::predict"),
        ("--ff",),
        ("--lf",),
        ("-m", "not slow"),
        ("-k", "not slow"),
        ("-k", "Churn or Demand or stale"),
        ("--deselect", "tests/guards/test_more.py"),
        ("--ignore", "tests/guards/test_more.py"),
        ("--ignore-glob", "*more*"),
        ("--ignore", "docs"),
    ],
    ids=" ".join,
)
def test_no_guard_is_left_out_of_these_runs(old, args):
    old.write("tests/guards/test_more.py", MORE)
    tried = old.run(*args)
    assert tried.outcomes.get(STALE) == "failed"
    assert tried.code == 1


@pytest.mark.parametrize(
    "args",
    [
        (FILE,),
        (f"{FILE}::Churn",),
        ("tests/guards/test_more.py",),
        ("-k", "Churn or stale"),
        ("-k", "not contracts"),
        ("-k", "more"),
        ("-m", "slow"),
        ("--deselect", f"{FILE}::Churn::predict"),
        ("--ignore", FILE),
        ("--ignore", "tests/guards"),
        ("--ignore-glob", "*shop*"),
    ],
    ids=" ".join,
)
def test_a_guard_is_left_out_of_these_runs(old, args):
    old.write("tests/guards/test_more.py", MORE)
    outcomes = old.run(*args).outcomes
    assert STALE not in outcomes
    assert "failed" not in outcomes.values()


@pytest.mark.parametrize("told", ["config.hook.pytest_deselected(items=[items.pop(0)])", "items[:] = items[6:]"])
def test_a_plugin_that_leaves_a_guard_out_makes_the_run_partial(old, told):
    old.write("tests/conftest.py", f"def pytest_collection_modifyitems(config, items):\n    {told}\n")
    assert STALE not in old.run().outcomes


def test_a_run_of_what_failed_is_about_those_guards(old, made):
    made.verdicts["Churn"] = shifted("Churn", "predict")
    old.run("--deselect", "golden")
    assert set(old.run("--lf").outcomes) == {
        f"{FILE}::Churn::{stage}" for stage in ("predict", "evaluate", "contracts")
    }


def test_a_run_that_stops_at_a_failure_stops_at_this_one(old):
    tried = old.run("--sw")
    assert "failed" in tried.outcomes.values()
    assert tried.code != 0


@pytest.mark.parametrize(("inside", "found"), [("class Old(Base): pass", None), ("class Older(Base): pass", "failed")])
def test_a_module_that_skips_itself_may_declare_the_guard(old, inside, found):
    old.write("tests/guards/test_more.py", f"import pytest\npytest.importorskip('absent')\n{inside}\n")
    tried = old.run()
    assert "1 skipped" in tried.text
    assert tried.outcomes.get(STALE) == found


def test_a_module_that_pytest_cannot_collect_makes_the_run_partial(old):
    old.write("tests/guards/test_more.py", "import absent\n")
    assert STALE not in old.run("--continue-on-collection-errors").outcomes


def test_no_search_where_every_golden_has_its_guard(old, searched):
    store = LocalStore(old.root / "golden", old.root)
    for name in ("Old", "Old[a]"):
        store.delete(name)
    assert old.run().code == 0
    assert searched == []


def test_the_last_guard_may_be_gone(old):
    (old.root / FILE).write_text("def test_plain(): pass\n")
    assert "golden/Churn::stale" in old.run().outcomes
