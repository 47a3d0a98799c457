"""Places in a module where behaviour can be changed, and edits that leave every other byte as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlguard.tools.mutation.plumbing import Plumbing

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")

_CLOSED = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant)


@dataclass(frozen=True)
class Edit:
    """A stretch of text replaced by another one."""

    start: int
    """First character that goes."""
    end: int
    """The character behind the last one that goes."""
    text: str
    """What comes in its place."""

    def applied(self, text: str) -> str:
        """The text with this edit; lost line ends are made up for, so that all lines below keep their numbers."""
        gone = text[self.start : self.end]
        missing = max(0, gone.count("\n") - self.text.count("\n"))
        return text[: self.start] + self.text + "\n" * missing + text[self.end :]


class Source:
    """The text of a module, addressed by the positions of its syntax tree."""

    def __init__(self, text: str) -> None:
        """Raises SyntaxError where the text is no module."""
        self.text = text
        self.tree = ast.parse(text)
        self._lines = [match.group() for match in _LINE.finditer(text)]
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node: ast.AST) -> int:
        """Where a node begins."""
        return self._offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]  # only placed nodes are asked

    def end(self, node: ast.AST) -> int:
        """Where a node ends."""
        return self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]  # as in start

    def of(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.text[self.start(node) : self.end(node)]

    def _offset(self, line: int, column: int) -> int:
        # The tree counts the bytes of UTF-8, a text its characters.
        found = self._lines[line - 1]
        return self._starts[line - 1] + len(found.encode()[:column].decode())


@dataclass(frozen=True)
class Site:
    """One node of a module with what stands around it."""

    node: ast.AST
    """The node itself."""
    parents: tuple[ast.AST, ...]
    """The nodes that it lies in, the nearest first."""
    source: Source
    """The module."""
    modules: frozenset[str]
    """Names that the module imports modules under, such as `np`."""

    @property
    def parent(self) -> ast.AST:
        """The node that it lies in."""
        return self.parents[0]

    def replace(self, node: ast.AST, text: str) -> Edit:
        """Another text in place of a node."""
        return Edit(self.source.start(node), self.source.end(node), text)

    def of(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.source.of(node)

    def closed(self, node: ast.AST) -> str:
        """The text of a node, in brackets where its neighbours could take it apart."""
        return self.of(node) if isinstance(node, _CLOSED) else f"({self.of(node)})"

    def token(self, left: ast.AST, right: ast.AST, old: str, new: str) -> Iterator[Edit]:
        """Replace what stands between two neighbours; nothing where a comment stands there too."""
        start, end = self.source.end(left), self.source.start(right)
        gap = self.source.text[start:end]
        words = r"\s+".join(re.escape(word) for word in old.split())
        found = re.search(rf"(?<![\w<>=!]){words}(?![\w<>=])", gap)
        if found is not None and "#" not in gap:
            yield Edit(start + found.start(), start + found.end(), new)

    def is_module(self, node: ast.AST) -> bool:
        """Whether a node is a module's name, or an attribute of one such as `np.random`."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.modules


def sites(source: Source) -> Iterator[Site]:
    """Every node that can matter to a model, in the order of the text."""
    plumbing = Plumbing(source.tree)
    yield from _inside(source.tree, (), source, plumbing, frozenset(_modules(source.tree)))


def _inside(
    node: ast.AST, parents: tuple[ast.AST, ...], source: Source, plumbing: Plumbing, modules: frozenset[str]
) -> Iterator[Site]:
    for name, child in _children(node):
        if plumbing.is_plumbing(name, child):
            continue
        if hasattr(child, "lineno"):
            yield Site(child, (node, *parents), source, modules)
        yield from _inside(child, (node, *parents), source, plumbing, modules)


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield name, child


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name.partition(".")[0]) for alias in node.names)
