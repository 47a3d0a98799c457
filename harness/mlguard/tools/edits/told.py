"""What an edit of Python code did, in few words."""

from __future__ import annotations

import ast

from mlguard.tools.edits.normal import normal

LONGEST = 40
"""Characters of a value that is told beside the name of its constant."""


def told(old: ast.stmt, new: ast.stmt) -> str:
    """A constant or defaults that changed, with both values, where that is all."""
    if isinstance(old, ast.Assign | ast.AnnAssign) and isinstance(new, ast.Assign | ast.AnnAssign):
        return _arrow(old.value, new.value)
    if isinstance(old, ast.FunctionDef) and isinstance(new, ast.FunctionDef):
        was, now = _defaults(old), _defaults(new)
        body = normal(ast.Module(old.body, []), {}) == normal(ast.Module(new.body, []), {})
        changed = [name for name in now if name in was and _text(was[name]) != _text(now[name])]
        if body and was.keys() == now.keys() and changed:
            return ", ".join(f"default of {name}: {_arrow(was[name], now[name])}" for name in changed)
    return ""


def _defaults(node: ast.FunctionDef) -> dict[str, ast.expr | None]:
    told = node.args
    positional = [argument.arg for argument in (*told.posonlyargs, *told.args)]
    given: list[ast.expr | None] = [*([None] * (len(positional) - len(told.defaults))), *told.defaults]
    keyword = zip((argument.arg for argument in told.kwonlyargs), told.kw_defaults, strict=True)
    return dict([*zip(positional, given, strict=True), *keyword])


def _arrow(old: ast.expr | None, new: ast.expr | None) -> str:
    was, now = _text(old), _text(new)
    return f"{was} -> {now}" if max(len(was), len(now)) <= LONGEST and was != now else ""


def _text(node: ast.expr | None) -> str:
    return "none" if node is None else ast.unparse(node)
