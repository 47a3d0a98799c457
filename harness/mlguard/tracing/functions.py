"""Which code objects are functions of the project, and where they are defined."""

from __future__ import annotations

import ast
import inspect
import linecache
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from mlguard.worker.source import project_source_test


@dataclass(frozen=True, slots=True)
class Function:
    """One of the project's functions."""

    name: str
    """Dotted name, the function's own name last."""
    file: str
    """Its file, relative to the project's root where it lies below."""
    line: int
    """Line of its `def`."""
    end: int
    """Its last line."""
    parameters: tuple[str, ...]
    """What it is given: its parameters and what it captures."""
    suspends: bool
    """Whether it can pause: generators and coroutines."""
    in_guard: bool
    """Whether it stands in the guard's own module."""


class Functions:
    """Tells the project's functions from everything else that runs; asks once for each code object."""

    def __init__(self, root: Path, guard_file: Path) -> None:
        """`guard_file`: the module that declares the guard."""
        self._is_project: Callable[[str], bool] = project_source_test(str(root))
        self._root = root.resolve()
        self._guard_file = guard_file.resolve()
        self._known: dict[CodeType, Function | None] = {}
        self._spans: dict[str, dict[str, tuple[int, int]]] = {}

    def find(self, code: CodeType, names: dict[str, Any]) -> Function | None:
        """The function that runs this code, or None; `names` are the globals of its module."""
        try:
            return self._known[code]
        except KeyError:
            found = self._known[code] = self._look(code, names) if self.is_followed(code) else None
            return found

    def is_followed(self, code: CodeType) -> bool:
        """Whether code is a `def` of the project; lambdas and comprehensions are part of the function around them."""
        if code.co_name.startswith("<") or not code.co_flags & inspect.CO_NEWLOCALS:
            return False
        return not code.co_filename.startswith("<") and self._is_project(code.co_filename)

    def _look(self, code: CodeType, names: dict[str, Any]) -> Function:
        outer = code.co_qualname.partition(".<locals>")[0]
        line, end = self._span(code, outer)
        path = Path(os.path.realpath(code.co_filename))
        inside = path.is_relative_to(self._root)
        return Function(
            f"{names.get('__name__', path.stem)}.{outer}",
            path.relative_to(self._root).as_posix() if inside else path.as_posix(),
            line,
            end,
            _parameters(code),
            bool(code.co_flags & (inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR)),
            path == self._guard_file,
        )

    def _span(self, code: CodeType, outer: str) -> tuple[int, int]:
        """First and last line of the outermost function around the code; a decorator is not its first line."""
        spans = self._spans.get(code.co_filename)
        if spans is None:
            spans = self._spans[code.co_filename] = dict(_spans(code.co_filename))
        last = max((line for _, _, line in code.co_lines() if line), default=code.co_firstlineno)
        return spans.get(outer, (code.co_firstlineno, last))


def _spans(filename: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The lines of every function of a file, by qualified name."""
    try:
        tree = ast.parse("".join(linecache.getlines(filename)))
    except SyntaxError:
        return  # The file was edited after it was imported; the code itself still knows its lines.
    yield from _defined(tree, "")


def _defined(node: ast.AST, prefix: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, (child.lineno, child.end_lineno or child.lineno)
        elif isinstance(child, ast.ClassDef):
            yield from _defined(child, f"{prefix}{child.name}.")
        else:
            yield from _defined(child, prefix)


def _parameters(code: CodeType) -> tuple[str, ...]:
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    captured = tuple(name for name in code.co_freevars if name != "__class__")
    return code.co_varnames[:count] + captured
