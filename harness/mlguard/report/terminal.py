"""Draw verdicts for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from mlguard.core.outcome import Outcome
from mlguard.core.verdict import Verdict
from mlguard.core.visible import one_line
from mlguard.report.quiet import remarks
from mlguard.report.wording import cost_line, explanation, headline, left_out, summary


def draw(verdict: Verdict) -> str:
    """One guard: a line for a match, everything for anything else."""
    if verdict.outcome is Outcome.MATCH:
        lines = [headline(verdict), *(f"  {one_line(remark)}" for remark in remarks(verdict))]
        return "\n".join(lines)
    first, *rest = explanation(verdict)
    return "\n".join([first, *(f"  {line}".rstrip() for line in rest)])


def draw_all(verdicts: Sequence[Verdict], *, costs: bool = False, not_run: Sequence[str] = ()) -> str:
    """All guards, the matching ones first so that a failure stands where the reader looks: at the end.

    `not_run` are guards that did not begin after another one failed.
    """
    ordered = sorted(verdicts, key=lambda v: -v.outcome.rank)
    spent = ["", *map(cost_line, verdicts)] if costs else []
    return "\n".join([*(draw(verdict) for verdict in ordered), *spent, "", *left_out(not_run), summary(verdicts)])
