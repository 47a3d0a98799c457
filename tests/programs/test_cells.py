"""Code of a cell without the assignments that are replaced: what is left, and on which lines."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from mlguard.programs.cells import source_of, without


@pytest.mark.parametrize(
    ("code", "left"),
    [
        ("a = 1\nb = 2\n", "pass\nb = 2\n"),
        ("a = [\n1]; b = 2  # é\nc = 3\n", "pass \\\n; b = 2  # é\nc = 3\n"),
        ("é = 'é'; a: int = 1\n", "é = 'é'; pass\n"),
        ("a = b = 1\na, b = 1, 2\n", "a = b = 1\na, b = 1, 2\n"),
        ("a['x'] = 1\na.x = 1\na += 1\na: int\n", "a['x'] = 1\na.x = 1\na += 1\na: int\n"),
        ("if b:\n    a = 1\n", "if b:\n    a = 1\n"),
    ],
)
def test_only_assignments_of_these_variables_alone_are_left_out(code: str, left: str) -> None:
    assert without(code, {"a"}) == left
    assert len(ast.parse(left).body) == len(ast.parse(code).body)


def test_several_variables_of_one_assignment_are_replaced_together() -> None:
    assert without("a, (b, c) = 1, (2, 3)\n", {"a", "b", "c"}) == "pass\n"


@pytest.mark.parametrize("head", [b"\xef\xbb\xbf", b"# coding: latin-1\n"])
def test_a_module_is_read_in_the_encoding_that_it_declares(tmp_path: Path, head: bytes) -> None:
    encoding = "utf-8" if head.startswith(b"\xef") else "latin-1"
    (tmp_path / "one.py").write_bytes(head + "name = 'Zoë'\n".encode(encoding))
    assert source_of(tmp_path / "one.py").endswith("name = 'Zoë'\n")
    compile(source_of(tmp_path / "one.py"), "one.py", "exec")
