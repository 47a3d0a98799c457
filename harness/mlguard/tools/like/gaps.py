"""Find which columns of a table are missing together, in how many of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mlguard.tools.like.privacy import EXTREMES, coarse
from mlguard.tools.like.relations import best_order
from mlguard.tools.like.scores import Floats, normal_scores, ordered_codes

MOST_PATTERNS = 12
"""Sets of columns that are told at most."""

Pattern = tuple[str, ...]


def patterns(frame: pd.DataFrame) -> dict[Pattern, float]:
    """The sets of columns that several rows lack together, with their share of the rows.

    A set that fewer than `EXTREMES` rows share is told as its largest subset that is told, if there is one. What is
    missing in every row is no pattern.
    """
    rows = _rows(frame)
    counts = Counter(pattern for pattern in rows if pattern)
    told = [p for p, count in counts.most_common(MOST_PATTERNS) if count >= EXTREMES]
    merged = Counter(_nearest(pattern, told) for pattern in rows)
    return {pattern: coarse(merged[pattern] / len(rows)) for pattern in told}


def pattern_scores(
    frame: pd.DataFrame, told: Sequence[Pattern], references: Sequence[Floats]
) -> tuple[list[Pattern], Floats]:
    """The patterns and the complete row in the order that goes best with a reference, and each row's score in it."""
    known = {"".join(f"{name}\n" for name in pattern): pattern for pattern in [(), *told]}
    spelled = {pattern: text for text, pattern in known.items()}
    labels = [spelled[_nearest(pattern, told)] for pattern in _rows(frame)]
    order = best_order(labels, list(known), references)
    return [known[text] for text in order], normal_scores(ordered_codes(labels, order))


def _rows(frame: pd.DataFrame) -> list[Pattern]:
    absent = np.column_stack([_absent(frame.iloc[:, at]) for at in range(frame.shape[1])])
    absent[:, absent.all(axis=0)] = False
    names = [str(name) for name in frame.columns]
    distinct, place = np.unique(absent, axis=0, return_inverse=True)
    named = [tuple(name for name, gap in zip(names, row, strict=True) if gap) for row in distinct]
    return [named[at] for at in place.ravel().tolist()]


def _absent(series: pd.Series[Any]) -> npt.NDArray[np.bool_]:
    """Where elements are missing, infinite ones among them, since no quantile tells of them."""
    gaps = series.isna().to_numpy(dtype=bool)
    if getattr(series.dtype, "kind", "") == "f":
        gaps = gaps | np.isinf(series.to_numpy(dtype=np.float64, na_value=0.0))
    return gaps


def _nearest(pattern: Pattern, told: Sequence[Pattern]) -> Pattern:
    if pattern in told:
        return pattern
    inside = [one for one in told if set(one) <= set(pattern)]
    return max(inside, key=lambda one: (len(one), one), default=())
