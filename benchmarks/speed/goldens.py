"""The rows on very many goldens and very large ones, and on how much an audit tries in a minute."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.audit import cost
from benchmarks.speed.measured import Effort, Line, mlguard, python, run, side_by_side
from benchmarks.speed.sessions import Sessions
from mlguard.core.record import Observation, Record
from mlguard.core.value import numbers
from mlguard.discovery import select
from mlguard.files.tree import LARGEST
from mlguard.golden.codec import encode
from mlguard.golden.naming import folder_of
from mlguard.runner.run import Runner
from mlguard.settings import load
from tests.project import FILES, Project

BUDGET = 60.0
"""Seconds of an audit."""

AUDITED = "Digits"
"""A small guard of this repository."""

_NOTED = "import numpy as np\n\n\ndef test_noted(guard):\n    guard.note('answers', np.arange(8.0))\n"


def many(folder: Path, effort: Effort) -> list[Line]:
    """A project of one guard and one test of the fixture, with few goldens and with 10,000 of tests beside them."""
    few, full = (_project(folder / str(number), number) for number in (10, effort.of(10**4)))
    pytest = python("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "mlguard.pytest_plugin", "test_noted.py")
    ways = {
        "list": mlguard("list"),
        "prune": mlguard("prune", "--dry-run"),
        "check": mlguard("check", "Line", "--quick"),
        "test": pytest,
    }
    found = side_by_side(
        {(name, place): partial(run, way, place) for place in (few, full) for name, way in ways.items()}, effort.rounds
    )
    cpu = {key: median(ran.cpu for ran in rans) for key, rans in found.items()}
    return [
        Line("goldens", "list of 10,000", cpu["list", full], 2.0, unit="s"),
        Line("goldens", "prune of 10,000", cpu["prune", full], 2.0, unit="s"),
        Line("goldens", "check of one guard, 10,000 goldens / 10", cpu["check", full] / cpu["check", few], 1.1),
        Line("goldens", "one test, 10,000 goldens / 10", cpu["test", full] / cpu["test", few], 1.1),
    ]


def larger(folder: Path, effort: Effort) -> list[Line]:
    """Ten million float64 beside one million: time and memory for each row."""
    each, peak = {}, {}
    for size in (effort.of(10**6), effort.of(10**7)):
        sessions = Sessions(folder, size, 3)
        sessions.record("mlguard")
        full = [sessions.told("mlguard") for _ in range(effort.rounds)]
        empty = [sessions.empty("mlguard") for _ in range(effort.rounds)]
        each[size] = (median(told.each for told in full) - median(told.each for told in empty)) / size
        peak[size] = median(told.peak for told in full) - median(told.peak for told in empty)
    small, big = each
    arrays = (peak[big] - peak[small]) * 1024**2 / (8 * (big - small))
    return [
        Line("larger", "time for each row, 1e7 / 1e6", each[big] / each[small], 1.2),
        Line("larger", "memory above the array, in arrays", arrays, 0.1, unit="arrays"),
        Line("larger", "float64 that one file of a golden can hold", LARGEST // 8, 1e8, least=True, unit="rows"),
    ]


def audit(folder: Path, effort: Effort) -> list[Line]:
    """Changes that an audit of a small guard of this repository tries in a minute."""
    with Runner(load()) as runner:
        (guard,) = select(runner.find().guards, (AUDITED,), where="here")
        found = cost(runner, guard, BUDGET * effort.share, 2)
    remark = "by the clock, on cores that are shared"
    what = f"changes that an audit of {AUDITED} tries in {found.seconds:.0f} s on two cores"
    return [Line("audit", what, found.tried, 150 * effort.share, least=True, unit="changes", remark=remark)]


def _project(root: Path, goldens: int) -> Path:
    """The project with so many goldens more, each of a test that is gone."""
    project = Project(root, {**FILES, "test_noted.py": _NOTED})
    run(mlguard("regen-golden", "--yes", "--reason", "measured"), root)
    plugin = ("-p", "mlguard.pytest_plugin", "--regen-golden", "--golden-reason", "measured")
    run(python("-m", "pytest", "-q", *plugin, "test_noted.py"), root)
    values = numbers(np.random.RandomState(0).rand(200))
    record = Record("", (Observation("predict", "answers", values),))
    for number in range(goldens):
        name = f"tests/test_part_{number // 100}.py::test_one[{number}]"
        place = project.root / "golden" / folder_of(name)
        place.mkdir(parents=True)
        for file, content in encode(replace(record, guard=name)).items():
            (place / file).write_bytes(content)
    return project.root
