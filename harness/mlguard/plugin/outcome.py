"""What one item says, given its guard's Verdict: the first moved stage explains, later ones point to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlguard.core.outcome import Outcome
from mlguard.core.record import stage_rank
from mlguard.core.verdict import Verdict
from mlguard.report.wording import explanation, headline

PASSED, SKIPPED, FAILED, EXPECTED = "passed", "skipped", "failed", "expected"
"""What becomes of an item: the last is a failure that the project's settings call an expected one."""


@dataclass(frozen=True)
class Said:
    """What one item says."""

    kind: str
    """`passed`, `skipped`, `failed` or `expected`."""
    text: str = ""
    """Why, in full; empty for a pass."""
    summary: str = ""
    """Why, in one line."""


def say(verdict: Verdict, stage: str, stages: Sequence[str], selected: Sequence[str], *, environments: str) -> Said:
    """What the item of one stage says.

    `stages` are all stages that the guard has items for, `selected` those that take part in this session, both in
    the order of explanation; `environments` is the project's setting.
    """
    if verdict.unchanged is not None:
        return Said(SKIPPED, headline(verdict), headline(verdict))
    failing = failing_stages(verdict, stages)
    if stage not in failing:
        return Said(PASSED) if _looked_at(verdict, stage) else _not_run(verdict, stage)
    carrier = _carrier(verdict, [name for name in selected if name in failing] or [stage])
    text = "\n".join(explanation(verdict)) if stage == carrier else f"{headline(verdict)}; explained at {carrier}"
    expected = verdict.outcome is Outcome.ENVIRONMENT_CHANGED and environments == "any"
    return Said(EXPECTED if expected else FAILED, text, headline(verdict))


def failing_stages(verdict: Verdict, stages: Sequence[str]) -> tuple[str, ...]:
    """The stages whose items fail: all from the first moved one on; every one where nothing was compared."""
    if verdict.outcome is Outcome.MATCH and verdict.compared:
        return ()
    if verdict.problem is not None or verdict.first_moved is None:
        return tuple(stages)
    moved = {finding.stage for finding in verdict.moves()}
    first = stage_rank(verdict.first_moved)
    found = tuple(stage for stage in stages if stage in moved or stage_rank(stage) >= first)
    # What moved may belong to a stage that has no item, such as one that only this run noted.
    return found or (stages[-1],)


def _carrier(verdict: Verdict, failing: Sequence[str]) -> str:
    """The item with the full explanation: the first moved stage's, else the first that fails."""
    wanted = verdict.first_moved or verdict.stage
    return wanted if wanted is not None and wanted in failing else failing[0]


def _looked_at(verdict: Verdict, stage: str) -> bool:
    return any(finding.stage == stage for finding in verdict.findings)


def _not_run(verdict: Verdict, stage: str) -> Said:
    """Nothing of this stage was compared: that is no pass, and no failure either."""
    told = f"not run: nothing of stage {stage} was compared"
    return Said(SKIPPED, told, f"{verdict.guard}: {told}")
