"""Operators on whole statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mlguard.tools.mutation.calls import seeds
from mlguard.tools.mutation.site import Edit, Site


def removed(site: Site) -> Iterator[Edit]:
    """A statement that is not there, where what follows can do without: no name goes missing with it."""
    node = site.node
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and seeds(node.value):
        return  # That has a name of its own.
    if isinstance(node, ast.Expr | ast.AugAssign | ast.Delete) or _leaves_a_loop(site) or _is_dispensable(node):
        yield site.replace(node, "pass")


def _is_dispensable(node: ast.AST) -> bool:
    """Whether an assignment only changes what was there before: a column, an attribute, a name that it reads itself."""
    if not isinstance(node, ast.Assign):
        return False
    read = {name.id for name in ast.walk(node.value) if isinstance(name, ast.Name)}
    return all(
        isinstance(target, ast.Subscript | ast.Attribute) or (isinstance(target, ast.Name) and target.id in read)
        for target in node.targets
    )


def _leaves_a_loop(site: Site) -> bool:
    """Whether it ends a `for` early; out of a `while` there may be no other way."""
    loop = next((parent for parent in site.parents if isinstance(parent, ast.For | ast.While)), None)
    return isinstance(site.node, ast.Break | ast.Continue) and isinstance(loop, ast.For)
