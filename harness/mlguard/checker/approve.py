"""Turn an accepted Record into the next golden: what did not move keeps its digits, what moved is summarised."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from mlguard.core.difference import difference
from mlguard.core.question import new_questions
from mlguard.core.record import GATE, Approval, Observation, Provenance, Record, stage_rank
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import Tolerances
from mlguard.core.verdict import Finding, Outcome
from mlguard.golden.plain import from_plain, to_plain

LINES = 12
"""Summary lines of one approval; a golden is reviewed as a whole, its log is read by people."""


@dataclass(frozen=True)
class Proposal:
    """What accepting a Record would change."""

    record: Record
    """The golden as it would be, approved."""
    summary: tuple[str, ...]
    """What moves, in words: signed shifts first, then the worst rows."""
    changed: bool
    """Whether anything would be written at all."""


def propose(
    golden: Record | None, record: Record, tolerances: Tolerances, findings: tuple[Finding, ...], approval: Approval
) -> Proposal:
    """The next golden: values that hold within the new tolerances stay as they are, so that no approval churns."""
    observations = tuple(_kept(golden, observation, tolerances) for observation in record)
    summary = tuple(_first(record) if golden is None else _changes(golden, record, tolerances, findings))
    next_golden = replace(record, observations=observations, tolerances=tolerances, approvals=(), older=())
    old = () if golden is None else golden.approvals
    changed = golden is None or not _same(golden, next_golden)
    signed = replace(approval, summary=summary[:LINES])
    return Proposal(replace(next_golden, approvals=(signed, *old) if changed else old), summary, changed)


def _changes(golden: Record, record: Record, tolerances: Tolerances, findings: tuple[Finding, ...]) -> Iterator[str]:
    yield from _shifts(golden, findings)
    yield from (f"new in this version: {question}" for question in new_questions(golden, record))
    yield from _rules(golden, tolerances)


def _kept(golden: Record | None, new: Observation, tolerances: Tolerances) -> Observation:
    old = golden.by_key().get(new.key) if golden is not None else None
    if old is None:
        return new
    same = difference(old.value, new.value, tolerances.rule(new)).close
    return replace(new, value=old.value) if same else new


def _same(golden: Record, new: Record) -> bool:
    """Whether two goldens would be written alike, but for the log of approvals."""
    if [o.key for o in golden] != [o.key for o in new] or golden.tolerances != new.tolerances:
        return False
    if golden.asked != new.asked:
        return False
    if any(difference(a.value, b.value, _EXACT.rule(a)).exact is False for a, b in zip(golden, new, strict=True)):
        return False
    return _facts(golden.provenance) == _facts(new.provenance)


def _facts(provenance: Provenance) -> list[Any]:
    """Provenance as it is read back from a golden."""
    parts = (provenance.dataset, provenance.configuration, provenance.sources, provenance.environment)
    return [from_plain(to_plain(part)) for part in parts]


_EXACT = Tolerances(floor="noise")


def _first(record: Record) -> Iterator[str]:
    """What a first golden holds."""
    metrics = [o for o in record if o.run == MAIN and o.stage == "evaluate" and o.role == GATE and o.value.is_numeric]
    yield f"first golden: {len(record.observations)} observations"
    for observation in metrics[: LINES - 1]:
        if not observation.value.shape:
            yield f"{observation.name} {_number(observation.value.element(0))}"


def _shifts(golden: Record, findings: tuple[Finding, ...]) -> Iterator[str]:
    """Metrics first, with both values; then answers with their mean shift and worst row; then everything else."""
    moved = [f for f in findings if f.gates and f.outcome is not Outcome.MATCH]
    for finding in sorted(moved, key=lambda f: (f.run.rank, f.stage != "evaluate", stage_rank(f.stage))):
        worst = finding.worst[0] if finding.worst else None
        if finding.stage == "evaluate" and worst is not None and finding.total == 1:
            yield f"{_in_run(finding)}{finding.observation} {_number(worst.golden)} -> {_number(worst.new)}"
        elif worst is not None and finding.moved:
            signed = "" if finding.signed is None else f", {finding.signed:+.3g} on average"
            place = f", worst {worst.place}: {_number(worst.golden)} -> {_number(worst.new)}"
            yield f"{_in_run(finding)}{finding.observation}: {finding.moved} of {finding.total} moved{signed}{place}"
        else:
            yield finding.message


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


def _measured(noise: float | None) -> str:
    return "not measured" if noise is None else f"{noise:.2g}"


def _number(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
