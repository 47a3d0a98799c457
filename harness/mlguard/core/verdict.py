"""A Verdict: one Finding per Observation, the overall outcome, and the first stage that moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mlguard.core.record import Role, stage_rank
from mlguard.core.run_name import MAIN, RunName


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


@dataclass(frozen=True)
class Moved:
    """One element that moved: the worst ones are shown."""

    place: str
    """The row's name, or the index."""
    golden: object
    """The element in the golden; None where it was missing."""
    new: object
    """The element in this run."""


@dataclass(frozen=True)
class Finding:
    """What comparing one Observation gave."""

    run: RunName
    """The run that it belongs to."""
    stage: str
    """The stage that it belongs to."""
    observation: str
    """Its name."""
    outcome: Outcome
    """`match` where the close lane holds."""
    message: str
    """One sentence."""
    role: Role
    """The Observation's role; only gating Findings decide."""
    gates: bool
    """Whether this Finding takes part in the outcome."""
    exact: bool = True
    """The exact lane: bitwise equal."""
    max_abs: float | None = None
    """Largest absolute difference; None where values are no numbers."""
    max_scaled: float | None = None
    """The same per unit of the golden's scale."""
    limit: float | None = None
    """The largest absolute difference that passes."""
    moved: int = 0
    """Number of elements beyond the limit."""
    total: int = 0
    """Number of elements compared."""
    worst: tuple[Moved, ...] = ()
    """The elements that moved most, worst first."""
    signed: float | None = None
    """Mean of new minus golden over numeric elements: the direction of the shift."""
    rows: tuple[str, ...] = ()
    """Names of all rows with a moved element."""
    beyond_noise: bool = False
    """Whether the move passed only thanks to the floor."""
    tie: bool = False
    """Whether it passed because the scores were tied within the tolerance."""
    told: tuple[str, ...] = ()
    """What else is known of the move, in words: what the moved rows have in common, which rows carry a metric."""

    @property
    def rank(self) -> tuple[int, int]:
        """Its place in the order of explanation: by run, and by stage inside a run."""
        return (self.run.rank, stage_rank(self.stage))


@dataclass(frozen=True)
class Verdict:
    """What came of one guard."""

    guard: str
    """Name of the guard, with its variant."""
    outcome: Outcome
    """The overall outcome."""
    findings: tuple[Finding, ...] = ()
    """One per Observation, in the golden's order, added ones last."""
    first_moved: str | None = None
    """The first stage that moved."""
    first_run: RunName = MAIN
    """The run in which it first moved."""
    causes: tuple[str, ...] = ()
    """Lines about configuration, data, environment and code, most telling first."""
    remarks: tuple[str, ...] = ()
    """Quiet lines: exact moves that pass, contracts that never held, internals that moved."""
    problem: str | None = None
    """What went wrong where nothing could be compared: an error's text, a missing or corrupt golden."""
    traceback: str | None = None
    """The user's own frames, where guarded code raised."""
    slug: str | None = None
    """Names the paragraph of the documentation that explains `problem`."""
    stage: str | None = None
    """The stage that was running when guarded code raised, hung or died."""
    usage: bool = False
    """Whether `problem` is a usage error, which exits with 2."""
    commit: str | None = None
    """Where something moved: the commit with which the golden was accepted, if the repository has it."""
    file: str | None = None
    """The module that declares the guard, below the project's root."""
    seconds: float = field(default=0.0, compare=False)
    """How long it took."""
    costs: Mapping[str, float] = field(default_factory=dict, compare=False)
    """Seconds of its parts: `main`, `contracts`, `probes`, `seed 1`, `config C`, `refit`, `saved bundle`."""

    @property
    def exit_code(self) -> int:
        """What a command answers with for this guard alone."""
        return USAGE_EXIT if self.usage else self.outcome.exit_code

    @property
    def compared(self) -> int:
        """Number of gating Observations that were compared."""
        return sum(1 for finding in self.findings if finding.gates)

    def moves(self) -> tuple[Finding, ...]:
        """The gating Findings that did not match, in the order of explanation."""
        moved = [f for f in self.findings if f.gates and f.outcome is not Outcome.MATCH]
        return tuple(sorted(moved, key=lambda finding: finding.rank))


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """The exit code of a run: usage first, then the worst outcome."""
    if any(verdict.usage for verdict in verdicts):
        return USAGE_EXIT
    return worst(verdict.outcome for verdict in verdicts).exit_code
