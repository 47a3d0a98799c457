"""Columns of truths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlguard.observe.changes.column import Cells, Change, Column, replaced


def changes(column: Column) -> Iterator[Change]:
    """The opposite truth."""
    if column.value.dtype == "bool":
        yield Change("flipped", _flipped)


def _flipped(cells: Cells, at: Sequence[int]) -> Cells:
    return replaced(cells, at, [not cells.iloc[i] for i in at])
