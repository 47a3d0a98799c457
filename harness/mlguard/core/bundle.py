"""What a check found, kept with a bundle: a folder that holds all that prediction needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class MetricSeen:
    """A metric of a guard's main run."""

    golden: float | None = None
    """In the golden; None where it has none, or none that is finite."""
    now: float | None = None
    """In the run; None where it was lost, or is not finite."""
    limit: float = 0.0
    """How far it may move from the golden."""

    @property
    def has_moved(self) -> bool:
        """Whether it is not the golden's."""
        if self.golden is None or self.now is None:
            return self.golden is not self.now
        return abs(self.now - self.golden) > self.limit

    def move(self, to: MetricSeen) -> float | None:
        """How far the metric of another run lies from this one's; None where nobody knows."""
        return None if self.now is None or to.now is None else to.now - self.now


@dataclass(frozen=True)
class ApprovalSeen:
    """An approval in the log of a golden."""

    when: str
    """UTC time, ISO 8601."""
    intent: str = ""
    """What was meant to change; empty where nobody said."""


@dataclass(frozen=True)
class GuardSeen:
    """What came of one guard."""

    name: str
    """The guard, with its variant."""
    outcome: str
    """One word of `core.outcome`."""
    compared: int = 0
    """Number of Observations that decide and were compared."""
    first_moved: str | None = None
    """The first stage that moved."""
    golden: str | None = None
    """The version of the golden that it was compared with; None where there was none."""
    approvals: tuple[ApprovalSeen, ...] = ()
    """The log of that golden, newest first."""
    metrics: Mapping[str, MetricSeen] = field(default_factory=dict)
    """Its metrics."""


@dataclass(frozen=True)
class Libraries:
    """The Python and the third-party distributions of a run."""

    python: str
    """Version of Python."""
    packages: Mapping[str, str] = field(default_factory=dict)
    """Versions of the distributions that guarded code used, by lower-case name."""


@dataclass(frozen=True)
class BundleCheck:
    """What a check found when it was kept with a bundle."""

    files: Mapping[str, str]
    """SHA-256 of each file of the bundle, by its path in it."""
    guards: tuple[GuardSeen, ...]
    """What came of each guard that was selected, and of each golden without a guard."""
    environment: Libraries
    """What they ran with."""
    commit: str | None = None
    """The commit that was checked out; None without git."""
    clean: bool | None = None
    """Whether all code that ran is in that commit; None without git."""
    mlguard: str = ""
    """The version of mlguard that checked."""

    def guard(self, name: str) -> GuardSeen | None:
        """What came of a guard; None where it was not selected."""
        return next((guard for guard in self.guards if guard.name == name), None)
