"""What every kind of column shares: what is known of a column, what one change of it is, and how cells are replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlguard.core.value import Value
from mlguard.observe.leaf import to_value

GATING, EVIDENCE, STATUS_ONLY = "probes", "evidence", "magnitudes"
"""Parts of the probes: values gate where the golden's are defined; nothing gates; being answered and finite gates."""

WITHOUT = "test"
"""The part of what is predicted for the test rows after a training without some levels; it decides like probes."""

Cells = Any
"""A pandas Series."""

Apply = Callable[[Cells, Sequence[int]], Cells]
"""Gives the cells with those at some positions changed."""


@dataclass(frozen=True)
class Known:
    """What is known about the columns from the Dataset: over all data seeds where they were made."""

    gaps: frozenset[str]
    """Columns that have a missing value in some data seed."""
    thresholds: dict[str, float]
    """Declared thresholds by column; the empty name stands for every float column."""


@dataclass(frozen=True)
class Column:
    """One column of the rows that are changed, with all its known cells."""

    name: str
    """Its name, as text."""
    cells: Cells
    """The cells of all rows whose ranges count, not only of those that are changed."""
    value: Value
    """The same cells as they are compared."""
    known: Known
    """What the Dataset tells about it."""

    @classmethod
    def of(cls, name: str, cells: Cells, known: Known) -> Column:
        """A column of a table."""
        return cls(name, cells, to_value(cells), known)


@dataclass(frozen=True)
class Change:
    """One way to change some cells of a column."""

    label: str
    """What is done, in the words that begin the names of the rows: `minimum`, `other case`."""
    apply: Apply
    """How it is done; raises ValueError, TypeError or OverflowError where the column's type cannot hold the result."""
    part: str = GATING
    """One of `probes`, `evidence`, `magnitudes`."""
    joined: bool = False
    """Whether `predict` may be given these rows together with others. Those that are not were recorded one by one."""


Kind = Callable[[Column], Iterator[Change]]
"""What each file of this room offers: the changes that make sense for a column, none where it is of another kind."""


def constant(value: Any) -> Apply:
    """The same value in every changed cell."""
    return lambda cells, at: replaced(cells, at, [value] * len(at))


def replaced(cells: Cells, at: Sequence[int], values: list[Any]) -> Cells:
    """The column with some cells replaced; its dtype is kept where it can hold them."""
    items = list(cells)
    for position, value in zip(at, values, strict=True):
        items[position] = value
    if str(cells.dtype) == "category":
        added = [v for v in dict.fromkeys(values) if v is not None and v not in cells.cat.categories]
        return type(cells)(items, index=cells.index, dtype=cells.cat.add_categories(added).dtype)
    if None in values and cells.dtype.kind in "iub" and str(cells.dtype).islower():
        # What pandas itself makes of whole numbers with a gap: floats.
        return type(cells)([np.nan if v is None else float(v) for v in items], index=cells.index)
    return type(cells)(items, index=cells.index, dtype=cells.dtype)
