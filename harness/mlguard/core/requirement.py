"""Requirements: absolute gates on metrics, beside the golden."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Requirement:
    """An absolute gate on one metric, such as `accuracy >= 0.8`."""

    metric: str
    """Name of the metric, as `evaluate` returns it."""
    comparison: str
    """One of `>=`, `>`, `<=`, `<`."""
    bound: float
    """The number that the metric is held against."""

    def holds(self, value: float) -> bool:
        """Whether the metric's value passes; NaN never does."""
        return _COMPARISONS[self.comparison](value, self.bound)

    def __str__(self) -> str:
        return f"{self.metric} {self.comparison} {self.bound!r}"


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_REQUIREMENT = re.compile(r"\s*(>=|<=|>|<)\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*")


def parse_requirements(require: Mapping[str, str]) -> tuple[Requirement, ...]:
    """The absolute gates that a `require` mapping declares; what cannot be read is among its `problems`."""
    parsed = ((metric, _REQUIREMENT.fullmatch(text)) for metric, text in require.items())
    return tuple(Requirement(metric, match[1], float(match[2])) for metric, match in parsed if match)


def requirement_problems(require: object) -> Iterator[str]:
    """What is wrong with a `require` mapping."""
    if not isinstance(require, Mapping):
        yield '`require` must be a mapping, such as {"accuracy": ">= 0.8"}'
        return
    for metric, text in require.items():
        if not isinstance(text, str) or not _REQUIREMENT.fullmatch(text):
            yield f'`require` for {metric!r} must read like ">= 0.8", not {text!r}'
