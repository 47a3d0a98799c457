"""Whether the shapes that comments give are those of the real values, on the tiny datasets of guards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mlguard.core.shape import Passed, ShapeComment
from mlguard.discovery import Declared
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner


def passed_shapes(runner: Runner, guards: Sequence[Declared]) -> list[Passed]:
    """Run guards once each, probes and contracts included, and hold each comment of their code against its value.

    In order of files and lines; a comment whose value was never there has no times. Raises as a run of a guard does.
    """
    found: dict[ShapeComment, Passed] = {}
    for guard in guards:
        for seen in runner.run(guard, extent=Extent.QUICK, bundle=False, shapes=True).shapes:
            # A module may be imported under several spellings of its path.
            comment = replace(seen.comment, file=str(Path(seen.comment.file).resolve()))
            own = replace(seen, comment=comment, guard=guard.ref.name)
            found[comment] = found[comment].with_more(own) if comment in found else own
    return sorted(found.values(), key=lambda seen: (seen.comment.file, seen.comment.line))
