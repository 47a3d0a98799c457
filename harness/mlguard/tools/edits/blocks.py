"""A Python module cut into blocks, one per statement of the module and of its classes."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mlguard.tools.edits.edit import EditKind

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Block:
    """One statement of a module or class, with the comments and blank lines in front of it."""

    name: str
    """The qualified name that it defines or assigns; of other statements, that of the class around them."""
    kind: EditKind
    """What it is."""
    node: ast.stmt
    """Its syntax."""
    file: str
    """The file that it stands in."""
    start: int
    """Position of its first line, from 0."""
    lines: tuple[str, ...]
    """All of its lines; of a class with parts, those up to its first part."""
    parts: tuple[Block, ...] = ()
    """The blocks of a class."""
    also: tuple[ast.stmt, ...] = ()
    """Further statements that begin on its last line."""

    @property
    def line(self) -> int:
        """The line of its `def`, `class` or statement, from 1."""
        return self.node.lineno

    @property
    def whole(self) -> tuple[str, ...]:
        """Its lines, those of its parts included."""
        return self.lines + tuple(line for part in self.parts for line in part.whole)

    @property
    def own_name(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]

    @property
    def depth(self) -> int:
        """How many classes are around it."""
        return self.name.count(".")

    @property
    def nodes(self) -> tuple[ast.stmt, ...]:
        """All of its syntax."""
        return (self.node, *self.also)

    @property
    def head(self) -> Block:
        """Of a class with parts, what stands in front of them."""
        if not isinstance(self.node, ast.ClassDef):
            return self
        told = self.node
        node = ast.ClassDef(told.name, told.bases, told.keywords, [ast.Pass()], told.decorator_list)
        return replace(self, node=ast.copy_location(node, told), parts=())

    def below(self) -> Iterator[Block]:
        """Itself and all blocks in it."""
        yield self
        for part in self.parts:
            yield from part.below()


@dataclass(frozen=True)
class Module:
    """One Python file."""

    file: str
    """Its path below the top."""
    blocks: tuple[Block, ...]
    """Its statements, in order."""
    tail: tuple[str, ...]
    """The lines behind its last statement."""

    @classmethod
    def of(cls, file: str, text: str) -> Module:
        """Cut a file. Raises SyntaxError and ValueError where it cannot be parsed."""
        tree = ast.parse(text)
        lines = lines_of(text)
        blocks = tuple(_cut(tree.body, lines, 0, file, ""))
        end = _end(tree.body)
        return cls(file, blocks, tuple(lines[end:]))

    def below(self) -> Iterator[Block]:
        """All blocks."""
        for block in self.blocks:
            yield from block.below()


def lines_of(text: str) -> list[str]:
    """The lines of a text as Python counts them: `splitlines` knows more ends than it does."""
    return list(io.StringIO(text, newline=""))


def _cut(body: Sequence[ast.stmt], lines: Sequence[str], start: int, file: str, prefix: str) -> Iterator[Block]:
    for node, *also in _lines_shared(body):
        end = _end([node, *also])
        if isinstance(node, ast.ClassDef) and _first(node.body[0]) > node.lineno and not also:
            name = prefix + node.name
            inner = _first(node.body[0]) - 1
            while lines[inner - 1].strip().startswith("#") or not lines[inner - 1].strip():
                inner -= 1
            parts = tuple(_cut(node.body, lines, inner, file, f"{name}."))
            yield Block(name, EditKind.CLASS, node, file, start, tuple(lines[start:inner]), parts)
        else:
            own = tuple(lines[start:end])
            yield Block(prefix + _name(node), _kind(node), node, file, start, own, also=tuple(also))
        start = end


def _lines_shared(body: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """The statements, those together that share a line."""
    group: list[ast.stmt] = []
    for node in body:
        if group and _first(node) > _end(group):
            yield group
            group = []
        group.append(node)
    yield from [group] if group else []


def _first(node: ast.stmt) -> int:
    """The line on which a statement begins, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _end(body: Sequence[ast.stmt]) -> int:
    return max((node.end_lineno or node.lineno for node in body), default=0)


def _name(node: ast.stmt) -> str:
    if isinstance(node, _Function | ast.ClassDef):
        return node.name
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if isinstance(node, ast.Assign | ast.AnnAssign) and all(isinstance(target, ast.Name) for target in targets):
        return ",".join(target.id for target in targets if isinstance(target, ast.Name))
    return ""


def _kind(node: ast.stmt) -> EditKind:
    if isinstance(node, _Function):
        return EditKind.FUNCTION
    if isinstance(node, ast.ClassDef):
        return EditKind.CLASS
    return EditKind.IMPORT if isinstance(node, ast.Import | ast.ImportFrom) else EditKind.STATEMENT
