"""Write `docs/options.md` from the dataclasses that declare a guard's options: `python -m tests.house.options_page`."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

from mlguard.core.options import Options, Pipeline

PAGE = Path(__file__).parents[2] / "docs" / "options.md"

HEAD = """\
# The options of a guard

An option is an attribute of a guard's class. An attribute in small letters that is no option is refused, with the
nearest name: a misspelled option would be without effect. Constants of your own are written in capitals; methods,
properties and nested classes are yours.

This page is written from the declaration: `python -m tests.house.options_page`.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for declared in (Pipeline, Options) for line in _section(declared))])


def _section(declared: type[Any]) -> Iterator[str]:
    told = _docstrings(declared)
    yield f"## {inspect.getdoc(declared)}".partition(".")[0] + "\n"
    for option in fields(declared):
        yield f"### `{option.name}`\n\n{told[option.name]}\n\n*Default:* `{_default(option)}`\n"


def _default(option: Field[Any]) -> str:
    return repr({} if option.default is MISSING else option.default)


def _docstrings(declared: type[Any]) -> dict[str, str]:
    """What stands under each field."""
    (body,) = ast.parse(inspect.getsource(declared)).body
    assert isinstance(body, ast.ClassDef)
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in zip(body.body, body.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
