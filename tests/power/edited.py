"""Which functions a planted edit lies in: what a comparison of two revisions should name."""

from __future__ import annotations

import ast
import difflib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.power.planting import ROOT
from tests.power.variant import Variant


def edited_functions(variant: Variant) -> frozenset[str]:
    """Qualified names of the functions with an edited line on either side; empty for edits outside of functions."""
    found: set[str] = set()
    for file in {file for file, _, _ in variant.edits if file.endswith(".py")}:
        before, after = _texts(variant, file)
        old, new = _edited_lines(before, after)
        found |= {*_around(before, old), *_around(after, new)}
    return frozenset(found)


def git_diff(folder: Path, variant: Variant) -> str:
    """What `git diff -U0` says of a planted copy, with the files as the project names them."""
    said = ""
    for file in dict.fromkeys(file for file, _, _ in variant.edits):
        command = ["git", "diff", "-U0", "--no-index", str(ROOT / file), str(folder / file)]
        told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        said += told.replace(f"a{ROOT / file}", f"a/{file}").replace(f"b{folder / file}", f"b/{file}")
    return said


def _texts(variant: Variant, file: str) -> tuple[str, str]:
    before = (ROOT / file).read_text(encoding="utf-8") if (ROOT / file).exists() else ""
    after = before
    for name, old, new in variant.edits:
        if name == file:
            after = after.replace(old, new) if old else new
    return before, after


def _edited_lines(before: str, after: str) -> tuple[set[int], set[int]]:
    old: set[int] = set()
    new: set[int] = set()
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind != "equal":
            old |= set(range(start + 1, end + 1))
            new |= set(range(new_start + 1, new_end + 1))
    return old, new


def _around(text: str, lines: set[int]) -> Iterator[str]:
    for name, function in _defined(ast.parse(text), ""):
        first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
        if lines & set(range(first, (function.end_lineno or first) + 1)):
            yield name


def _defined(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield prefix + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from _defined(child, f"{prefix}{child.name}.")
