"""What classes say of their fields: the text below each."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from typing import Any


def docstrings(declared: type[Any]) -> dict[str, str]:
    """The text below each field that the class itself declares, those of the bases that it names included."""
    (body,) = ast.parse(inspect.getsource(declared)).body
    assert isinstance(body, ast.ClassDef)
    inherited = {name: text for base in _bases(declared, body) for name, text in docstrings(base).items()}
    own = {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in zip(body.body, body.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }
    return inherited | own


def _bases(declared: type[Any], body: ast.ClassDef) -> Iterator[type[Any]]:
    """The bases of the project's own. A TypedDict does not remember them, so that they are read."""
    names = [base.id for base in body.bases if isinstance(base, ast.Name)]
    for base in (getattr(sys.modules[declared.__module__], name) for name in names):
        if getattr(base, "__module__", "").startswith("mlguard."):
            yield base


def on_one_line(text: str) -> str:
    """A text as a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
