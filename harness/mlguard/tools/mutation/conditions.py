"""Operators on comparisons and conditions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mlguard.tools.mutation.site import Edit, Site

_BOUNDARY: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
}

_OPPOSITE: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}


def boundary(site: Site) -> Iterator[Edit]:
    """A threshold that belongs to the other side: `<` for `<=` and the like."""
    yield from _compared(site, _BOUNDARY)


def inverted(site: Site) -> Iterator[Edit]:
    """A condition that holds where it did not: in `if`, in comprehensions, and in masks of rows."""
    yield from _compared(site, _OPPOSITE)
    node = site.node
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield site.replace(node, f"({site.of(node.operand)})")
    elif _decides(site) and not (isinstance(node, ast.Compare) and type(node.ops[0]) in _OPPOSITE):
        yield site.replace(node, f"(not ({site.of(node)}))")


def either(site: Site) -> Iterator[Edit]:
    """One of two conditions where both were needed, and the other way round."""
    node = site.node
    if isinstance(node, ast.BoolOp):
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        yield from site.token(node.values[0], node.values[1], old, new)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        old, new = ("&", "|") if isinstance(node.op, ast.BitAnd) else ("|", "&")
        yield from site.token(node.left, node.right, old, new)


def _decides(site: Site) -> bool:
    """Whether it is a whole condition; of a `while` there is no telling whether it would end."""
    parent = site.parent
    if isinstance(parent, ast.comprehension):
        return site.node in parent.ifs
    return isinstance(parent, ast.If | ast.IfExp) and parent.test is site.node


def _compared(site: Site, table: dict[type[ast.cmpop], tuple[str, str]]) -> Iterator[Edit]:
    if not isinstance(site.node, ast.Compare):
        return
    operands = [site.node.left, *site.node.comparators]
    for left, op, right in zip(operands, site.node.ops, operands[1:], strict=False):
        if type(op) in table:
            yield from site.token(left, right, *table[type(op)])
