"""Put the elements of a column on the scale of a normal distribution, by their ranks alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_NORMAL = NormalDist()


def normal_scores(values: Floats) -> Floats:
    """The expected score of each element, given its rank; equal elements have equal scores, missing ones none.

    The mean of a normal distribution between the quantiles that an element's ties begin and end at. Over all rows the
    mean is 0; the variance is 1 for different elements, and less the fewer values there are.
    """
    present = ~np.isnan(values)
    scores = np.full(len(values), math.nan)
    _, place, counts = np.unique(values[present], return_inverse=True, return_counts=True)
    if len(counts):
        ends = np.concatenate([[0.0], np.cumsum(counts) / counts.sum()])
        heights = np.array([_height(end) for end in ends])
        scores[present] = ((heights[:-1] - heights[1:]) / np.diff(ends))[place]
    return scores


def ordered_codes(labels: Sequence[str | None], order: Sequence[str]) -> Floats:
    """The position of each label in an order; not a number where there is none."""
    position = {label: float(at) for at, label in enumerate(order)}
    return np.array([math.nan if label is None else position[label] for label in labels])


def _height(share: float) -> float:
    """The density of the normal distribution at its quantile."""
    return 0.0 if share <= 0.0 or share >= 1.0 else _NORMAL.pdf(_NORMAL.inv_cdf(share))
