"""What calls look like: the name that is called, and their arguments."""

from __future__ import annotations

import ast


def called(node: ast.Call) -> str:
    """The last part of the name that is called: `mean` of `rows["x"].mean()`; empty where there is none."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def argument(node: ast.Call, name: str) -> ast.keyword | None:
    """The argument of a name."""
    return next((keyword for keyword in node.keywords if keyword.arg == name), None)
