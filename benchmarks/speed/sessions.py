"""pytest sessions that check the same values with one tool each, measured from inside; the first test only warms up."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

from benchmarks.speed.measured import python, run

EMPTY = "nothing"
"""What a test does that checks nothing."""

PLUGINS = {
    "mlguard": ("mlguard.pytest_plugin",),
    "by hand": (),
    "by hand, text": (),
    "syrupy": ("syrupy",),
    "pytest-regressions": ("pytest_datadir.plugin", "pytest_regressions.plugin"),
}
"""The plugins that each tool needs; a session loads no others."""

RECORD = {
    "mlguard": ("--regen-golden", "--golden-reason", "measured"),
    "by hand": (),
    "by hand, text": (),
    "syrupy": ("--snapshot-update",),
    "pytest-regressions": ("--regen-all",),
}
"""How each tool is told to keep what it sees."""

MODULES = 10
"""Modules of a session at most."""

_HEAD = """\
import os
import numpy as np
import pytest

ANSWERS = np.random.RandomState(0).rand({size}) + float(os.environ.get("MOVED_BY", "0"))
METRICS = {{f"metric {{i}}": float(ANSWERS[i % {size}]) for i in range(5)}}
SHAPES = {{"train": [600, 8], "test": [200, 8], "answers": list(ANSWERS.shape)}}

"""

_NUMBERED = '\n\n@pytest.mark.parametrize("number", range({first}, {last}))\n'

_TESTS = {
    EMPTY: _NUMBERED + "def test(number):\n    pass\n",
    "mlguard": _NUMBERED
    + """\
def test(guard, number):
    guard.note("answers", ANSWERS)
    guard.note("metrics", METRICS)
    guard.note("shapes", SHAPES)
""",
    "by hand": "from by_hand import check\n"
    + _NUMBERED
    + """\
def test(number):
    check(f"stored-{{number}}", ANSWERS, {{"metrics": METRICS, "shapes": SHAPES}})
""",
    "by hand, text": "from by_hand import check_text\n"
    + _NUMBERED
    + """\
def test(number):
    check_text(f"stored-{{number}}", ANSWERS, {{"metrics": METRICS, "shapes": SHAPES}})
""",
    "syrupy": "from syrupy.extensions.json import JSONSnapshotExtension\n"
    + _NUMBERED
    + """\
def test(snapshot, number):
    json_snapshot = snapshot.use_extension(JSONSnapshotExtension)
    assert ANSWERS.tolist() == json_snapshot(name="answers")
    assert METRICS == json_snapshot(name="metrics")
    assert SHAPES == json_snapshot(name="shapes")
""",
    "pytest-regressions": _NUMBERED
    + """\
def test(num_regression, data_regression, number):
    num_regression.check({{"answers": ANSWERS}}, basename=f"answers-{{number}}")
    data_regression.check({{"metrics": METRICS, "shapes": SHAPES}}, basename=f"others-{{number}}")
""",
}

_BY_HAND = '''\
"""What a team writes that wants no tool: an array and a JSON document a test, compared in blocks."""
import json
from pathlib import Path

import numpy as np

BLOCK = 1 << 14


def check(name, answers, others):
    array = Path(f"{name}.npy")
    if not array.exists():
        np.save(array, answers)
    compare(np.load(array), answers, Path(f"{name}.json"), others)


def check_text(name, answers, others):
    import pandas as pd

    table = Path(f"{name}.csv")
    if not table.exists():
        table.write_text("\\n".join(["answers", *map(repr, answers.tolist())]) + "\\n")
    stored = pd.read_csv(table, float_precision="round_trip")
    compare(stored["answers"].to_numpy(), answers, Path(f"{name}.json"), others)


def compare(stored, answers, document, others):
    if not document.exists():
        document.write_text(json.dumps(others, indent=1))
    assert stored.shape == answers.shape
    for start in range(0, len(stored), BLOCK):
        old, new = stored[start : start + BLOCK], answers[start : start + BLOCK]
        if not (np.abs(new - old) <= 1e-7 * np.abs(old)).all():
            np.testing.assert_allclose(answers, stored, rtol=1e-7)
    before = json.loads(document.read_text())
    assert before["shapes"] == others["shapes"]
    assert before["metrics"].keys() == others["metrics"].keys()
    for metric, value in others["metrics"].items():
        assert abs(value - before["metrics"][metric]) <= 1e-7 * abs(before["metrics"][metric])
'''

_CONFTEST = '''\
"""Takes the CPU time of every test, and of the session after them, whatever tool they use."""
import json
import time

import pytest

TOLD = {"tests": [], "around": 0.0, "said": []}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    started = time.process_time()
    try:
        return (yield)
    finally:
        TOLD["tests"].append(time.process_time() - started)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session):
    return (yield from _timed())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    return (yield from _timed())


def _timed():
    started = time.process_time()
    try:
        return (yield)
    finally:
        TOLD["around"] += time.process_time() - started


def pytest_runtest_logreport(report):
    if report.failed:
        TOLD["said"].append(len(report.longreprtext.encode()))


def pytest_unconfigure(config):
    # What the system tells of an ended child is at least what its parent held, so that small peaks do not show.
    with open("/proc/self/status") as status:
        TOLD["peak"] = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
    with open("told.json", "w") as file:
        json.dump(TOLD, file)
'''


@dataclass(frozen=True)
class Told:
    """What one session came to."""

    each: float
    """Seconds of CPU for each test but the first, which also imports; what the session does at its end is in it."""
    said: int
    """Bytes of the longest report of a failure."""
    peak: float
    """MiB that the process held at most."""


@dataclass(frozen=True)
class Net:
    """What a tool's check came to, less an empty test with the same plugins."""

    each: float
    """Seconds of CPU for each check; not below a microsecond."""
    said: int
    """Bytes of the longest report of a failure."""
    peak: float
    """MiB held more than by the empty test."""


class Sessions:
    """Sessions of each tool over answers of one size."""

    def __init__(self, folder: Path, size: int, tests: int) -> None:
        """`size` elements are checked by each of so many `tests`, of which the first only warms up."""
        self.folder, self.size, self.tests = folder, size, tests

    def record(self, tool: str) -> None:
        """Write the tests of a tool, let it keep what it sees, and see that it then passes."""
        for body in (tool, EMPTY):
            self._write(self._place(tool, body), body)
        # Some tools fail a test that they record.
        self._session(tool, tool, *RECORD[tool], codes=(0, 1))
        self._session(tool, tool)

    def told(self, tool: str, *, moved: bool = False) -> Told:
        """One session; `moved`: every answer is another one, and each test fails."""
        return self._session(tool, tool, codes=(1,), MOVED_BY="0.125") if moved else self._session(tool, tool)

    def empty(self, tool: str) -> Told:
        """A session of empty tests with the same plugins."""
        return self._session(tool, EMPTY)

    def _place(self, tool: str, body: str) -> Path:
        return self.folder / f"{tool} {body} {self.size}".replace(" ", "-")

    def _write(self, place: Path, body: str) -> None:
        place.mkdir(parents=True)
        (place / "pyproject.toml").write_text("[tool.mlguard]\n")
        (place / "conftest.py").write_text(_CONFTEST)
        (place / "by_hand.py").write_text(_BY_HAND)
        many = min(MODULES, self.tests)
        ends = [self.tests * part // many for part in range(many + 1)]
        for first, last in pairwise(ends):
            text = (_HEAD + _TESTS[body]).format(size=self.size, first=first, last=last)
            (place / f"test_part_{first}.py").write_text(text)

    def _session(self, tool: str, body: str, *options: str, codes: tuple[int, ...] = (0,), **variables: str) -> Told:
        place = self._place(tool, body)
        plugins = [part for plugin in PLUGINS[tool] for part in ("-p", plugin)]
        command = python("-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", *plugins, *options)
        run(command, place, codes=codes, PYTHONPATH=str(place), **variables)
        return self._read(place)

    def _read(self, place: Path) -> Told:
        told = json.loads((place / "told.json").read_text())
        counted = told["around"] - told["tests"][0]
        return Told(counted / (self.tests - 1), max(told["said"], default=0), told["peak"])


def net(full: list[Told], empty: list[Told]) -> Net:
    """The medians of sessions, less those of empty ones."""
    each = median(told.each for told in full) - median(told.each for told in empty)
    peak = median(told.peak for told in full) - median(told.peak for told in empty)
    return Net(max(each, 1e-6), max(told.said for told in full), max(peak, 0.0))
