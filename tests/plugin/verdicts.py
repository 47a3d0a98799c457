"""Verdicts that the plugin has to tell, made by hand."""

from __future__ import annotations

from mlguard.core.difference import Difference, Moved
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import GATE, INTERNAL, STAGES, stage_rank
from mlguard.core.run_name import MAIN, RunName
from mlguard.core.verdict import Verdict

LIMIT = 1.5e-8


def finding(stage: str, outcome: Outcome = Outcome.MATCH, *, run: RunName = MAIN) -> Finding:
    gates = stage != "train"
    if outcome is Outcome.MATCH:
        return Finding(run, stage, "value", GATE if gates else INTERNAL, Kind.SAME, outcome, gates)
    worst = tuple(Moved(f"row-{index:03}", 0.25, 0.75) for index in range(3))
    moved = Difference(
        exact=False, max_abs=0.5, max_scaled=0.125, limit=LIMIT, moved=3, total=40, worst=worst
    )  # fmt: skip
    return Finding(run, stage, "value", GATE, Kind.MOVED, outcome, gates=True, difference=moved)


def matching(guard: str, stages: tuple[str, ...] = STAGES) -> Verdict:
    return Verdict(guard, Outcome.MATCH, findings=tuple(finding(stage) for stage in stages))


def shifted(guard: str, first: str, outcome: Outcome = Outcome.SHIFTED) -> Verdict:
    """Everything from the first stage on has moved."""
    findings = [finding(s, outcome if stage_rank(s) >= stage_rank(first) else Outcome.MATCH) for s in STAGES]
    return Verdict(guard, outcome, findings=tuple(findings), first_moved=first)


def missing(guard: str) -> Verdict:
    problem = f"guard {guard} has no golden: nothing was compared"
    return Verdict(guard, Outcome.MISSING, problem=problem, slug="golden-missing")


def failed(guard: str, stage: str | None = None) -> Verdict:
    frames = '  File "shop.py", line 3, in train\n    raise ValueError("no rows")\nValueError: no rows'
    return Verdict(guard, Outcome.ERROR, problem="`train` raised ValueError: no rows", traceback=frames, stage=stage)
