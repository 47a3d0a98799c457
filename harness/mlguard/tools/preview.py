"""Run a guard without a golden, and gather what a golden of it would hold; nothing is compared or written."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlguard.core.contract import Judgement, judge
from mlguard.core.error import several
from mlguard.core.record import CONTRACT, Record
from mlguard.discovery import Declared
from mlguard.programs.cells import source_of
from mlguard.runner.run import Runner
from mlguard.tools.audit.reach import in_what_ran, statements


@dataclass(frozen=True)
class Preview:
    """What a golden of one guard would hold."""

    guard: str
    """The guard's name."""
    record: Record
    """What was seen."""
    contracts: Mapping[str, Judgement] = field(default_factory=dict)
    """How each contract was judged, by its name."""
    unreached: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """First lines of statements, by file below the root, that no test row reached in functions that ran."""
    remarks: tuple[str, ...] = ()
    """Quiet lines of the run."""


def preview(runner: Runner, guard: Declared) -> Preview:
    """Run a guard once, in full. Raises MlguardError where it cannot be run to its end."""
    if guard.problems:
        raise several(list(guard.problems), slug="guard-declaration")
    done = runner.run(guard, lines=True)
    record, root = done.record, runner.settings.base
    judged = {o.name: judge(record, o, record) for o in record if o.role == CONTRACT}
    missed = {name: tuple(_missed(root / name, done.reached)) for name in record.provenance.sources}
    unreached = {name: lines for name, lines in missed.items() if lines}
    return Preview(guard.ref.name, record, judged, unreached, (*record.remarks, *done.remarks))


def _missed(file: Path, reached: Mapping[str, frozenset[int]]) -> Iterator[int]:
    """The first lines of statements that did not run, in functions of which some line did."""
    ran = reached.get(str(file.resolve()), frozenset())
    if not ran:
        return
    text = source_of(file)
    looked_at, covered = in_what_ran(text, ran), statements(str(file), ran)
    for function in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)):
        inside = (node for part in function.body for node in ast.walk(part) if isinstance(node, ast.stmt))
        lines = sorted({node.lineno for node in inside})
        docstring = ast.get_docstring(function) is not None
        yield from (n for n in lines[docstring:] if n in looked_at and n not in covered)
