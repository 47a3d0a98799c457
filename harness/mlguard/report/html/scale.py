"""Numbers -> places along an axis, and the numbers that are written beside it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_TICKS = 5
"""Numbers beside an axis at most."""

LEAST = 1e-6
"""Smallest width of an axis, as a share of its numbers: what differs by less is one point to the eye."""

LARGEST = 1.7e308
"""Where an axis ends, whatever lies beyond."""


@dataclass(frozen=True)
class Scale:
    """An axis: which numbers lie between which two places of the picture."""

    low: float
    """The smallest number."""
    high: float
    """The largest number, above the smallest."""
    start: float
    """Where the smallest stands, in pixels."""
    end: float
    """Where the largest stands."""
    log: bool = False
    """Whether equal factors are equally far apart."""

    def place(self, number: float) -> float:
        """Where a number stands; one beyond an end stands at it."""
        low, high, at = (math.log10(n) if self.log else n / 2 for n in (self.low, self.high, self._inside(number)))
        return self.start + (self.end - self.start) * ((at - low) / (high - low))

    def ticks(self) -> list[float]:
        """Round numbers between both ends."""
        return _powers(self.low, self.high) if self.log else _round(self.low, self.high)

    def _inside(self, number: float) -> float:
        return min(max(number, self.low), self.high)


def linear(numbers: Iterable[float], start: float, end: float) -> Scale:
    """A scale that has room for these numbers; those that are not finite need none."""
    finite = [float(number) for number in numbers if math.isfinite(number)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    edge = max((high / 2 - low / 2) * 0.1, max(abs(low), abs(high)) * LEAST, 1e-300)
    return Scale(max(low - edge, -LARGEST), min(high + edge, LARGEST), start, end)


def powers(numbers: Iterable[float], start: float, end: float) -> Scale:
    """A scale of powers of ten that has room for these numbers; zero and less stand at its low end."""
    positive = [math.log10(number) for number in numbers if 0 < number < math.inf] or [0.0]
    low, high = (min(max(exponent, -300), 300) for exponent in (math.floor(min(positive)), math.ceil(max(positive))))
    return Scale(10.0**low, 10.0 ** max(high, low + 1), start, end, log=True)


def shortly(ticks: Sequence[float]) -> list[str]:
    """The numbers beside an axis, all with as few digits as tell them apart, and as people write usual numbers."""
    for digits in range(2, 17):
        told = [f"{tick:.{digits}g}" for tick in ticks]
        exact = all(abs(float(text) - tick) <= 1e-9 * abs(tick) for text, tick in zip(told, ticks, strict=True))
        usual = not any("e" in text and 1e-4 <= abs(tick) < 1e5 for text, tick in zip(told, ticks, strict=True))
        if exact and usual and len(set(told)) == len(ticks):
            return [re.sub(r"e([-+])0*", lambda found: f"e{found[1]}".rstrip("+"), text) for text in told]
    return [f"{tick:.6g}" for tick in ticks]


def _round(low: float, high: float) -> list[float]:
    raw = (high / MOST_TICKS - low / MOST_TICKS) or 1e-300
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if power * factor >= raw)
    first = math.ceil(low / step)
    found = [(first + i) * step for i in range(MOST_TICKS + 1)]
    return [tick + 0.0 for tick in found if low <= tick <= high and math.isfinite(tick)]


def _powers(low: float, high: float) -> list[float]:
    first, last = round(math.log10(low)), round(math.log10(high))
    step = max(1, math.ceil((last - first) / MOST_TICKS))
    return [10.0**exponent for exponent in range(first, last + 1, step)]
