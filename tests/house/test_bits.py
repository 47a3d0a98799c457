"""No test holds bits against a golden that another machine recorded: there the unedited code gives other bits."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Iterator

from mlguard.worker.environment import Environment
from tests.house.conftest import ROOT

ROOMS = ("power", "guards", "examples", "benchmarks")
"""Rooms of `tests` that check the goldens of this repository."""

MEASURED_HERE = {"tests/power/conftest.py": "moves_bits"}
"""Where bits may be looked at: a function that runs both sides on this machine."""


def bits(source: str, but: str | None = None) -> Iterator[int]:
    """Lines that look at exact bits, outside the function `but`."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == but]
    spared = {node for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        exact = isinstance(node, ast.Attribute) and node.attr == "exact"
        if node not in spared and (exact or (isinstance(node, ast.Name) and node.id == "EXACT")):
            yield node.lineno


def test_no_test_looks_at_bits_of_a_recorded_golden() -> None:
    files = [file for room in ROOMS for file in sorted((ROOT / "tests" / room).rglob("*.py"))]
    named = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}
    found = {name: list(bits(source, MEASURED_HERE.get(name))) for name, source in named.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert all(list(bits(named[name])) for name in MEASURED_HERE)


def test_the_assertion_that_failed_on_another_machine_is_found() -> None:
    was = "def test(verdict, variant):\n    assert any(not f.exact for f in verdict.findings) == variant.moves_bits\n"
    assert list(bits(was)) == [2]
    assert list(bits("moved = difference(golden, new, EXACT)")) == [1]
    assert list(bits(was, but="test")) == []


def test_the_build_runs_such_rooms_on_another_machine() -> None:
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini", encoding="utf-8")
    asked = dict(line.split(" = ", 1) for line in tox["testenv:machine"]["set_env"].strip().splitlines())
    machine = Environment(blas_kernel="Prescott", simd="none").variables()
    assert asked == {name: machine[name] for name in ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES")}
    assert "tox_job machine" in (ROOT / ".ci/run").read_text(encoding="utf-8")
