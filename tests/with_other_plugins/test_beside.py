"""`pytest -n 2` with the other snapshot plugins, random order and reruns: guards come out as they do alone."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.plugin.real import BUG, Ran, Real, build

BESIDE = """
import pandas as pd
from inline_snapshot import snapshot as inline

import shop


def answers():
    return shop.predict({"slope": 3.0, "offset": 20.0}, pd.DataFrame({"size": [1.0, 2.0]}))


def test_syrupy(snapshot):
    assert answers().tolist() == snapshot


def test_regressions(num_regression):
    num_regression.check({"answers": answers()})


def test_regtest(regtest):
    print(answers().tolist(), file=regtest)


def test_inline():
    assert answers().tolist() == inline([23.0, 26.0])


def test_two_of_them(guard, snapshot):
    guard.note("answers", answers())
    assert answers().tolist() == snapshot
"""
"""Tests of the same code by each of the plugins."""

NOTED = """
import pandas as pd

import shop


def test_noted(guard):
    guard.note("answers", shop.predict({"slope": 3.0, "offset": 20.0}, pd.DataFrame({"size": [1.0, 2.0]})))
"""
"""The fixture of mlguard."""

THEIRS = ("test_syrupy", "test_regressions", "test_regtest", "test_inline", "test_two_of_them")
NOT_PASSED = {"failure", "error", "skipped"}
WHY = ("--golden-reason", "first")
RECORDING = ("--regen-golden", *WHY, "--snapshot-update", "--force-regen", "--regtest-reset")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Real:
    """A project whose goldens and snapshots were all recorded, in one session of all plugins."""
    project = build(tmp_path_factory.mktemp("beside") / "project")
    # Both syrupy and pytest-regtest call a fixture so.
    project.write("tests/conftest.py", "from syrupy import snapshot\n")
    project.write("tests/test_noted.py", NOTED)
    project.write("tests/test_theirs.py", BESIDE)
    beside(project, "-p", "no:randomly", "-p", "no:xdist", *RECORDING)
    return project


def beside(project: Real, *options: str) -> tuple[Ran, dict[str, str]]:
    """A session with every plugin that is installed, and what came of each test."""
    return _run(project, *options, plugins=None)


def alone(project: Real) -> dict[str, str]:
    """What came of the tests of mlguard in a session without any other plugin."""
    ran, outcomes = _run(project, "--ignore=tests/test_theirs.py", plugins=())
    assert outcomes, ran.out
    return outcomes


def _run(project: Real, *options: str, plugins: tuple[str, ...] | None) -> tuple[Ran, dict[str, str]]:
    report = project.root.parent / "report.xml"
    ran = project.pytest(f"--junit-xml={report}", *options, plugins=plugins)
    assert report.exists(), ran.out
    cases = ElementTree.parse(report).getroot().iter("testcase")
    return ran, {case.attrib["name"]: next((c.tag for c in case if c.tag in NOT_PASSED), "passed") for case in cases}


@pytest.mark.parametrize(("edited", "reruns", "seed"), [(False, 2, 1), (True, 0, 1), (True, 2, 2)])
def test_guards_come_out_as_they_do_alone(recorded: Real, tmp_path, edited: bool, reruns: int, seed: int):
    project = recorded.copy(tmp_path / "project")
    if edited:
        project.edit("shop.py", *BUG)
    expected, before = alone(project), project.golden()
    ran, outcomes = beside(project, "-n", "2", f"--reruns={reruns}", f"--randomly-seed={seed}")
    assert {name: outcome for name, outcome in outcomes.items() if name not in THEIRS} == expected
    assert {outcomes[name] for name in THEIRS} == {"failure" if edited else "passed"}, ran.out
    assert "failure" in expected.values() if edited else {*expected.values()} == {"passed"}
    assert ran.out.count("1 guard: 1 shifted" if edited else "1 guard: 1 match") == 1
    assert project.golden() == before
