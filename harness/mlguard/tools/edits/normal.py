"""What code says, whatever comments, docstrings, annotations, layout and renamed definitions make of it."""

from __future__ import annotations

import ast
import copy
import io
import tokenize
from collections.abc import Iterator, Mapping
from typing import Any

from mlguard.tools.edits.blocks import Block, lines_of
from mlguard.tools.edits.edit import Names

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def normal(node: ast.AST, renamed: Mapping[str, str]) -> str:
    """A text that is equal for code that does the same step by step; `renamed` are new names of definitions."""
    return ast.dump(_Normal(renamed).visit(copy.deepcopy(node)), annotate_fields=False)


def said(block: Block, renamed: Mapping[str, str]) -> str:
    """The same of a block, which may hold several statements."""
    return "\n".join(normal(node, renamed) for node in block.nodes)


def with_names(text: str, renamed: Mapping[str, str]) -> str:
    """Code with its definitions under their new names."""
    if not renamed:
        return text
    lines = lines_of(text)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):  # What follows a block is missing, such as the rest of a class.
        return text
    for token in reversed(tokens):
        if token.type == tokenize.NAME and token.string in renamed:
            (row, first), (_, last) = token.start, token.end
            lines[row - 1] = lines[row - 1][:first] + renamed[token.string] + lines[row - 1][last:]
    return "".join(lines)


def is_docstring(node: ast.stmt) -> bool:
    """Whether a statement is nothing but a text."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


class _Normal(ast.NodeTransformer):
    """Drops what changes nothing."""

    def __init__(self, renamed: Mapping[str, str]) -> None:
        self.renamed = renamed
        self.in_function = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        return self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        return self._function(node)

    def _function(self, node: _Function) -> Any:
        node.name = self._name(node.name)
        node.returns = node.type_comment = None
        node.body = _without_docstring(node.body)
        self.in_function += 1
        self.generic_visit(node)
        self.in_function -= 1
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        node.name = self._name(node.name)
        node.body = _without_docstring(node.body)
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> Any:
        node.annotation = node.type_comment = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        self.generic_visit(node)
        if not self.in_function:
            return node  # Dataclasses and their like read them.
        return ast.Pass() if node.value is None else ast.Assign([node.target], node.value)

    def visit_Name(self, node: ast.Name) -> Any:
        node.id = self._name(node.id)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        node.attr = self._name(node.attr)
        self.generic_visit(node)
        return node

    def visit_alias(self, node: ast.alias) -> Any:
        node.name = self._name(node.name)
        return node

    def visit_Constant(self, node: ast.Constant) -> Any:
        node.kind = None
        return node

    def _name(self, name: str) -> str:
        return self.renamed.get(name, name)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    kept = [node for node in body[is_docstring(body[0]) :] if not isinstance(node, ast.Pass)]
    return kept or [ast.Pass()]


def names(block: Block, renamed: Mapping[str, str]) -> Names:
    """What a block gives to others, and what it takes."""
    walked: list[ast.stmt] = [_Normal(renamed).visit(copy.deepcopy(node)) for node in block.nodes]
    uses = {name for node in walked for name in _uses(node)}
    binds = {name for node in walked for name in (*_stores(node), *_binds(node))}
    parameters = _parameters(walked[0]) if isinstance(walked[0], _Function) else None
    keywords = {f"{parameter}=" for parameter in parameters or ()}
    return Names(frozenset({*binds, *keywords}), frozenset(uses), parameters)


def _uses(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            yield part.id
        elif isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Load):
            yield f".{part.attr}"
        elif isinstance(part, ast.keyword) and part.arg:
            yield f"{part.arg}="
        elif isinstance(part, ast.ImportFrom):
            yield from (alias.name for alias in part.names)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield quoted(part.value)


def quoted(name: str) -> str:
    """How a text, such as the key of a setting, stands among the names that code uses."""
    return repr(name)


def _stores(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
            yield f".{part.attr}"


def _binds(node: ast.stmt) -> Iterator[str]:
    """The names that a statement gives to its module or class, as they are used from inside and from outside."""
    if isinstance(node, _Function | ast.ClassDef):
        yield from (node.name, f".{node.name}")
        for inner in node.body if isinstance(node, ast.ClassDef) else ():
            yield from _binds(inner)
        return
    for part in ast.walk(node):
        if isinstance(part, ast.alias) and part.name != "*":
            yield (part.asname or part.name).partition(".")[0]
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield from (part.id, f".{part.id}")


def _parameters(node: Any) -> tuple[str, ...]:
    told = node.args
    found = [*told.posonlyargs, *told.args, *filter(None, [told.vararg]), *told.kwonlyargs, *filter(None, [told.kwarg])]
    return tuple(argument.arg for argument in found)
