"""One module prints. What a worker writes is captured, so its own room may."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.conftest import ROOT, SOURCES

PRINTING = ROOT / "harness/mlguard/printing.py"
CAPTURED = ROOT / "harness/mlguard/worker"
OF_CLICK = {"echo", "secho", "confirm", "prompt", "progressbar", "echo_via_pager", "pause", "launch", "edit", "clear"}


def printed(tree: ast.AST) -> Iterator[int]:
    """The lines in which something is printed past the one module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", *OF_CLICK):
            yield node.lineno
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "os.write"
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.lineno  # To a number: a file has a variable.
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            to_stream = owner in ("sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__")
            if (
                (owner == "click" and node.attr in OF_CLICK)
                or (to_stream and node.attr in ("write", "writelines", "buffer"))
                or (owner == "traceback" and node.attr.startswith("print"))
            ):
                yield node.lineno


def test_the_measure_sees_every_way() -> None:
    source = """
print("a")
click.echo("b")
click.confirm("c")
sys.stderr.write("d")
traceback.print_exc()
os.write(1, b"e")
echo("f")
"""
    assert set(printed(ast.parse(source))) == set(range(2, 9))


def test_nothing_is_printed_past_it() -> None:
    sources = [file for file in SOURCES if file != PRINTING and not file.is_relative_to(CAPTURED)]
    found = {file.relative_to(ROOT).as_posix(): [*printed(ast.parse(file.read_text("utf-8")))] for file in sources}
    assert {file: lines for file, lines in found.items() if lines} == {}
