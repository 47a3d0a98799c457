"""Where the source of a module gives shapes in comments, and when each of them can be held against its value."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from mlguard.core.shape import ShapeComment, bare_shape, named_shapes

MODULE = 0
"""The line that stands for the code of the module itself."""

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)
_BODIES = (ast.stmt, ast.ExceptHandler, ast.match_case)
_RUNS_NOTHING = (ast.Global, ast.Nonlocal)
_BLANK = (tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)


class When(Enum):
    """When a comment is held against its value."""

    BEFORE = "before its statement"
    AFTER = "after its statement"
    RETURNED = "when the function returns from its statement"


@dataclass(frozen=True)
class Place:
    """A comment with the statement that it belongs to."""

    comment: ShapeComment
    """What it says."""
    when: When
    """When its value is there."""
    first: int
    """The first line of the statement."""
    last: int
    """The last line of the statement."""


@dataclass(frozen=True)
class _Statement:
    node: ast.stmt
    code: int
    """The first line of the function that it is part of."""

    @property
    def first(self) -> int:
        decorators: list[ast.expr] = getattr(self.node, "decorator_list", [])
        return min([self.node.lineno, *(decorator.lineno for decorator in decorators)])

    @property
    def last(self) -> int:
        return self.node.end_lineno or self.node.lineno

    @property
    def body(self) -> list[ast.stmt]:
        return getattr(self.node, "body", [])


def places(source: str, file: str) -> dict[int, list[Place]]:
    """The comments of a module with shapes, by the first line of the function whose code passes them.

    Raises SyntaxError where it is no Python.
    """
    if "#" not in source:
        return {}
    statements = list(_statements(ast.parse(source), MODULE))
    found: dict[int, list[Place]] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            stands_alone = not token.line[: token.start[1]].strip()
            for code, place in _placed(token, statements, file, stands_alone=stands_alone):
                found.setdefault(code, []).append(place)
    return found


def _statements(parent: ast.AST, code: int) -> Iterator[_Statement]:
    """Every statement of a module, from the top, with the function that it is part of."""
    for child in ast.iter_child_nodes(parent):
        if isinstance(child, ast.stmt):
            statement = _Statement(child, code)
            yield statement
            own = isinstance(child, (*_FUNCTION, ast.ClassDef))
            yield from _statements(child, statement.first if own else code)
        elif not isinstance(child, ast.expr):
            yield from _statements(child, code)


def _placed(
    token: tokenize.TokenInfo, statements: list[_Statement], file: str, *, stands_alone: bool
) -> Iterator[tuple[int, Place]]:
    text, line = token.string.lstrip("#"), token.start[0]
    find = _beside if stands_alone else _within
    statement = find(statements, *token.start)
    if statement is None:
        return
    named = named_shapes(text)
    dims = None if named or stands_alone else bare_shape(text)
    if dims is not None:
        name = _target(statement.node)
        if name is not None:
            named = [(name, dims)]
        elif isinstance(statement.node, ast.Return):
            comment = ShapeComment(file, line, "", dims)
            yield statement.code, Place(comment, When.RETURNED, statement.first, statement.last)
    for name, of in named:
        comment = ShapeComment(file, line, name, of)
        yield _timed(comment, statement, line, stands_alone=stands_alone)


def _timed(comment: ShapeComment, statement: _Statement, line: int, *, stands_alone: bool) -> tuple[int, Place]:
    """When the value of a name is there: once the statement has made it, or before it begins."""
    made = comment.name in _made(statement.node)
    if stands_alone and statement.last < line:
        return statement.code, Place(comment, When.AFTER, statement.first, statement.last)
    if statement.body and (made or not stands_alone):
        own = isinstance(statement.node, (*_FUNCTION, ast.ClassDef))
        first = next((s for s in statement.body if not _runs_nothing(s)), statement.body[0])
        inner = _Statement(first, statement.first if own else statement.code)
        return inner.code, Place(comment, When.BEFORE, inner.first, inner.last)
    after = not isinstance(statement.node, _LEAVES) and (made or not stands_alone)
    return statement.code, Place(comment, When.AFTER if after else When.BEFORE, statement.first, statement.last)


def _within(statements: list[_Statement], line: int, column: int) -> _Statement | None:
    """The last of the innermost statements whose lines hold a comment that stands behind code."""
    around = [s for s in statements if s.first <= line <= s.last]
    return max(around, key=lambda s: (s.node.lineno, s.node.col_offset), default=None)


def _beside(statements: list[_Statement], line: int, column: int) -> _Statement | None:
    """The statement below a comment that has its line to itself; the one above at the end of a block."""
    below = min((s for s in statements if s.node.lineno > line), key=lambda s: s.node.lineno, default=None)
    if below is not None and below.node.col_offset >= column:
        return below
    above = [s for s in statements if s.last < line and s.node.col_offset == column]
    return max(above, key=lambda s: s.last, default=None)


def _made(node: ast.stmt) -> set[str]:
    """The names that a statement gives a value before its body runs: targets, and the parameters of a function."""
    if isinstance(node, _FUNCTION):
        return {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
    if isinstance(node, ast.ClassDef):
        return set()
    heads = [part for part in ast.iter_child_nodes(node) if not isinstance(part, _BODIES)]
    stored = (part for head in heads for part in ast.walk(head))
    return {
        ast.unparse(part)
        for part in stored
        if isinstance(part, ast.Name | ast.Attribute) and isinstance(part.ctx, ast.Store)
    }


def _target(node: ast.stmt) -> str | None:
    """The one value that a statement assigns; None where it is something else."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target: ast.expr = node.targets[0]
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        target = node.target
    else:
        return None
    return ast.unparse(target) if isinstance(target, ast.Name | ast.Attribute) else None


def _runs_nothing(node: ast.stmt) -> bool:
    """Whether no line of code stands for a statement, such as a docstring."""
    return isinstance(node, _RUNS_NOTHING) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def bare(source: str, commented: Mapping[int, list[Place]]) -> dict[int, list[Place]]:
    """What functions assign and are given without a comment on it, as places of comments that could stand there.

    Only where a line ends with the statement, or with its head, so that a comment can be put behind it.
    """
    known = {(place.first, place.comment.name) for found in commented.values() for place in found}
    statements = sorted(_statements(ast.parse(source), MODULE), key=lambda s: (s.node.lineno, s.node.col_offset))
    last_of = {line: statement for statement in statements for line in range(statement.first, statement.last + 1)}
    ends = {end for _, end in _logical_lines(source)}
    found: dict[int, list[Place]] = {}
    for statement in statements:
        for code, place in _uncommented(statement):
            line = place.comment.line
            is_free = line in ends and last_of[line] is statement
            if is_free and (place.first, place.comment.name) not in known:
                found.setdefault(code, []).append(place)
    return found


def begins(source: str) -> dict[int, int]:
    """By its last line, the first line of each statement, or head of one, that has its lines to itself."""
    number = Counter(statement.node.lineno for statement in _statements(ast.parse(source), MODULE))
    lines = _logical_lines(source)
    return {last: first for first, last in lines if sum(number[line] for line in range(first, last + 1)) == 1}


def _logical_lines(source: str) -> Iterator[tuple[int, int]]:
    """The first and the last line of each of what Python reads as one line, but for those that end with a comment."""
    first, commented = None, 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            commented = token.end[0]
        elif token.type == tokenize.NEWLINE:
            if first is not None and token.start[0] != commented:
                yield first, token.start[0]
            first = None
        elif first is None and token.type not in _BLANK:
            first = token.start[0]


def _uncommented(statement: _Statement) -> Iterator[tuple[int, Place]]:
    node, name = statement.node, _target(statement.node)
    if name is not None:
        comment = ShapeComment("", statement.last, name, ())
        yield statement.code, Place(comment, When.AFTER, statement.first, statement.last)
    if isinstance(node, _FUNCTION) and node.body[0].lineno > node.lineno:
        for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            comment = ShapeComment("", node.lineno, argument.arg, ())
            yield _timed(comment, statement, node.lineno, stands_alone=False)
