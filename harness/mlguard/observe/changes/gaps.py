"""A missing value, in a column of any kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlguard.observe.changes.column import EVIDENCE, GATING, Cells, Change, Column, replaced


def changes(column: Column) -> Iterator[Change]:
    """A gap decides where the data have some, and in every float column: arithmetic takes NaN without a word.

    What becomes of a date or a key that nobody ever saw missing is no promise of the guarded code's.
    """
    yield Change("missing", missing, GATING if column.name in column.known.gaps or is_float(column) else EVIDENCE)


def is_float(column: Column) -> bool:
    """Whether the column holds one floating-point number per cell."""
    return column.value.data.dtype.kind == "f" and len(column.value.shape) == 1


def missing(cells: Cells, at: Sequence[int]) -> Cells:
    """The column with gaps."""
    return replaced(cells, at, [None] * len(at))
