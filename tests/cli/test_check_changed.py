"""`mlguard check --changed`: what may have changed runs, what has not is not even imported, and each line says why."""

from __future__ import annotations

import json
import subprocess
import sys

import joblib  # noqa: F401 -- it sets a variable of this process when it is first imported, which is a change.
import pytest

from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.report import unchanged
from mlguard.report.plain import as_data
from tests.project import Project

HEAVY = ("numpy", "pandas", "sklearn", "scipy", "joblib", "pyarrow", "importlib.metadata", "subprocess", "line")

GUARD = """\
import line
from mlguard import Guard


class Line(Guard):
    clock = "2026-01-01"

    def observe(self, data, notes):
        notes.note("rate", line.rate(), stage="evaluate")
"""

FILES = {
    "pyproject.toml": "[tool.mlguard]\ntimeout = 60\n",
    "line.py": "def rate():\n    with open('rate.txt') as file:\n        return float(file.read())\n",
    "rate.txt": "2",
    "tests/guards/test_line.py": GUARD,
}
"""A guard without a dataset, so that a run takes little time."""


@pytest.fixture(scope="module")
def matched(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The project after its guard has matched."""
    made = Project(tmp_path_factory.mktemp("changed"), FILES)
    assert made.regen("Line", "tests/guards/test_line.py").proposal is not None
    assert made.command("check", "--changed").code == 0
    return made


def ran(project: Project, *options: str) -> tuple[int, str, str]:
    """The exit code, the outcome, and why the guard was run: empty where it was skipped."""
    said = project.command("check", "--changed", "--json", *options)
    (guard,) = said.json["guards"]
    why = "".join(r for r in guard["remarks"] if r.startswith("not skipped: "))
    assert bool(guard["unchanged_since"]) is not bool(why)
    return said.code, guard["outcome"], why.removeprefix("not skipped: ")


def test_a_guard_runs_where_something_changed_since_it_last_matched(matched: Project):
    assert ran(matched) == (0, "match", "")
    with matched.editing("rate.txt", "2", "3"):
        assert ran(matched) == (1, "shifted", "rate.txt changed")
    assert ran(matched) == (0, "match", "nothing is kept of a match on this machine")
    with matched.editing("line.py", "def", "import subprocess\nsubprocess.run(['true'])\n\n\ndef"):
        assert ran(matched, "--quick") == (0, "match", "line.py changed")
        assert ran(matched) == (0, "match", "line.py changed")
        assert ran(matched) == (0, "match", "it starts another program (true)")
    assert ran(matched) == (0, "match", "it starts another program (true)")
    assert ran(matched) == (0, "match", "")


def test_a_run_without_the_option_keeps_nothing_and_forgets_what_failed(matched: Project):
    assert matched.command("check").code == 0
    assert ran(matched) == (0, "match", "")
    with matched.editing("rate.txt", "2", "3"):
        assert matched.command("check").code == 1
    assert matched.command("check").code == 0
    assert ran(matched) == (0, "match", "nothing is kept of a match on this machine")


def test_nothing_heavy_is_imported_and_nothing_started_where_nothing_changed(matched: Project):
    assert matched.command("check", "--changed").code == 0
    code = (
        "import sys, json\n"
        "def audit(event, arguments):\n"
        "    assert event not in ('subprocess.Popen', 'os.fork', 'os.posix_spawn'), event\n"
        "sys.addaudithook(audit)\n"
        "from mlguard.cli.main import main\n"
        "try:\n    main(['check', 'Line', '--changed'])\n"
        "except SystemExit as left:\n    print(json.dumps([left.code, list(sys.modules)]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=matched.root, capture_output=True, text=True, check=True)
    said, _, found = done.stdout.rstrip().rpartition("\n")
    left, modules = json.loads(found)
    assert said.endswith("1 guard: 1 unchanged since it last matched; nothing was run"), done.stderr
    assert (left, [name for name in HEAVY if name in modules]) == (0, [])


def test_a_new_guard_is_found_though_nothing_else_changed(matched: Project):
    with matched.also("tests/guards/test_third.py", GUARD.replace("Line", "Third")):
        said = matched.command("check", "Third", "--changed", "--json")
    assert (said.code, [guard["outcome"] for guard in said.json["guards"]]) == (3, ["missing"])


def test_the_short_answer_has_the_form_of_the_long_one():
    when = "2026-01-01T00:00:00+00:00"
    short = unchanged.as_data("Line", when, "a.py")
    assert {**as_data(Verdict("Line", Outcome.MATCH, file="a.py")), "unchanged_since": when} == short
    assert as_data(Verdict("Line", Outcome.MATCH, unchanged=when, file="a.py")) == short


@pytest.mark.parametrize("options", [("--in-process",), ("--try",)])
def test_what_contradicts_itself_is_refused(matched: Project, options: tuple[str, ...]):
    said = matched.command("check", "--changed", *options)
    assert (said.code, "leave" in said.err) == (2, True)


def test_a_name_that_nobody_has_is_refused_as_ever(matched: Project):
    said = matched.command("check", "Lime", "--changed")
    assert (said.code, "no guard 'Lime'" in said.err) == (2, True)
