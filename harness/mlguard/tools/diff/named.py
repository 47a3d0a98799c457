"""An Edit as a report shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlguard.report.edits import NamedEdit
from mlguard.tools.diff.swap import Swap
from mlguard.tools.edits import Edit, Needs

LONGEST_HUNK = 24
"""Lines of an edit that are shown."""


def named(edit: Edit, swap: Swap, needs: Needs, moves: Sequence[str]) -> NamedEdit:
    """The edit with its hunk, and those that it brings with it; `moves` is what it moves or brings back."""
    helpers = needs.applying([edit]).difference(needs.candidates())
    brought = [other for other in needs.edits if other in helpers and other is not edit]
    return NamedEdit(
        edit.name,
        str(edit.kind),
        swap.shown(edit.file),
        edit.line,
        edit.told,
        "\n".join(_cut([line for one in (edit, *brought) for line in one.hunk])),
        tuple(map(swap.edits.called, brought)),
        tuple(moves),
    )


def _cut(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:LONGEST_HUNK]
    if len(lines) > LONGEST_HUNK:
        yield f"… and {len(lines) - LONGEST_HUNK} more lines"
