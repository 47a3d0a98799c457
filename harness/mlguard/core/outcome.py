"""Outcomes: what came of a guard, in one word, and the exit code that says it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Outcome(StrEnum):
    """What came of a guard, one word each; the order is the precedence, worst first."""

    ERROR = "error"
    SHIFTED = "shifted"
    VIOLATED = "violated"
    CORRUPT = "corrupt"
    MISSING = "missing"
    STALE = "stale"
    UNSTABLE = "unstable"
    DATASET_CHANGED = "dataset-changed"
    ENVIRONMENT_CHANGED = "environment-changed"
    MATCH = "match"

    @property
    def exit_code(self) -> int:
        """What a command answers with."""
        return _EXIT[self]

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Outcome).index(self)


_EXIT = {
    Outcome.ERROR: 5,
    Outcome.SHIFTED: 1,
    Outcome.VIOLATED: 1,
    Outcome.CORRUPT: 3,
    Outcome.MISSING: 3,
    Outcome.STALE: 3,
    Outcome.UNSTABLE: 4,
    Outcome.DATASET_CHANGED: 4,
    Outcome.ENVIRONMENT_CHANGED: 4,
    Outcome.MATCH: 0,
}

USAGE_EXIT = 2
"""The exit code of usage and configuration errors, which comes before all others."""


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome that decides; `missing` where there is none, since nothing compared is never a pass."""
    return min(outcomes, key=lambda outcome: outcome.rank, default=Outcome.MISSING)
