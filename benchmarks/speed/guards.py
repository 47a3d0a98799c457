"""Rows on guards: what a check costs beside plain runs of the guarded code, in one command and in one session."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.speed.measured import Effort, Line, Ran, mlguard, python, run, side_by_side
from benchmarks.speed.projects import CODE, LONG, SMALL, Guarded

HEAVY = ("numpy", "pandas", "sklearn", "scipy")
"""Libraries of machine learning."""

_PLAIN_TESTS = """\
import pytest

from plain import work


@pytest.mark.parametrize("number", range({guards}))
def test(number):
    work({trainings})
"""

_NOTED_TESTS = """\
import pytest

import job
from plain import work


@pytest.mark.parametrize("number", range({guards}))
def test(number, guard, monkeypatch):
    score = job.score
    monkeypatch.setattr(job, "score", lambda y, answers: guard.note("answers", answers) or score(y, answers))
    work()
"""

_EMPTY_TESTS = """\
import pytest


@pytest.mark.parametrize("number", range({guards}))
def test(number):
    pass
"""


def costs(folder: Path, effort: Effort) -> list[Line]:
    """A guard whose model takes about a second to train: a full check, a quick one, and one of nothing changed."""
    project = Guarded(folder, guards=1, trees=effort.of(LONG))
    ways = {
        "plain": python("plain.py"),
        "full": mlguard("check"),
        "quick": mlguard("check", "--quick"),
    }
    found = {name: _cpu(rans) for name, rans in _commands(project, ways, effort).items()}
    run(mlguard("check", "--changed"), project.root)
    unchanged = _cpu(_commands(project, {"changed": mlguard("check", "--changed")}, effort)["changed"])
    return [
        Line("guard", "full check / a plain run", found["full"] / found["plain"], 3.0),
        Line("guard", "--quick / a plain run", found["quick"] / found["plain"], 1.3),
        Line("guard", "--changed, nothing changed / a plain run", unchanged / found["plain"], 0.1),
    ]


def fifty(folder: Path, effort: Effort) -> list[Line]:
    """Many small guards in one pytest run, beside plain tests of as many trainings; the same for tests that note."""
    project = Guarded(folder, guards=effort.of(50), trees=SMALL)
    trainings = _trainings(project)
    guards = len(project.names)
    (folder / "test_plain.py").write_text(_PLAIN_TESTS.format(guards=guards, trainings=trainings))
    (folder / "test_once.py").write_text(_PLAIN_TESTS.format(guards=guards, trainings=1))
    (folder / "test_noted.py").write_text(_NOTED_TESTS.format(guards=guards))
    plugin = ("-p", "mlguard.pytest_plugin")
    run(_pytest(*plugin, "test_noted.py", "--regen-golden", "--golden-reason", "measured"), folder)
    ways = {
        "guards": _pytest(*plugin, *project.modules()),
        "plain": _pytest("test_plain.py"),
        "noted": _pytest(*plugin, "test_noted.py"),
        "once": _pytest("test_once.py"),
    }
    found = {name: _cpu(rans) for name, rans in _commands(project, ways, effort).items()}
    beside = f"{guards} guards / plain tests of {trainings} trainings each"
    return [
        Line("fifty", beside, found["guards"] / found["plain"], 1.03),
        Line("fifty", f"{guards} tests with the fixture / plain tests", found["noted"] / found["once"], 1.03),
    ]


def unchanged(folder: Path, effort: Effort) -> list[Line]:
    """Many guards of which nothing changed, beside pytest-testmon's run of nothing changed where it is installed."""
    project = Guarded(folder, guards=effort.of(50), trees=SMALL)
    (folder / "test_empty.py").write_text(_EMPTY_TESTS.format(guards=len(project.names)))
    (folder / "test_once.py").write_text(_PLAIN_TESTS.format(guards=len(project.names), trainings=1))
    run(mlguard("check", "--changed"), folder)
    ways = {"mlguard": mlguard("check", "--changed"), "empty": _pytest("test_empty.py")}
    if testmon := _has_testmon():
        # It needs pytest's cache.
        ways["testmon"] = python("-m", "pytest", "-q", "-p", "testmon", "--testmon", "test_once.py")
    found = {name: _cpu(rans) for name, rans in _commands(project, ways, effort).items()}
    traced = run(python("-X", "importtime", *mlguard("check", "--changed")[1:]), folder).errors
    heavy = [name for name in HEAVY if f" {name}\n" in traced]
    peer, goal = ("pytest-testmon", 1.5) if testmon else ("an empty pytest session", 2.5)
    missing = "" if testmon else "pytest-testmon is not installed; its own run is about 1.7 empty sessions"
    beside = found["testmon" if testmon else "empty"]
    return [
        Line("unchanged", f"nothing changed / {peer}", found["mlguard"] / beside, goal, remark=missing),
        Line("unchanged", "libraries of machine learning loaded", len(heavy), 0, unit="modules"),
    ]


def jobs(folder: Path, effort: Effort) -> list[Line]:
    """Two guards at once, by the clock: what else the machine does counts."""
    project = Guarded(folder, guards=4, trees=effort.of(LONG))
    ways = {"one": mlguard("check", "-j", "1"), "two": mlguard("check", "-j", "2")}
    found = {name: median(ran.wall for ran in rans) for name, rans in _commands(project, ways, effort).items()}
    remark = "by the clock, on cores that are shared"
    return [Line("jobs", "check -j 1 / -j 2", found["one"] / found["two"], 1.7, least=True, remark=remark)]


def _commands(project: Guarded, ways: dict[str, list[str]], effort: Effort) -> dict[str, list[Ran]]:
    commands = {name: partial(run, way, project.root) for name, way in ways.items()}
    return side_by_side(commands, effort.rounds, compiled=True)


def _cpu(rans: list[Ran]) -> float:
    return median(ran.cpu for ran in rans)


def _pytest(*options: str) -> list[str]:
    return python("-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=.", *options)


def _trainings(project: Guarded) -> int:
    """How often a full check trains, counted in one whose guarded code notes each training in a file.

    Such a guard breaks a contract, which says that nothing is written outside of its folder.
    """
    counted = project.root / "trainings.txt"
    before = (project.root / CODE).read_text()
    project.edit("    model = ", f"    open({str(counted)!r}, 'a').write('.')\n    model = ")
    run(mlguard("check", project.names[0]), project.root, codes=(1,))
    (project.root / CODE).write_text(before)
    return len(counted.read_text())


def _has_testmon() -> bool:
    from importlib.util import find_spec

    return find_spec("testmon") is not None
