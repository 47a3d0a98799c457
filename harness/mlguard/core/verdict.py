"""A Verdict: one Finding per Observation, the overall outcome, and the first stage that moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mlguard.core.cause import Cause, ChangeOf
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import USAGE_EXIT, Outcome, worst
from mlguard.core.run_name import MAIN, RunName


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
    causes: tuple[Cause, ...] = ()
    """What is known of why it moved, most telling first."""
    changed: tuple[ChangeOf, ...] = ()
    """Where something moved: what is another than for the golden and can have moved it; a single word where one is."""
    remarks: tuple[str, ...] = ()
    """Quiet lines of the run: a default split, a run that was dropped."""
    against: str = "the golden"
    """What the Record is called that the run was compared with."""
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
    blames_code: bool = True
    """Whether `problem` may be the fault of guarded code; not where this machine or mlguard itself failed."""
    commit: str | None = None
    """Where something moved: the commit with which the golden was accepted, if the repository has it."""
    file: str | None = None
    """The module that declares the guard, below the project's root."""
    seconds: float = field(default=0.0, compare=False)
    """How long it took."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Where results come from, by stage or by their own name, such as the cell of a notebook; empty for functions."""
    unchanged: str | None = None
    """When it last matched (ISO, in UTC), where it was not run because nothing has changed since."""
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

    @property
    def only_gates(self) -> bool:
        """Whether nothing moved, and a gate on a metric fails all the same, which no golden changes."""
        moves = self.moves()
        return self.problem is None and bool(moves) and all(f.kind is Kind.GATE_MISSED for f in moves)

    @property
    def only_new(self) -> bool:
        """Whether all that was compared matches, and something has no golden yet."""
        moves = self.moves()
        return self.problem is None and bool(moves) and all(f.kind is Kind.NEW for f in moves)

    @property
    def raises(self) -> bool:
        """Whether code that was run raised, which an edit may have brought about."""
        return self.outcome is Outcome.ERROR and not self.usage and self.traceback is not None

    def place(self, finding: Finding) -> str:
        """Where the value of a Finding comes from; empty where nobody says."""
        return self.places.get(finding.observation.partition(".")[0]) or self.places.get(finding.stage, "")

    def moves(self) -> tuple[Finding, ...]:
        """The gating Findings that did not match, in the order of explanation."""
        moved = [f for f in self.findings if f.gates and f.outcome is not Outcome.MATCH]
        return tuple(sorted(moved, key=lambda finding: finding.rank))


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """The exit code of a run: usage first, then the worst outcome."""
    if any(verdict.usage for verdict in verdicts):
        return USAGE_EXIT
    return worst(verdict.outcome for verdict in verdicts).exit_code
