"""A guard that the project declares and that an unfiltered run has not collected fails, and says what to do."""

from __future__ import annotations

import pytest

FILE = "tests/guards/test_shop.py"
MISSED = """
from mlguard import Guard

class Prices(Guard):
    dataset = "prices"
    def train(self, train): return {}
    def predict(self, model, rows): return rows
"""
NODE = "tests/guards/prices.py::Prices"


@pytest.fixture
def shop(small, made, searched):
    """A project of three guards that pytest collects, whose other guards are found by a search in this process."""
    return small


def hidden(shop, name: str = "tests/guards/prices.py", text: str = MISSED):
    shop.write(name, text)
    return shop


def failing(tried) -> list[str]:
    return [item for item, outcome in tried.outcomes.items() if outcome == "failed"]


def test_a_file_that_pytest_does_not_look_at(shop):
    tried = hidden(shop).run()
    assert tried.code == 1
    assert failing(tried) == [NODE]
    told = tried.section("Prices: not collected")
    assert "guard Prices (tests/guards/prices.py:4) was not collected by pytest, so nothing was compared" in told
    assert "`python_files` (test_*.py, *_test.py) does not match prices.py; rename the file, or add a pattern" in told
    assert "leave it out of this run with --ignore" in told


def test_a_base_from_another_module_and_every_variant(shop):
    shop.write(
        "tests/guards/bases.py", "from mlguard import Guard\nclass Base(Guard):\n    def train(self, t): return {}\n"
    )
    text = "from bases import Base\nclass Prices(Base):\n    dataset = 'p'\n    config = [{'a': 1}, {'a': 2}]\n"
    tried = hidden(shop, text=text).run()
    assert len(failing(tried)) == 2
    assert all(item.startswith(f"{NODE}[") for item in failing(tried))


def test_what_the_settings_of_pytest_leave_out(shop):
    shop.write("pytest.ini", "[pytest]\npython_files = check_*.py\ntestpaths = tests\n")
    assert failing(shop.run())[0] == f"{FILE}::Churn"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("pytest.ini", "[pytest]\nnorecursedirs = guards\n", "`norecursedirs`, `collect_ignore`"),
        ("tests/conftest.py", "collect_ignore = ['guards/test_shop.py']\n", "`norecursedirs`, `collect_ignore`"),
        ("tests/guards/conftest.py", "collect_ignore_glob = ['*shop*']\n", "`norecursedirs`, `collect_ignore`"),
        (FILE, f"__test__ = False\n{MISSED}", "`__test__ = False`"),
    ],
    ids=["norecursedirs", "collect_ignore", "collect_ignore_glob", "__test__"],
)
def test_what_nobody_said_on_the_command_line(shop, name, text, why):
    shop.write("tests/test_plain.py", "def test_plain(): pass\n")
    shop.write(name, text)
    tried = shop.run()
    assert tried.code == 1
    assert all(item.startswith(FILE) for item in failing(tried))
    assert why in tried.text


@pytest.mark.parametrize(
    "args",
    [
        ("tests/unit",),
        (FILE,),
        (f"{FILE}::Churn",),
        ("tests/unit", FILE),
        ("-k", "plain"),
        ("-m", "slow"),
        ("--ignore", "tests/guards/prices.py"),
        ("--ignore", "tests/guards"),
        ("--ignore-glob", "*prices*"),
        ("--deselect", "tests/guards/prices.py"),
    ],
    ids=" ".join,
)
def test_a_run_that_did_not_ask_for_it(shop, args):
    shop.write("tests/unit/test_plain.py", "import pytest\n@pytest.mark.slow\ndef test_plain(): pass\n")
    tried = hidden(shop).run(*args)
    assert tried.code == 0, tried.text
    assert NODE not in tried.outcomes


@pytest.mark.parametrize(
    "args",
    [
        (".",),
        ("tests/guards",),
        ("tests/unit", "tests/guards"),
        ("-k", "prices"),
        ("-k", "not plain"),
        ("-m", "not slow"),
        ("--ignore", "docs"),
        ("--deselect", "tests/unit"),
        ("--lf",),
        ("--doctest-modules",),
    ],
    ids=" ".join,
)
def test_a_run_that_asked_for_it(shop, args):
    shop.write("tests/unit/test_plain.py", "import pytest\n@pytest.mark.slow\ndef test_plain(): pass\n")
    tried = hidden(shop).run(*args)
    assert failing(tried) == [NODE]


def test_asked_for_by_name_it_is_collected(shop):
    assert hidden(shop).run("tests/guards/prices.py").code == 0


def test_folders_that_are_no_part_of_this_run(shop):
    shop.write("pytest.ini", "[pytest]\ntestpaths = tests/unit\n")
    shop.write("tests/unit/test_plain.py", "def test_plain(): pass\n")
    assert hidden(shop).run().code == 0


def test_no_search_where_pytest_has_looked_into_every_file(shop, searched):
    shop.write("tests/guards/conftest.py", "class Helper(dict): pass\n")
    shop.write("tests/guards/__init__.py", "")
    shop.write("tests/guards/rows.py", "ROWS = 3\n")
    assert shop.run().code == 0
    assert searched == []


def test_only_files_that_pytest_has_not_looked_into_are_searched(shop, searched):
    shop.write("tests/guards/helper.py", "class Helper(dict): pass\n")
    assert shop.run().code == 0
    assert searched == ["helper.py"]


def test_a_file_that_cannot_be_imported_may_hide_a_guard(shop):
    tried = hidden(shop, text=f"import absent\n{MISSED}").run()
    assert failing(tried) == ["tests/guards/prices.py::guards"]
    assert "tests/guards/prices.py cannot be imported, so its guards were not run" in tried.text


def test_a_module_that_says_itself_why_it_does_not_run(shop):
    shop.write("tests/guards/test_more.py", f"import pytest\npytest.importorskip('absent')\n{MISSED}")
    shop.write(
        "tests/guards/test_marked.py", MISSED.replace("class", "import pytest\npytestmark = pytest.mark.skip\nclass")
    )
    tried = shop.run("-rs")
    assert tried.code == 0
    assert "6 skipped" in tried.text


@pytest.mark.parametrize("mark", ["skip", "slow"])
def test_a_mark_of_the_class_counts_as_that_of_a_test_class(shop, made, mark):
    shop.write("tests/guards/test_marked.py", MISSED.replace("class", f"import pytest\n@pytest.mark.{mark}\nclass"))
    tried = shop.run("-m", "not slow")
    assert tried.code == 0
    assert "Prices" not in made.runs


def test_settings_that_cannot_be_used_fail_a_run_that_collects_no_guard(shop):
    (shop.root / FILE).rename(shop.root / "tests/guards/shop.py")
    shop.write("tests/test_plain.py", "def test_plain(): pass\n")
    shop.write("pyproject.toml", "[tool.mlguard]\ngaurds = []\n")
    tried = shop.run()
    assert failing(tried) == ["pyproject.toml::guards"]
    assert "did you mean `guards`?" in tried.text


def test_a_folder_of_guards_that_was_renamed(shop):
    shop.write("golden/Churn/record.json", "{}")
    (shop.root / "tests/guards").rename(shop.root / "tests/gards")
    (shop.root / "tests/gards/test_shop.py").rename(shop.root / "tests/gards/shop.py")
    shop.write("tests/test_plain.py", "def test_plain(): pass\n")
    tried = shop.run()
    assert failing(tried) == ["pyproject.toml::guards"]
    assert "names tests/guards, which does not exist" in tried.text
    assert shop.run("tests/test_plain.py").code == 0


def test_a_project_that_has_no_guards_yet(shop):
    (shop.root / FILE).unlink()
    (shop.root / "tests/guards").rmdir()
    shop.write("tests/test_plain.py", "def test_plain(): pass\n")
    assert shop.run().code == 0


def test_a_project_below_the_root_of_pytest(shop):
    hidden(shop, "shop/tests/guards/prices.py")
    shop.write("shop/pyproject.toml", "[tool.mlguard]\n")
    assert failing(shop.run(".")) == ["shop/tests/guards/prices.py::Prices"]
    assert shop.run("tests").code == 0


def test_a_project_around_the_root_of_pytest(shop):
    hidden(shop).write("tests/pytest.ini", "[pytest]\n")
    assert failing(shop.run("tests")) == ["guards/prices.py::Prices"]


def test_a_collection_that_fails_says_only_that(shop):
    shop.write("tests/guards/test_more.py", "import absent\n")
    tried = hidden(shop).run("--continue-on-collection-errors")
    assert tried.code == 1
    assert NODE not in tried.outcomes
