"""Whether the shapes that comments give are those of the real values, and comments for those that have none."""

from __future__ import annotations

import difflib
import io
import os
import re
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
from mlguard.tracing.commented import begins

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


def proposal(settings: Settings, guards: Iterable[Declared], calls: Iterable[ShownCall]) -> bytes:
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
    return b"".join(_of_file(file, functions[file], settings.relative(Path(file))) for file in sorted(functions))


def _real(file: str) -> str:
    return str(Path(file).resolve())


def _of_file(file: str, functions: dict[int, list[ShownCall]], name: str) -> bytes:
    data = Path(file).read_bytes()
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    first_of = begins(io.TextIOWrapper(io.BytesIO(data), encoding).read())
    comments: dict[Where, Dims] = {}
    for calls in functions.values():
        comments |= proposed(calls)
    lines = data.splitlines(keepends=True)  # Of bytes: these end as Python's lines do.
    for line in sorted({line for line, _ in comments}, reverse=True):
        told = ", ".join(f"{value}: {written(dims)}" for (at, value), dims in comments.items() if at == line)
        _add(lines, line - 1, first_of.get(line, 0) - 1, f"# {told}".encode(encoding.removesuffix("-sig")))
    return _diff(data, b"".join(lines), name)


def _add(lines: list[bytes], last: int, first: int, comment: bytes) -> None:
    """Put a comment behind the last line of a statement; where that is long, above a first line of its own."""
    code = lines[last].rstrip(b"\r\n")
    end = lines[last][len(code) :]
    if first < 0 or len(code) + len(comment) + 2 <= WIDTH:
        lines[last] = code + b"  " + comment + end
    else:
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        lines.insert(first, indent + comment + (end or b"\n"))


def _diff(before: bytes, after: bytes, name: str) -> bytes:
    """What `git apply` reads; a line ends with a line feed there, whatever else Python takes for an end."""
    own, new = (_quoted(f"{side}/{name}") for side in "ab")
    lines = difflib.diff_bytes(
        difflib.unified_diff, io.BytesIO(before).readlines(), io.BytesIO(after).readlines(), own, new
    )
    return b"".join(line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n" for line in lines)


def _quoted(name: str) -> bytes:
    """A file's name as git writes it: between quotes where it has such characters as a line feed."""
    plain = os.fsencode(name)
    if not re.search(rb'[\x00-\x1f"\\\x7f]', plain):
        return plain
    return b'"' + re.sub(rb'[\x00-\x1f"\\\x7f]', lambda found: b"\\%03o" % found[0][0], plain) + b'"'
