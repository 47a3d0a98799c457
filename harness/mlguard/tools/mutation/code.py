"""Mutants of a module: the table of operators, and what becomes of their edits."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from mlguard.runner.order import Change
from mlguard.tools.mutation import calls, conditions, numbers, statements
from mlguard.tools.mutation.mutant import Mutant, Operator
from mlguard.tools.mutation.site import Edit, Site, Source, sites

OPERATORS: dict[str, Operator] = {
    "comparison boundary": conditions.boundary,
    "inverted condition": conditions.inverted,
    "and for or": conditions.either,
    "off by one": numbers.off_by_one,
    "axis swapped": numbers.axis,
    "ddof": numbers.ddof,
    "mean for median": calls.average,
    "log for log1p": calls.logarithm,
    "fill value": numbers.fill_value,
    "dropped call": calls.dropped_call,
    "fit_transform for transform": calls.fitting,
    "probability column": numbers.probability_column,
    "removed seed": calls.removed_seed,
    "unstable sort": calls.unstable_sort,
    "dropped keyword": calls.dropped_keyword,
    "swapped arguments": calls.swapped_arguments,
    "removed statement": statements.removed,
    "constant plus one": numbers.plus_one,
    "constant minus one": numbers.minus_one,
    "constant times 1.1": numbers.tenth_more,
}
"""Operators by name; where two make the same of a place, the first one counts."""


def code_mutants(file: Path, text: str, *, shown: str | None = None) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of the text: it compiles, means something else, and differs in one place.

    `file` is the module's absolute path, `text` what it holds, `shown` what to call it in messages. A text that is no
    module has none.
    """
    try:
        source = Source(text)
    except SyntaxError:
        return
    known = {(number, ast.dump(statement)) for number, statement in enumerate(source.tree.body)}
    for site in sites(source):
        for name, edit in _edits(site):
            meaning = _meaning(source, site, edit)
            if meaning is not None and meaning not in known:
                known.add(meaning)
                yield _mutant(name, file, shown or file.as_posix(), text, edit.applied(text))


def _edits(site: Site) -> Iterator[tuple[str, Edit]]:
    for name, operator in OPERATORS.items():
        for edit in operator(site):
            yield name, edit


def _meaning(source: Source, site: Site, edit: Edit) -> tuple[int, str] | None:
    """Which statement of the module an edit changes into what; None where that does not compile.

    Only that statement is compiled: a module has hundreds of mutants, and what an edit breaks, it breaks there.
    """
    statement = site.parents[-2] if len(site.parents) > 1 else site.node
    start, end = source.start(statement), source.end(statement)
    local = Edit(edit.start - start, edit.end - start, edit.text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # What looks odd is meant to.
            tree = ast.parse(local.applied(source.text[start:end]))
            compile(tree, "<mutant>", "exec", dont_inherit=True)
            if "\n" in source.text[edit.start : edit.end]:
                ast.parse(edit.applied(source.text))  # Lost line ends are made up for, perhaps in front of a semicolon.
    except (SyntaxError, ValueError):
        return None
    number = source.tree.body.index(statement)  # type: ignore[arg-type]  # the outermost node is a statement
    return number, "".join(ast.dump(node) for node in tree.body)


def _mutant(operator: str, file: Path, shown: str, text: str, changed: str) -> Mutant:
    before, after = text.split("\n"), changed.split("\n")
    moved = [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]
    change = Change(sources={str(file.resolve()): changed})
    old, new = _lines(before, moved), _lines(after, moved)
    return Mutant(operator, "code", shown, moved[0] + 1, None, old, new, change)


def _lines(lines: Sequence[str], wanted: Sequence[int]) -> str:
    return "\n".join(lines[number].rstrip("\r") for number in wanted)
