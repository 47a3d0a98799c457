"""What of a module cannot matter to a model: decided by where it stands, never by what it seems to do."""

from __future__ import annotations

import ast
from collections.abc import Iterator

TALK = frozenset({"argparse", "click", "fire", "logging", "rich", "tqdm", "typer", "warnings"})
"""Modules for command lines and for telling people."""

SILENT_KEYWORDS = frozenset({"n_jobs", "verbose", "verbosity", "progress"})
"""Arguments that say how to work and how to talk about it, not what to compute."""

_ANNOTATIONS = frozenset({"annotation", "returns", "type_params", "decorator_list", "type_comment"})

_NEVER = (ast.Import, ast.ImportFrom, ast.Raise, ast.Assert, ast.JoinedStr, ast.pattern)
"""Imports; what complains; text with values inside, whose positions Python 3.11 gets wrong; patterns of `match`."""


class Plumbing:
    """Knows the names under which a module talks, and so what of it is talk."""

    def __init__(self, tree: ast.Module) -> None:
        """Read the imports, and what is assigned from what they give: `log = logging.getLogger()`."""
        self._names = {"print", *_imported(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and self._talks(node.value):
                self._names |= {target.id for target in node.targets if isinstance(target, ast.Name)}

    def is_plumbing(self, field: str, node: ast.AST) -> bool:
        """Whether a node, and all that lies in it, is left alone."""
        if field in _ANNOTATIONS or isinstance(node, _NEVER):
            return True
        if isinstance(node, ast.keyword):
            return node.arg in SILENT_KEYWORDS
        if isinstance(node, ast.Expr):
            return isinstance(node.value, ast.Constant) or self._talks(node.value)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            return _is_about_the_module(node) or (node.value is not None and self._talks(node.value))
        if isinstance(node, ast.If):
            return _is_door(node.test)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return any(self._talks(decorator) for decorator in node.decorator_list)
        return False

    def _talks(self, node: ast.AST) -> bool:
        """Whether a call, or a chain of them, begins with a name of TALK's."""
        while isinstance(node, ast.Call | ast.Attribute):
            node = node.func if isinstance(node, ast.Call) else node.value
        return isinstance(node, ast.Name) and node.id in self._names


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            named = [(alias.name, alias.asname or alias.name.partition(".")[0]) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            named = [(node.module or "", alias.asname or alias.name) for alias in node.names]
        else:
            continue
        yield from (name for module, name in named if module.partition(".")[0] in TALK)


def _is_about_the_module(node: ast.Assign | ast.AnnAssign) -> bool:
    """`__all__`, `__version__` and their like."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(t, ast.Name) and t.id.startswith("__") and t.id.endswith("__") for t in targets)


def _is_door(test: ast.expr) -> bool:
    """`if __name__ == "__main__"` and `if TYPE_CHECKING`."""
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    return bool(names & {"__name__", "TYPE_CHECKING"}) or ast.unparse(test) == "typing.TYPE_CHECKING"
