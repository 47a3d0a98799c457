"""What may be told of a real column: frequent labels, coarse quantiles, shares; never a row, a name or a rare value."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import count
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", bound=float)

LEAST = 20
"""Elements below which a description would be one of single rows, and not of a distribution."""
GROUP = 10
"""Rows that share a label at least, before it may be told."""
SHARE = 0.05
"""Share of the rows that have a text label at least, before it may be told as it is spelled."""
STRUCTURE = 0.01
"""Share of the rows that a label has at least, before it stays a level of its own, under an invented name."""
EXTREMES = 5
"""Rows at each end of a number's range that tell nothing."""
OTHER = "other"
"""The level of all labels that are too rare."""

_MOST_KNOTS = 21
_PERSONAL_COLUMN = re.compile(
    r"(^|_)(name|first_?name|last_?name|surname|person|author|customer|client|patient|doctor|physician|employee|"
    r"manager|seller|contact|owner|teacher|student|e?mail|phone|address|street|ssn|iban)s?$",
    re.IGNORECASE,
)
_PERSONAL_LABEL = re.compile(
    r"@|\d{4,}|://|\+\d|"  # An address, a number of somebody or something, a link, a telephone.
    r"^(Dr|Mr|Mrs|Ms|Prof|Herr|Frau)\b|"
    r"^[^\W\d_a-z][\w'\-]+(,? [^\W\d_a-z]\.?[\w'\-]*)+$"  # Words that all begin with a capital letter.
)
_NUMERAL = re.compile(r"[^\W\d_]")


def is_personal(column: str, label: str) -> bool:
    """Whether a label may be somebody's name or address, going by its form and by what the column is called."""
    named = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column)
    if _PERSONAL_COLUMN.search(named):
        return True
    return bool(_PERSONAL_LABEL.search(label)) and bool(_NUMERAL.search(label) or len(label) > 4)


def told_labels(column: str, labels: Sequence[str], *, every: bool = False) -> dict[str, str | None]:
    """What each label is called in the script: itself, an invented name, or None where it is too rare.

    `every`: the labels are a target's, which its owner named; then the share of the rows decides nothing.
    """
    told: dict[str, str | None] = {}
    invented = (f"{column}_{number}" for number in count(1) if f"{column}_{number}" not in labels)
    for label, rows in sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0])):
        share = rows / len(labels)
        if rows < GROUP or (share < STRUCTURE and not every):
            told[label] = None
        elif (share < SHARE and not every) or not label.isprintable() or len(label) > 40 or is_personal(column, label):
            told[label] = next(invented)
        else:
            told[label] = label
    return told


def told_values(values: Sequence[Hashable]) -> list[Hashable]:
    """The values that enough rows share."""
    counted = Counter(values)
    return [value for value, rows in counted.items() if rows >= GROUP and rows >= 0.005 * len(values)]


def knots(values: npt.NDArray[np.float64], step: float) -> tuple[float, ...]:
    """Values at evenly spaced shares of the rows, each the mean of several rows and rounded.

    The outermost `EXTREMES` rows of each end, or one in a hundred, are told nowhere: they count as much as their
    neighbours' mean. Values are rounded to `step` at least, and to about a two-hundredth of their range; the first one
    upwards and the last one downwards, so that all stay within the range.
    """
    ordered = _without_extremes(np.sort(values))
    # Doubles near the largest would overflow when they are added.
    scale = max(1.0, float(np.abs(ordered).max()) / 1e150)
    low, high = float(ordered[0]), float(ordered[-1])
    means = [min(max(mean * scale, low), high) for mean in _means(ordered / scale)]
    unit = _unit(min(means[-1] / scale - means[0] / scale, 1e150) * scale, step)
    first, last = _rounded(means[0], unit, math.ceil), _rounded(means[-1], unit, math.floor)
    return _between(first, [_rounded(mean, unit, round) for mean in means[1:-1]], last)


def whole_knots(values: Sequence[int], step: int) -> tuple[int, ...]:
    """What `knots` tells, of whole numbers of any size that are multiples of a step: exactly, and as such multiples."""
    counts = [value // step for value in values]
    low, high = min(counts), max(counts)
    means = _means(_without_extremes(np.sort(np.array([float(count - low) for count in counts]))))
    unit = int(_unit(means[-1] - means[0], 1.0))
    first = -(-(low + math.ceil(means[0])) // unit) * unit
    last = min(low + math.floor(means[-1]), high) // unit * unit
    inner = [(low + round(mean) + unit // 2) // unit * unit for mean in means[1:-1]]
    return tuple(knot * step for knot in _between(first, inner, last))


def coarse(share: float) -> float:
    """A share as it is told: in hundredths, and never nothing."""
    return max(0.01, round(share, 2))


def _without_extremes(ordered: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The values with those of each end replaced by the mean of as many that follow."""
    cut = max(EXTREMES, math.ceil(len(ordered) / 100))
    low, high = ordered[cut : 2 * cut], ordered[-2 * cut : -cut]
    kept = ordered.copy()
    kept[:cut] = np.mean(low / len(low)) * len(low)
    kept[-cut:] = np.mean(high / len(high)) * len(high)
    return kept


def _means(ordered: npt.NDArray[np.float64]) -> list[float]:
    """The means of several neighbours at evenly spaced places."""
    number = min(_MOST_KNOTS, max(3, len(ordered) // GROUP))
    half = max(len(ordered) / (number - 1) / 2.0, EXTREMES / 2.0)
    return [_mean(ordered, share * (len(ordered) - 1), half) for share in np.linspace(0.0, 1.0, number)]


def _mean(ordered: npt.NDArray[np.float64], place: float, half: float) -> float:
    low, high = max(0, math.floor(place - half)), min(len(ordered), math.ceil(place + half) + 1)
    return float(np.mean(ordered[low:high]))


def _unit(spread: float, step: float) -> float:
    part = spread / 200.0
    return max(step, 10.0 ** math.floor(math.log10(part))) if part > 0.0 else step


def _rounded(value: float, unit: float, how: Callable[[float], int]) -> float:
    places = value / unit if unit > 0.0 else math.inf
    if abs(places) >= 1e15:
        return float(f"{value:.12g}")
    # A quotient that is a whole number but for round-off counts as one.
    near = round(places)
    whole = (near if abs(places - near) <= 1e-9 * max(1.0, abs(places)) else how(places)) * unit
    decimals = max(0, -math.floor(math.log10(unit)))
    return round(whole, decimals) if decimals < 300 else whole


def _between(first: Number, inner: Sequence[Number], last: Number) -> tuple[Number, ...]:
    """Knots in their order; where rounding has crossed the ends, both still lie within the range."""
    low, high = min(first, last), max(first, last)
    return (low, *(min(max(knot, low), high) for knot in inner), high)
