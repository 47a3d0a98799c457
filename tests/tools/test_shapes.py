"""A proposed comment changes nothing but comments, `git apply` takes it, and it is read where it was put."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path

import pytest

from mlguard.settings import load
from mlguard.tools.shapes import proposal
from mlguard.tracing.shapes import Shapes, shapes_seen
from tests.repository import git

HEAD = "import numpy as np\n"
A = "A = np.ones((4, 3))\n"
LONG = f"A_{'long' * 20} = "

SOURCES = {
    "ends of Windows": (HEAD + A).replace("\n", "\r\n").encode(),
    "no end of the last line": (HEAD + A).rstrip().encode(),
    "form feeds and other ends that are none": f"{HEAD}s = 'a\u2028b\x0cc'\n\x0c\n{A}".encode(),
    "another encoding": f"# coding: latin-1\n{HEAD}# é\n{A}".encode("latin-1"),
    "a mark before the text": f"\ufeff{HEAD}{A}".encode(),
    "tabs": f"{HEAD}if True:\n\t{A}".encode(),
    "a line that goes on": f"{HEAD}A = np.ones((4, 3)); \\\nB = A\n".encode(),
    "a text behind it": f"{HEAD}A = np.ones((4, 3)); s = '''a\nb'''\nassert s == 'a\\nb'\nB = A\n".encode(),
    "a body on the line of its head": f"{HEAD}def f(X): Y = X; return Y\nA = f(np.ones((4, 3)))\n".encode(),
    "a long line that goes on": f"{HEAD}{LONG}np.ones((4, 3)) + \\\n    np.zeros((4, 3))\n".encode(),
    "a text at the end of a long one": f"{HEAD}{LONG}np.ones((4, len('''x\n{'y' * 80}''')))\n".encode(),
    "a long one in brackets": f"{HEAD}if True:\n    {LONG}np.ones((\n        4, 3{' ' * 80}))\n".encode(),
    "a long line of two": f"{HEAD}if True: {LONG}np.ones((4, 3))\n".encode(),
    "a long head below a decorator": f"{HEAD}@np.vectorize\ndef g(x): return x\n@(lambda f: f)\n"
    f"def f(X, {LONG}1):\n    X = X[0]\n    return X\nf(np.ones((4, 3)))\n".encode(),
}


def ran(folder: Path, file: Path) -> Shapes:
    with shapes_seen(str(folder), uncommented=True) as found:
        runpy.run_path(str(file))
    return found


@pytest.mark.parametrize(
    ("source", "name"),
    [*((source, "module.py") for source in SOURCES.values()), (SOURCES["tabs"], 'é a\t"b".py')],
    ids=[*SOURCES, "an odd name"],
)
def test_a_diff_adds_comments_that_are_read_and_changes_nothing_else(source: bytes, name: str, tmp_path: Path):
    file, diff, settings = tmp_path / name, tmp_path / "shapes.diff", load(tmp_path)
    file.write_bytes(source)
    diff.write_bytes(proposal(settings, [], ran(tmp_path, file).calls()))
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "apply", diff.name)
    assert file.read_bytes().count(b"\r") == source.count(b"\r")
    assert ast.dump(ast.parse(file.read_bytes())) == ast.dump(ast.parse(source))
    again = ran(tmp_path, file)
    assert [(bool(one.times), one.wrong) for one in again.all()] == [(True, 0)] * len(again.all()) != []
    assert proposal(settings, [], again.calls()) == b""


@pytest.mark.parametrize(
    ("code", "comments"),
    [
        ("def f(X, k):\n    k += 1\n    Z = X * 2\nf(np.ones((5, 2)), 2)\n", ["X: (n, m)", "Z: (n, m)"]),
        (
            "def f(X):\n    n = 7\n    def g(): return n\n    Z = X * g()\nf(np.ones((5, 2)))\n",
            ["X: (m, k)", "Z: (m, k)"],
        ),
        ("def f(X):\n    Z = X * 2\nf(np.ones((5, 2)))\nn = 7\nf(np.ones((5, 2)))\n", ["X: (m, k)", "Z: (m, k)"]),
        (
            "def f(X, size):\n    for i in 0, 2, 4:\n        part = X[i : i + size]\nf(np.ones((5, 3)), 2)\n",
            ["X: (n, m)", "part: (_, m)"],
        ),
        ("def f(X):\n    for i in range(2):\n        Z = X if i else X[0]\nf(np.ones((5, 2)))\n", ["X: (n, m)"]),
    ],
    ids=["a parameter that changes", "a variable of two functions", "a global", "the last batch", "several shapes"],
)
def test_the_names_of_axes_hold_in_the_code_that_they_stand_in(code: str, comments: list[str], tmp_path: Path):
    file = tmp_path / "module.py"
    file.write_text(HEAD + code)
    diff = proposal(load(tmp_path), [], ran(tmp_path, file).calls()).decode()
    lines = [line for line in diff.splitlines() if line.startswith("+") and "  # " in line]
    assert [line.partition("  # ")[2] for line in lines] == comments
