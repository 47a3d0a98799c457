"""Where a run came by: whole statements and functions, from the lines that ran."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from mlguard.programs.cells import source_of
from mlguard.runner.order import Done
from mlguard.tools.mutation import Mutant


def reaches(clean: Done, mutant: Mutant) -> bool:
    """Whether a main run came by the changed line; what is no line of code always counts."""
    if mutant.kind != "code":
        return True
    return any(mutant.line in statements(file, clean.reached.get(file, frozenset())) for file in mutant.change.sources)


def statements(file: str, reached: frozenset[int]) -> frozenset[int]:
    """All lines of the statements of which some line ran: the interpreter names only some lines of a long one."""
    if not reached:
        return reached
    spans = _spans(ast.parse(source_of(Path(file))))
    return reached.union(*(span for span in spans if not reached.isdisjoint(span)))


def in_what_ran(text: str, reached: frozenset[int]) -> frozenset[int]:
    """The lines of a source that belong to a function of which some line ran, or to no function at all."""
    tree = ast.parse(text)
    owner = dict.fromkeys(range(1, len(text.splitlines()) + 1), 0)
    bodies: dict[int, set[int]] = {}
    # ast.walk goes from the outside in, so that the innermost function has the last word on a line.
    for number, node in enumerate(ast.walk(tree), 1):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            bodies[number] = set(range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1))
            owner |= dict.fromkeys(bodies[number], number)
    ran = {0} | {number for number, lines in bodies.items() if any(owner[line] == number for line in lines & reached)}
    return frozenset(line for line, function in owner.items() if function in ran)


def _spans(tree: ast.Module) -> Iterator[range]:
    """The lines of each statement without a body, and of the head of each that has one."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, ast.stmt):
            last = body[0].lineno - 1 if isinstance(body, list) else node.end_lineno or node.lineno
            yield range(node.lineno, max(last, node.lineno) + 1)
