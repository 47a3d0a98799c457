"""Whether the shapes that comments give are those of the real values, and comments for those that have none."""

from __future__ import annotations

import difflib
import tokenize
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mlguard.core.shape import Dims, Passed, ShapeComment, written
from mlguard.core.shape_names import ShownCall, Where, proposed
from mlguard.discovery import Declared
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner
from mlguard.settings import Settings

WIDTH = 100
"""Characters of a line up to which a comment is put behind it; it is put above otherwise."""


@dataclass(frozen=True)
class FoundShapes:
    """What runs of guards showed."""

    passed: Sequence[Passed]
    """What came of each comment, in order of files and lines; one whose value was never there has no times."""
    calls: Sequence[ShownCall] = ()
    """What calls showed of values without a comment; empty unless asked for."""


def found_shapes(runner: Runner, guards: Sequence[Declared], *, uncommented: bool = False) -> FoundShapes:
    """Run guards once each, probes and contracts included, and hold each comment of their code against its value.

    Raises as a run of a guard does.
    """
    found: dict[ShapeComment, Passed] = {}
    calls: list[ShownCall] = []
    for guard in guards:
        done = runner.run(guard, extent=Extent.QUICK, bundle=False, shapes=True, uncommented=uncommented)
        calls += done.calls
        for seen in done.shapes:
            # A module may be imported under several spellings of its path.
            comment = replace(seen.comment, file=_real(seen.comment.file))
            own = replace(seen, comment=comment, guard=guard.ref.name)
            found[comment] = found[comment].with_more(own) if comment in found else own
    return FoundShapes(sorted(found.values(), key=lambda seen: (seen.comment.file, seen.comment.line)), calls)


def proposal(settings: Settings, guards: Iterable[Declared], calls: Iterable[ShownCall]) -> str:
    """A diff that adds a comment to each value of guarded code, for `git apply` in the project's root; empty for none.

    Guards and generators are left as they are, and so is what lies outside of the project.
    """
    declaring = {_real(str(guard.ref.file)) for guard in guards}
    functions: dict[str, dict[int, list[ShownCall]]] = {}
    for call in calls:
        file, line = _real(call.function[0]), call.function[1]
        is_data = Path(file).is_relative_to(settings.generators)
        if file not in declaring and not is_data and Path(file).is_relative_to(settings.base):
            functions.setdefault(file, {}).setdefault(line, []).append(call)
    return "".join(_of_file(file, functions[file], settings.relative(Path(file))) for file in sorted(functions))


def _real(file: str) -> str:
    return str(Path(file).resolve())


def _of_file(file: str, functions: dict[int, list[ShownCall]], name: str) -> str:
    with tokenize.open(file) as source:
        before = source.read().splitlines(keepends=True)
    comments: dict[Where, Dims] = {}
    for calls in functions.values():
        comments |= proposed(calls)
    after = list(before)
    for line in sorted({line for line, _ in comments}, reverse=True):
        told = ", ".join(f"{value}: {written(dims)}" for (at, value), dims in comments.items() if at == line)
        after[line - 1 : line] = _commented(before[line - 1], told)
    return "".join(difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"))


def _commented(line: str, told: str) -> list[str]:
    code = line.rstrip("\r\n")
    end, indent = line[len(code) :], code[: len(code) - len(code.lstrip())]
    behind = f"{code}  # {told}"
    return [f"{behind}{end}"] if len(behind) <= WIDTH else [f"{indent}# {told}{end}", line]
