"""Describe columns of lists: how long they are, and their elements as if they were one column."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mlguard.core.error import UsageError
from mlguard.tables.logical import LogicalType, logical_type
from mlguard.tools.like.described import Levels, Lists, Whole
from mlguard.tools.like.labels import merged, told_levels
from mlguard.tools.like.numbers import MEASURED, described_numbers, plain
from mlguard.tools.like.privacy import LEAST, OTHER, coarse, knots


def described_lists(name: str, series: pd.Series[Any]) -> Lists:
    """What is told of a column of lists. Lists within lists, and those of mixed elements, are told by length alone."""
    rows = [list(value) for value in series.tolist() if isinstance(value, list | tuple | np.ndarray)]
    lengths = knots(np.array([float(len(row)) for row in rows]), 1.0)
    elements = pd.Series([item for row in rows for item in row if item is not None], dtype=object)
    kind = _kind(elements)
    if kind is None or len(elements) < LEAST:
        return Lists(lengths, ((OTHER, 1.0),))
    if kind.base == "text":
        return Lists(lengths, _shares(name, elements.tolist()))
    drawn, _ = described_numbers(elements, kind, gaps=False)
    if isinstance(drawn, Levels):
        return Lists(lengths, drawn.shares)
    if isinstance(drawn, Whole):
        return Lists(lengths, (), drawn.knots, drawn.step, whole=True)
    return Lists(lengths, (), drawn.knots, drawn.step, drawn.decimals)


def _kind(elements: pd.Series[Any]) -> LogicalType | None:
    try:
        kind = logical_type(elements)
    except UsageError:
        return None
    usable = kind.base == "text" or (kind.base in MEASURED and bool(np.isfinite(plain(elements, kind)).all()))
    return kind if usable else None


def _shares(name: str, elements: list[str]) -> tuple[tuple[str, float], ...]:
    told = told_levels(name, elements, target=False, always=True) or {}
    new = pd.Series(merged(elements, told)).value_counts()
    return tuple((str(label), coarse(count / len(elements))) for label, count in new.items())
