"""A comment that gives the shape of a value, and what a run says to it: `# sims: (num_items, num_items)`."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

_NAMED = re.compile(r"\s*([A-Za-z_][\w.]*)\s*:\s*\(([^()]*)\)")
_BARE = re.compile(r"\s*\(([^()]*)\)\s*(?:[-:,;.].*)?")
_ANY = ("*", "_", "?", "-1")
"""Written for an axis of any size."""
_REST = "..."
"""Written for any number of axes."""
_KINDS = {"bool", "bytes", "complex", "dict", "float", "int", "list", "object", "set", "str", "tuple"}
"""Types of Python: between parentheses they say what a value is, and not how large."""
_LONGEST = 80
"""Characters of one axis: nobody writes more, and an expression without an end cannot be read."""
_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv}

Dims = tuple[str, ...]
"""The axes as they are written: numbers, names, and sums or products of both."""


@dataclass(frozen=True)
class ShapeComment:
    """A shape that a comment gives to a value."""

    file: str
    """The source file."""
    line: int
    """The line of the comment, from 1."""
    name: str
    """The value: a variable or an attribute such as `self.weights`; empty for what a function returns."""
    dims: Dims
    """The axes."""

    @property
    def shape(self) -> str:
        """The shape as it is written."""
        return written(self.dims)


@dataclass(frozen=True)
class Passed:
    """What the values were, each time that a comment was passed."""

    comment: ShapeComment
    """Which comment."""
    times: int = 0
    """How often its value was there and had a shape."""
    wrong: int = 0
    """How often the shape was another one."""
    shape: tuple[int, ...] | None = None
    """The first shape that was another one."""
    because: tuple[str, int, str] | None = None
    """The axis that is not what its comment says, what it would have to be, and who says so (empty where the comment
    does); None where the number of axes is another one."""
    guard: str = ""
    """The guard in which it was seen; of several, the one with the first shape that was another one."""

    def with_more(self, other: Passed) -> Passed:
        """What was seen of the same comment in both."""
        first = other if self.shape is None and other.wrong else self
        return replace(first, times=self.times + other.times, wrong=self.wrong + other.wrong)


def named_shapes(text: str) -> list[tuple[str, Dims]]:
    """The values and shapes that the text of a comment starts with: `X: (n, d), y: (n,)`; none where it is prose."""
    found: list[tuple[str, Dims]] = []
    while (match := _NAMED.match(text)) is not None and (dims := _dims(match[2])) is not None:
        if match[1] == "type":  # `# type: (Table, Model) -> Table`, as signatures are typed in comments.
            return []
        found.append((match[1], dims))
        text = text[match.end() :].lstrip(" ,;")
    return found


def bare_shape(text: str) -> Dims | None:
    """The shape that is all that a comment holds, up to a sign: `(n, d)`; None where it is prose."""
    match = _BARE.fullmatch(text)
    return None if match is None else _dims(match[1])


def written(dims: Sequence[str | int]) -> str:
    """Axes as Python writes a shape."""
    return f"({dims[0]},)" if len(dims) == 1 else f"({', '.join(map(str, dims))})"


class Sizes:
    """What the names of axes stand for in one call: a variable of the call that holds a number, or the first size seen.

    A comment in a loop names its own axes anew each time that it is passed.
    """

    def __init__(self, variable: Callable[[str], int | None]) -> None:
        """`variable` answers the whole number that a name of the code holds; None where it holds none."""
        self._variable = variable
        self._seen: dict[str, tuple[int, int]] = {}
        self._met: set[ShapeComment] = set()

    def compare(self, comment: ShapeComment, shape: tuple[int, ...] | None) -> Passed:
        """Whether a shape is what its comment says; None where its value is not there, which counts as no time."""
        self._meet(comment)
        if shape is None:
            return Passed(comment)
        axes = _axes(comment.dims, len(shape))
        if axes is None and self._names_entries(comment.dims, shape):
            return Passed(comment)
        if axes is None:
            return Passed(comment, 1, 1, shape)
        for dim, size in zip(axes, shape, strict=True):
            expected = self._expected(dim, size, comment.line)
            if expected is not None and expected[0] != size:
                return Passed(comment, 1, 1, shape, (dim, *expected))
        return Passed(comment, 1)

    def seen(self) -> dict[str, int]:
        """The sizes that names of comments had last."""
        return {name: size for name, (size, _) in self._seen.items()}

    def _meet(self, comment: ShapeComment) -> None:
        """Begin anew with the names of a line whose comments were passed before."""
        if comment in self._met:
            self._met = {met for met in self._met if met.line != comment.line}
            self._seen = {name: seen for name, seen in self._seen.items() if seen[1] != comment.line}
        self._met.add(comment)

    def _names_entries(self, dims: Dims, shape: tuple[int, ...]) -> bool:
        """Whether the words are for the entries of a vector, and for no axes: `bounds = …  # (low, high)`."""
        words = {dim for dim in dims if dim.isidentifier() and dim not in _ANY and self._size(dim) is None}
        return bool(dims) and shape == (len(dims),) == (len(words),)

    def _expected(self, dim: str, size: int, line: int) -> tuple[int, str] | None:
        """The size that an axis should have, and who says so; None where any will do."""
        if dim in _ANY:
            return None
        if dim.isdigit():
            return int(dim), ""
        node = _read(dim)
        if isinstance(node, ast.Name | ast.Attribute):
            known = self._size(dim)
            if known is None:
                self._seen[dim] = size, line
            return known
        names = [ast.unparse(part) for part in _parts(node) if not isinstance(part, ast.Constant)]
        sizes = {name: found[0] for name in names if (found := self._size(name)) is not None}
        value = _value(node, sizes)
        return None if value is None else (value, "")

    def _size(self, name: str) -> tuple[int, str] | None:
        variable = self._variable(name)
        if variable is not None:
            return variable, "a variable"
        seen = self._seen.get(name)
        return None if seen is None else (seen[0], f"line {seen[1]}")


def _dims(text: str) -> Dims | None:
    """The axes between two parentheses; None where they are something else: one without a comma is a word or a note."""
    parts = [part.strip() for part in text.split(",")]
    if parts == [""]:
        return ()
    if len(parts) == 1:
        return None
    if not parts[-1]:
        del parts[-1]
    return tuple(parts) if all(map(_is_dim, parts)) and parts.count(_REST) < 2 else None


def _is_dim(text: str) -> bool:
    if text in (*_ANY, _REST):
        return True
    try:
        return len(text) <= _LONGEST and all(map(_is_of_size, _parts(_read(text))))
    except (SyntaxError, ValueError):
        return False


@lru_cache(maxsize=256)
def _read(dim: str) -> ast.expr:
    """An axis as Python reads it; a comment in a loop is passed many times."""
    return ast.parse(dim, mode="eval").body


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        yield from _parts(node.left)
        yield from _parts(node.right)
    else:
        yield node


def _is_of_size(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return _is_of_size(node.value)
    if isinstance(node, ast.Name):
        return node.id not in _KINDS
    return isinstance(node, ast.Constant) and type(node.value) is int


def _axes(dims: Dims, number: int) -> Dims | None:
    """One entry per axis of a value with so many; None where it cannot have them."""
    if _REST not in dims:
        return dims if len(dims) == number else None
    place, more = dims.index(_REST), number - len(dims) + 1
    return None if more < 0 else (*dims[:place], *(["_"] * more), *dims[place + 1 :])


def _value(node: ast.expr, sizes: Mapping[str, int]) -> int | None:
    """What an expression of sizes comes to; None where one of them is not known."""
    if isinstance(node, ast.Constant):
        return int(node.value) if isinstance(node.value, int) else None
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, sizes), _value(node.right, sizes)
        if left is None or right is None or (isinstance(node.op, ast.FloorDiv) and right == 0):
            return None
        return int(_OPERATORS[type(node.op)](left, right))
    return sizes.get(ast.unparse(node))
