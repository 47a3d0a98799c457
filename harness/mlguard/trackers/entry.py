"""What is logged of one guard: plain texts and numbers, which no library of a tracking server made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Facts:
    """What a tracking server is told of a Record."""

    params: Mapping[str, str] = field(default_factory=dict)
    """The effective configuration, by dotted key."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """The metrics of the main run by name, and those of other seeds as `seed 1/auc`."""
    dataset: str = ""
    """Name and content digest of the Dataset; empty without one."""
    golden: str = ""
    """The version of the golden that it was compared with, or became; empty without one."""
    variables: tuple[str, ...] = ()
    """Names of the environment variables that the code read."""
    left_out: str = ""
    """What was not run, on purpose, as in a quick check."""


@dataclass(frozen=True)
class Entry:
    """One run on a tracking server."""

    name: str
    """The guard's name."""
    tags: Mapping[str, str]
    """Everything that is searched for and no number."""
    params: Mapping[str, str]
    """The effective configuration."""
    metrics: Mapping[str, float]
    """The metrics."""
    seconds: float
    """How long the guard took."""
    failed: bool
    """Whether it counts as a run that failed."""
    page: str
    """The HTML page of the guard."""
