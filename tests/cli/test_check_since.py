"""`mlguard check --since REV`: runs what the difference from a revision can reach, and what has to run anyway."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import joblib  # noqa: F401 -- it sets a variable of this process when it is first imported, which is a change.
import pytest

from tests.cli.test_check_changed import FILES, HEAVY
from tests.project import Project
from tests.repository import Repository


@pytest.fixture(scope="module")
def real(at_once: None, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A project in a folder of a repository, committed with its golden, after its guard has matched."""
    made = Repository(tmp_path_factory.mktemp("since"), below="ml", files=FILES)
    assert made.project.regen("Line", "tests/guards/test_line.py").proposal is not None
    made.commit("Golden")
    assert ran(made.project, "HEAD") == (0, "match", "nothing is kept of a match on this machine")
    return made


def ran(project: Project, revision: str) -> tuple[int, str, str]:
    """The exit code, the outcome, and why the guard was run: empty where it was skipped."""
    said = project.command("check", "--json", f"--since={revision}")
    (guard,) = said.json["guards"]
    why = "".join(r for r in guard["remarks"] if r.startswith("not skipped: "))
    assert bool(guard["unchanged_since"]) is not bool(why)
    return said.code, guard["outcome"], why.removeprefix("not skipped: ")


def test_a_guard_runs_each_time_while_the_difference_reaches_it(real: Repository):
    project, first = real.project, real.git("rev-parse", "--short", "HEAD")
    (real.top / "other").mkdir()
    (real.top / "other/new.py").touch()
    with project.also("NOTES.md", "new"):
        assert ran(project, "HEAD") == (0, "match", "")
        project.edit("line.py", "def rate", "# The rate.\ndef rate")
        for _ in range(2):
            assert ran(project, first) == (0, "match", f"line.py differs from {first}")
        assert project.command("check", "--changed").out.endswith("nothing was run\n")
    second = real.commit("A comment")
    assert ran(project, "HEAD") == (0, "match", "")
    assert ran(project, "HEAD~1") == (0, "match", f"line.py differs from HEAD~1 ({first})")
    with project.editing("rate.txt", "2", "3"):
        assert ran(project, second) == (1, "shifted", f"rate.txt differs from {second}")
    assert ran(project, "HEAD") == (0, "match", "nothing is kept of a match on this machine")


def test_nothing_heavy_is_imported_where_nothing_is_reached(real: Repository):
    assert real.project.command("check", "--since=HEAD").code == 0
    code = (
        "import sys, json\n"
        "from mlguard.cli.main import main\n"
        "try:\n    main(['check', 'Line', '--since', 'HEAD'])\n"
        "except SystemExit as left:\n    print(json.dumps([left.code, list(sys.modules)]))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=real.project.root, capture_output=True, text=True, check=True
    )
    said, _, found = ended.stdout.rstrip().rpartition("\n")
    left, modules = json.loads(found)
    assert said.endswith("1 guard: 1 unchanged since it last matched; nothing was run"), ended.stderr
    assert (left, [name for name in HEAVY if name in modules and name != "subprocess"]) == (0, [])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--since=nowhere",), "no revision 'nowhere' in this repository"),
        (("--since=",), "no revision '' in this repository"),
        (("--since=--all",), "no revision '--all' in this repository"),
        (("--since=HEAD..main",), "'HEAD..main' is a range of revisions; name one"),
        (("--since=HEAD", "--changed"), "--changed and --since each say which guards to skip"),
        (("--since=HEAD", "--in-process"), "--since skips guards and --in-process is for debugging one"),
        (("--since=HEAD", "--try"), "leave the other options"),
    ],
)
def test_what_cannot_be_compared_and_what_contradicts_itself_is_refused(real: Repository, options, told):
    said = real.project.command("check", *options)
    assert (said.code, said.out, told in said.err) == (2, "", True), said.err


def test_without_a_repository_there_is_nothing_to_compare_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    project = Project(tmp_path, FILES)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    said = project.command("check", "--since=HEAD", "--json")
    assert (said.code, said.json["error"]["slug"]) == (2, "no-repository")
    monkeypatch.setenv("PATH", str(tmp_path))
    said = project.command("check", "--since=HEAD", "--json")
    assert (said.code, said.json["error"]["slug"]) == (2, "git-missing")


SHARED = """\
import {name}
from mlguard import Guard


class {guard}(Guard):
    dataset = "tiny"
    seeds = (0,)

    def observe(self, data, notes):
        notes.note("answers", {name}.answers(data.rows), stage="predict")
"""
PROBLEMS = {
    "pyproject.toml": "[tool.mlguard]\n",
    "datasets/generators/tiny.py": "import numpy as np\n\n\ndef make(rng):\n    return np.array([0.5, 2.0])\n",
    "parts/scale.py": "def scaled(x):\n    return x / 2.0\n",
    "rents.py": "from parts.scale import scaled\n\n\ndef answers(rows):\n    return scaled(rows) + 1\n",
    "sales.py": "from parts.scale import scaled\n\n\ndef answers(rows):\n    return scaled(rows) * 3\n",
    "stock.py": "def answers(rows):\n    return rows + 0\n",
    **{
        f"tests/guards/test_{name}.py": SHARED.format(name=name, guard=name.title())
        for name in ("rents", "sales", "stock")
    },
}


def test_an_edit_of_a_part_reaches_every_problem_that_shares_it_and_no_other(at_once: None, tmp_path: Path):
    repository = Repository(tmp_path, files=PROBLEMS)
    assert repository.project.command("regen-golden", "--yes", "--reason", "first").code == 0
    repository.commit("Goldens")
    repository.project.command("check", "--since=HEAD")
    with repository.project.editing("parts/scale.py", "2.0", "4.0"):
        said = repository.project.command("check", "--json", "--since=HEAD").json["guards"]
    outcomes = {guard["name"]: (guard["outcome"], bool(guard["unchanged_since"])) for guard in said}
    assert outcomes == {"Rents": ("shifted", False), "Sales": ("shifted", False), "Stock": ("match", True)}
