"""The power of a guard: of the behaviour changes that an audit planted, how many it noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

NORMAL_95 = 1.959963984540054
"""The 97.5 % point of the normal distribution, for intervals that hold in 95 of 100 audits."""


class Fate(StrEnum):
    """What came of one planted change."""

    NOTICED = "noticed"
    MISSED = "missed"
    EQUIVALENT = "equivalent"
    INVALID = "invalid"


@dataclass(frozen=True)
class Planted:
    """One planted change and what came of it."""

    operator: str
    """What was done: `constant scaled`, `comparison boundary`, `row dropped`."""
    kind: str
    """Where: `code`, `configuration` or `data`."""
    file: str
    """The source or configuration file below the project's root, or the dataset's name."""
    line: int
    """Its line, from 1; 0 where there is none."""
    before: str
    """The line as it stands."""
    after: str
    """The line as it was planted; empty where it was removed."""
    fate: Fate
    """Noticed, missed, or not counted."""
    stage: str | None = None
    """Where it was noticed first; None unless noticed."""
    how: str = ""
    """In a few words: the Observation that moved first, what was raised, or why it is not counted."""
    remedies: tuple[str, ...] = ()
    """What would catch it; empty unless missed."""
    seconds: float = 0.0
    """How long the guard took to answer."""


@dataclass(frozen=True)
class Power:
    """How many of the planted changes were noticed; equivalent and invalid ones are not counted."""

    noticed: int = 0
    """Changes that the guard noticed."""
    missed: int = 0
    """Changes that alter behaviour on larger data, and that the guard did not notice."""

    @property
    def share(self) -> float | None:
        """Noticed per counted change, from 0 to 1; None where nothing was counted."""
        counted = self.noticed + self.missed
        return self.noticed / counted if counted else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share: Wilson's score interval (1927), which holds for small counts and near 1."""
        counted = self.noticed + self.missed
        if not counted:
            return (0.0, 1.0)
        share, z2 = self.noticed / counted, NORMAL_95**2
        middle = (share + z2 / (2 * counted)) / (1 + z2 / counted)
        half = NORMAL_95 / (1 + z2 / counted) * sqrt(share * (1 - share) / counted + z2 / (4 * counted**2))
        # Round-off must not push the limits past the share itself where all or nothing was noticed.
        return (min(max(0.0, middle - half), share), max(min(1.0, middle + half), share))


@dataclass(frozen=True)
class Audit:
    """What auditing one guard gave."""

    guard: str
    """Name of the guard, with its variant."""
    planted: tuple[Planted, ...] = ()
    """Every change that was tried to its end, in the order in which they were planted."""
    possible: int = 0
    """How many different changes could have been planted."""
    budget: str = ""
    """What limited it, in words: `60 s`, `25 changes`."""
    when: str = ""
    """UTC time at which it ended, ISO 8601."""
    seconds: float = 0.0
    """How long it took."""
    interrupted: bool = False
    """Whether somebody stopped it."""
    remarks: tuple[str, ...] = ()
    """Quiet lines: what limits the answer."""
    problem: str | None = None
    """Why there is no answer: the guard does not hold unchanged, cannot fail, or could not be run."""
    slug: str | None = None
    """Names the paragraph of the documentation that explains `problem`."""
    failed: int = 0
    """The exit code of the problem; 0 without one."""
    traceback: str = ""
    """Where the problem came up, as a traceback shows it; empty where nothing raised."""

    def of(self, fate: Fate) -> tuple[Planted, ...]:
        """The planted changes that came to this."""
        return tuple(one for one in self.planted if one.fate is fate)

    @property
    def power(self) -> Power:
        """Over all planted changes."""
        return power_of(self.planted)

    @property
    def survivors(self) -> tuple[Planted, ...]:
        """The changes that were missed."""
        return self.of(Fate.MISSED)

    def by_operator(self) -> dict[str, Power]:
        """The power against each operator, in alphabetical order."""
        return _grouped(self.planted, lambda one: one.operator)

    def by_stage(self) -> dict[str, int]:
        """How many changes were first noticed in each stage."""
        stages = [one.stage or "" for one in self.planted if one.fate is Fate.NOTICED]
        return {stage: stages.count(stage) for stage in dict.fromkeys(stages)}


@dataclass(frozen=True)
class Shrunk:
    """How many rows a guard needs to notice what it notices."""

    guard: str
    """Name of the guard, with its variant."""
    dataset: str
    """Its dataset."""
    rows: int
    """The fewest rows on which the power was kept."""
    own: int
    """How many rows its generator makes unless it is asked."""
    steps: tuple[tuple[int, Power | None], ...]
    """Every number of rows that was tried, in that order, with the power there; None where the guard cannot run on so
    few. The first is the generator's own."""


def power_of(planted: Iterable[Planted]) -> Power:
    """The power over these changes."""
    fates = [one.fate for one in planted]
    return Power(fates.count(Fate.NOTICED), fates.count(Fate.MISSED))


def _grouped(planted: tuple[Planted, ...], key: Callable[[Planted], str]) -> dict[str, Power]:
    groups: Mapping[str, list[Planted]] = {name: [] for name in sorted({key(one) for one in planted})}
    for one in planted:
        groups[key(one)].append(one)
    return {name: power_of(members) for name, members in groups.items()}
