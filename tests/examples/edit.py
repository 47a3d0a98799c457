"""What edits of examples may move, and a Verdict in a few lines."""

from __future__ import annotations

from mlguard.core.outcome import Outcome
from mlguard.core.record import Role
from mlguard.core.verdict import Verdict
from mlguard.report.sentence import say

PROBES = frozenset({Role.PROBE})
"""What may move where an edit changes no answer to rows of the dataset, of no data seed."""
CONTRACTS = frozenset({Role.CONTRACT, Role.CONTRACT_VALUE})
"""What may move where an edit changes no answer at all, to probe rows neither."""


def expected(stage: str | None, only: frozenset[Role] | None) -> Outcome:
    """The outcome of an edit by the first stage that it moves, if any, and the roles of all that moves."""
    if stage is None:
        return Outcome.MATCH
    return Outcome.VIOLATED if only is CONTRACTS else Outcome.SHIFTED


def told(verdict: Verdict) -> str:
    """A Verdict in a few lines."""
    moves = [f"{finding.role}: {say(finding)}" for finding in verdict.moves()[:6]]
    problem = [text for text in (verdict.problem, verdict.traceback) if text]
    return "\n".join([f"{verdict.outcome}, first moved: {verdict.first_moved}", *problem, *moves])
