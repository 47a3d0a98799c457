"""Operators on numbers: constants, bounds, axes, columns, fill values."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from mlguard.tools.mutation.call import argument, called
from mlguard.tools.mutation.site import Edit, Site

_COUNTED = frozenset(
    {"Timedelta", "diff", "head", "nlargest", "nsmallest", "pct_change", "rolling", "shift", "tail", "timedelta"}
)
"""Functions whose first argument says how many, how far or how long."""

_COUNTS = frozenset({"days", "hours", "lag", "min_periods", "n", "periods", "weeks", "window"})
"""Their arguments by name."""

_CHOICES = frozenset({"axis", "ddof"})
"""Arguments of few values, which have operators of their own."""


def off_by_one(site: Site) -> Iterator[Edit]:
    """One more in a bound of a slice, a shift, a window; one less in a range, which keeps what it indexes in reach."""
    node = site.node
    if isinstance(node, ast.Slice):
        yield from (_more(site, bound) for bound in (node.lower, node.upper) if bound is not None and _counts(bound))
    elif isinstance(node, ast.Call) and called(node) in ("range", "arange") and node.args:
        yield site.replace(node.args[min(len(node.args), 2) - 1], _less(site, node.args[min(len(node.args), 2) - 1]))
    elif isinstance(node, ast.Call) and called(node) in _COUNTED:
        wanted = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg in _COUNTS)]
        yield from (_more(site, value) for value in wanted if _counts(value))


def axis(site: Site) -> Iterator[Edit]:
    """Down the rows where it was along the columns."""
    swapped = {"0": "1", "1": "0", "-1": "0", "'index'": "'columns'", "'columns'": "'index'"}
    yield from _swapped_keyword(site, "axis", swapped)


def ddof(site: Site) -> Iterator[Edit]:
    """A standard deviation of the other kind: of the sample, of the population."""
    yield from _swapped_keyword(site, "ddof", {"0": "1", "1": "0"})
    node = site.node
    if not isinstance(node, ast.Call) or called(node) not in ("std", "var", "nanstd", "nanvar", "sem"):
        return
    if not isinstance(node.func, ast.Attribute) or argument(node, "ddof") is not None:
        return
    # NumPy divides by n and pandas by n - 1; what a method belongs to cannot be read off its name.
    closing = site.source.end(node) - 1
    separator = "" if site.source.text[:closing].rstrip()[-1] in "(," else ", "
    for value in ("1",) if site.is_module(node.func.value) else ("0", "1"):
        yield Edit(closing, closing, f"{separator}ddof={value}")


def probability_column(site: Site) -> Iterator[Edit]:
    """The probability of another class."""
    node = site.node
    if not isinstance(node, ast.Subscript) or "prob" not in site.of(node.value):
        return
    last = node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
    if isinstance(node.slice, ast.Tuple) and site.of(last) in ("0", "1", "-1"):
        yield site.replace(last, "1" if site.of(last) == "0" else "0")


def fill_value(site: Site) -> Iterator[Edit]:
    """Something else in place of what is missing."""
    node = site.node
    if not isinstance(node, ast.Call):
        return
    named = ("fill_value", "na_value", "nan")
    values = [keyword.value for keyword in node.keywords if keyword.arg in named]
    if called(node) in ("fillna", "nan_to_num") and isinstance(node.func, ast.Attribute):
        position = 1 if site.is_module(node.func.value) else 0
        values += node.args[position : position + 1]
    for value in values:
        if _number(value) is not None:
            yield site.replace(value, f"({site.of(value)} + 1)")
        elif not isinstance(value, ast.Constant | ast.Dict):
            yield site.replace(value, "0")
    other = {"ffill": "bfill", "bfill": "ffill"}.get(called(node))
    if other is not None and isinstance(node.func, ast.Attribute):
        yield _renamed(site, node.func, other)


def plus_one(site: Site) -> Iterator[Edit]:
    """A constant, one larger."""
    if (value := _constant(site)) is not None:
        yield site.replace(site.node, _literal(value + 1))


def minus_one(site: Site) -> Iterator[Edit]:
    """A constant, one smaller."""
    if (value := _constant(site)) is not None:
        yield site.replace(site.node, _literal(value - 1))


def tenth_more(site: Site) -> Iterator[Edit]:
    """A constant times 1.1; an integer stays one."""
    value = _constant(site)
    if isinstance(value, int) and value >= 5:
        yield site.replace(site.node, str(round(value * 1.1)))
    elif isinstance(value, float) and value and math.isfinite(value * 1.1):
        yield site.replace(site.node, _literal(value * 1.1))


def _constant(site: Site) -> int | float | None:
    """A number that may be changed: neither a flag, nor one of an argument that has an operator of its own."""
    if isinstance(site.parent, ast.keyword) and site.parent.arg in _CHOICES:
        return None
    node = site.node
    if not isinstance(node, ast.Constant) or type(node.value) not in (int, float):
        return None
    return node.value  # type: ignore[return-value]  # the types were asked in the line above


def _literal(value: float) -> str:
    """A number as it is written, without the digits that a product leaves behind."""
    if isinstance(value, int):
        return str(value) if value >= 0 else f"({value})"
    shown = repr(float(f"{value:.12g}"))
    return shown if value >= 0 else f"({shown})"


def _number(node: ast.AST) -> int | float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _number(node.operand)
    known = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    return node.value if known else None  # type: ignore[attr-defined]  # as asked before


def _counts(node: ast.expr) -> bool:
    """Whether one more makes sense: a number, or what may be one."""
    if isinstance(node, ast.UnaryOp):
        return _number(node) is not None
    return not isinstance(node, ast.Constant) or type(node.value) is int


def _more(site: Site, node: ast.expr) -> Edit:
    value = node.operand if isinstance(node, ast.UnaryOp) else node
    if isinstance(value, ast.Constant) and isinstance(value.value, int):
        return site.replace(value, str(value.value + 1))
    return site.replace(node, f"{site.closed(node)} + 1")


def _less(site: Site, node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return str(node.value - 1)
    return f"{site.closed(node)} - 1"


def _swapped_keyword(site: Site, name: str, swapped: dict[str, str]) -> Iterator[Edit]:
    node = site.node
    if isinstance(node, ast.keyword) and node.arg == name:
        new = swapped.get(site.of(node.value).replace('"', "'"))
        if new is not None:
            yield site.replace(node.value, new)


def _renamed(site: Site, node: ast.Attribute, name: str) -> Edit:
    end = site.source.end(node)
    return Edit(end - len(node.attr), end, name)
