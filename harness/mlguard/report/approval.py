"""What accepting a Record changes, in the lines that its golden keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlguard.core.contract import never_held
from mlguard.core.finding import Finding
from mlguard.core.intent import Unmet
from mlguard.core.loose import without_effect
from mlguard.core.outcome import Outcome
from mlguard.core.question import new_questions
from mlguard.core.record import GATE, PROBE, Record, stage_rank
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import Numbers, Tolerances
from mlguard.report.loose import SHOWN, without_effect_in_short
from mlguard.report.numbers import few, pair, shown
from mlguard.report.sentence import say

LINES = 12
"""Summary lines of one approval; a golden is reviewed as a whole, its log is read by people."""


def changes(golden: Record, record: Record, tolerances: Tolerances, findings: Sequence[Finding]) -> Iterator[str]:
    """What the next golden changes: what moved, what is newly asked, and the rules."""
    yield from shifts(findings)
    yield from (f"new in this version: {question}" for question in new_questions(golden, record))
    yield from _rules(golden, tolerances)


def first(record: Record) -> Iterator[str]:
    """What a first golden holds, and which contracts and configuration keys it does not guard.

    `record` has the tolerances of the golden, which judge its contracts.
    """
    metrics = [o for o in record if o.run == MAIN and o.stage == "evaluate" and o.role == GATE and o.value.is_numeric]
    yield f"first golden: {len(record.observations)} observations"
    for observation in metrics[: LINES - 3]:
        if not observation.value.shape:
            yield f"{observation.name} {shown(observation.value.element(0))}"
    broken = [f"{name} ({judged.way})" for name, judged in never_held(record)]
    if broken:
        yield f"contracts that do not hold: {few(broken, SHOWN)}"
    idle = without_effect(record)
    if idle:
        yield without_effect_in_short(idle)


def shifts(findings: Sequence[Finding]) -> Iterator[str]:
    """Metrics first, with both values; then answers with their mean shift and worst row; then the rest, probes last."""
    moved = [f for f in findings if f.gates and f.outcome is not Outcome.MATCH]
    for finding in sorted(moved, key=_place):
        change = finding.difference
        worst = change.worst[0] if change.worst else None
        if finding.stage == "evaluate" and worst is not None and change.total == 1:
            yield f"{_in_run(finding)}{finding.observation} {pair(worst.golden, worst.new)}"
        elif worst is not None and change.moved:
            signed = "" if change.signed is None else f", {change.signed:+.3g} on average"
            place = f", worst {worst.place}: {pair(worst.golden, worst.new)}"
            yield f"{_in_run(finding)}{finding.observation}: {change.moved} of {change.total} moved{signed}{place}"
        else:
            yield say(finding)


def say_unmet(one: Unmet) -> str:
    """What was meant and did not come true, in words."""
    if one.finding is None:
        return f"{one.metric} is no metric of it" if one.metric else "nothing moved"
    worst = one.finding.difference.worst[:1]
    moved = one.finding.outcome is not Outcome.MATCH
    shown = f"{one.finding.label} {pair(worst[0].golden, worst[0].new)}" if moved and worst else say(one.finding)
    if not one.metric:
        return shown
    return f"{shown}, not {one.wanted}" if moved else f"{one.metric} did not move, not {one.wanted}"


def _place(finding: Finding) -> tuple[int, bool, bool, int]:
    return (finding.run.rank, finding.role == PROBE, finding.stage != "evaluate", stage_rank(finding.stage))


def _in_run(finding: Finding) -> str:
    return "" if finding.run == MAIN else f"{finding.run}: "


def _rules(golden: Record, tolerances: Tolerances) -> Iterator[str]:
    """A changed tolerance is part of the approval."""
    old, new = golden.tolerances, tolerances
    if old.precision != new.precision or old.floor != new.floor:
        yield f"tolerance floor {old.floor} of {old.precision} -> {new.floor} of {new.precision}"
    machines = len(old.environments), len(new.environments)
    if machines[0] != machines[1]:
        yield f"noise measured on {machines[0]} -> {machines[1]} other machines"
    for name in sorted({*old.zeros, *new.zeros}):
        if old.zeros.get(name) != new.zeros.get(name):
            yield f"zero of {name}, up to: {_measured(old.zeros.get(name))} -> {_measured(new.zeros.get(name))}"
    for name in sorted({*old.noise, *new.noise}):
        before, after = old.noise.get(name), new.noise.get(name)
        if before != after:
            yield f"noise of {name}: {_measured(before)} -> {_measured(after)}"


def _measured(noise: Numbers | None) -> str:
    """The largest of the numbers of all columns."""
    largest = max(noise) if isinstance(noise, tuple) else noise
    return "not measured" if largest is None else f"{largest:.2g}"
