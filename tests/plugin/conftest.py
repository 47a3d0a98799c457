"""A small project under pytest, and runs of guards that take no time."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

# pytester forgets what an inner run imports, and NumPy may be imported only once.
import mlguard.checker.cause
import mlguard.checker.regen
import mlguard.plugin.collection
import mlguard.plugin.logged
import mlguard.plugin.noted
import mlguard.plugin.record
import mlguard.plugin.summary
import mlguard.plugin.whole
import mlguard.tables.folder  # noqa: F401 -- as all others here.
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared, files
from mlguard.plugin.project import Project
from mlguard.plugin.shared import Result
from mlguard.runner import child
from mlguard.runner.order import Found, Search
from mlguard.settings import Settings
from mlguard.trackers.entry import Facts
from tests.plugin.verdicts import matching

SETTINGS = """
[tool.mlguard]
guards = ["tests/guards"]
[tool.pytest.ini_options]
testpaths = ["tests"]
"""

GUARDS = """
from mlguard import Guard

class Churn(Guard):
    dataset = "churn"
    def train(self, train): return {}
    def predict(self, model, rows): return rows
    def evaluate(self, test, predictions): return {}

class Demand(Guard):
    dataset = "demand"
    config = [{"depth": 1}, {"depth": 2}]
    def train(self, train): return {}
    def predict(self, model, rows): return rows
"""


@dataclass
class Made:
    """Stands for running guards: the Verdicts that runs come to, and the runs that there were."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    runs: list[str] = field(default_factory=list)
    facts: Facts | None = None

    def make(self, project: Project, guard: Declared, *, many: bool) -> Result:
        self.runs.append(guard.ref.name)
        return Result(self.verdicts.get(guard.ref.name) or matching(guard.ref.name), facts=self.facts)


@dataclass
class Tried:
    """One run of pytest."""

    code: int
    text: str
    outcomes: dict[str, str]
    """The outcome of every item, by its node id."""

    def section(self, title: str) -> str:
        """What stands under the heading of one failure."""
        heading = next(line for line in self.text.splitlines() if line.strip("_ ") == title and line.startswith("_"))
        inside = self.text.partition(f"{heading}\n")[2]
        lines = []
        for line in inside.splitlines():
            if line.startswith(("___", "===")):
                break
            lines.append(line)
        return "\n".join(lines)


@dataclass
class Small:
    """A small project, and pytest in it."""

    pytester: pytest.Pytester

    @property
    def root(self) -> Path:
        return self.pytester.path

    def write(self, name: str, text: str) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def run(self, *args: str) -> Tried:
        """pytest in this process, with no plugin but ours."""
        plugin = Outcomes({})
        ran = self.pytester.runpytest_inprocess("-p", "mlguard.pytest_plugin", *args, plugins=[plugin])
        return Tried(int(ran.ret), ran.stdout.str() + ran.stderr.str(), plugin.outcomes)


@dataclass(eq=False)  # pytest keeps plugins in sets.
class Outcomes:
    """Collects the outcome of every item."""

    outcomes: dict[str, str]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            expected = report.outcome == "skipped" and hasattr(report, "wasxfail")
            self.outcomes[report.nodeid] = "xfailed" if expected else report.outcome


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Made:
    found = Made()
    monkeypatch.setattr(Project, "_make", lambda project, guard, many: found.make(project, guard, many=many))
    return found


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The project's own search in this process, and the names of the files that it was to look into."""
    looked: list[str] = []

    class Searching:
        def __init__(self, settings: Settings) -> None:
            self.settings = settings

        def find(self, among: Sequence[Path] | None = None) -> Found:
            paths = tuple(files(self.settings) if among is None else among)
            looked.extend(path.name for path in paths)
            return child.search(Search(self.settings.base, paths, self.settings.import_path), lambda stage: None)

        def __exit__(self, *error: object) -> None:
            """Nothing was started."""

    def runner(project: Project, *, many: bool = True) -> Searching:
        project._runner = Searching(project.settings)
        return project._runner

    monkeypatch.setattr(Project, "runner", runner)
    return looked


@pytest.fixture
def small(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Small:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("CI", raising=False)
    # Bytecode is known by second and size: of two edits within a second, the second would never run.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    project = Small(pytester)
    project.write("pyproject.toml", SETTINGS)
    project.write("tests/guards/test_shop.py", GUARDS)
    return project
