"""Rooms that run no guarded code never say that it is to blame."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import mlguard

ROOT = Path(mlguard.__file__).parent
FILES = sorted([*(ROOT / "files").glob("*.py"), *(ROOT / "golden").glob("*.py"), ROOT / "tables/folder.py"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_what_the_disk_refuses_is_nobodys_code(file: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(file.read_bytes())) if isinstance(node, ast.Call)]
    raised = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "RunError"]
    blaming = [call.lineno for call in raised if "blames_code" not in {given.arg for given in call.keywords}]
    assert blaming == []
