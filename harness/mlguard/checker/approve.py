"""Turn an accepted Record into the next golden: what did not move keeps its digits, what moved is summarised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from mlguard.core.difference import difference
from mlguard.core.error import UsageError
from mlguard.core.finding import Finding
from mlguard.core.intent import Intent, parse_intent, unmet
from mlguard.core.question import IN_FEW_CALLS
from mlguard.core.record import PROBE, Approval, Observation, Provenance, Record, newest_first
from mlguard.core.tolerance import Tolerances
from mlguard.golden.plain import from_plain, to_plain
from mlguard.report.approval import LINES, changes, first, say_unmet
from mlguard.report.numbers import few

SHOWN = 3
"""How many moves are named that were not meant."""


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
    golden: Record | None,
    record: Record,
    tolerances: Tolerances,
    findings: tuple[Finding, ...],
    approval: Approval,
    *,
    lost: Lost | None = None,
) -> Proposal:
    """The next golden: values that hold within the new tolerances stay as they are, so that no approval churns.

    `lost` says what git has besides, where the golden that lies there cannot be read or leaves the log of a merge out.
    Raises UsageError where the intent of the approval is not what moves.
    """
    if approval.intent:
        approval = replace(approval, intent=str(_kept_intent(golden, record, findings, approval.intent, lost)))
    observations = tuple(_kept(golden, observation, tolerances, record.asked) for observation in record)
    next_golden = replace(record, observations=observations, tolerances=tolerances, approvals=(), older=())
    summary = tuple(first(next_golden) if golden is None else changes(golden, record, tolerances, findings))
    old = () if golden is None else golden.approvals
    if lost is not None:
        summary, old = (*lost.told, *summary), newest_first([*lost.approvals, *old])
    changed = golden is None or lost is not None or not _same(golden, next_golden)
    signed = replace(approval, summary=summary[:LINES])
    return Proposal(replace(next_golden, approvals=(signed, *old) if changed else old), summary, changed)


def _kept_intent(
    golden: Record | None, record: Record, findings: tuple[Finding, ...], text: str, lost: Lost | None
) -> Intent:
    """The intent of an approval. Raises UsageError where it is none, or not what moves."""
    intent = parse_intent(text)
    if golden is None or lost is not None:
        raise UsageError(
            f"guard {record.guard} has no whole golden that an intent could be held against; leave --intent out",
            slug="intent-unmet",
        )
    missed = [say_unmet(one) for one in unmet(intent, findings)]
    if missed:
        raise UsageError(
            f"guard {record.guard} does not do what was meant ({intent}): {few(missed, SHOWN, '; ')}",
            advice="change the code, or say what is meant; nothing was recorded",
            slug="intent-unmet",
        )
    return intent


@dataclass(frozen=True)
class Lost:
    """What the golden that lies there would lose: all of it, or the log of the other side of a merge."""

    told: tuple[str, ...]
    """What is wrong with it, and what moves against each golden that git has besides."""
    approvals: tuple[Approval, ...]
    """What can be read of the logs."""


def _kept(golden: Record | None, new: Observation, tolerances: Tolerances, asked: Mapping[str, int]) -> Observation:
    old = golden.by_key().get(new.key) if golden is not None else None
    if golden is None or old is None:
        return new
    if new.role == PROBE and (IN_FEW_CALLS in asked) != (IN_FEW_CALLS in golden.asked):
        return new  # The last digits of many calls are not those of few.
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
    facts = asdict(provenance)
    return [from_plain(to_plain(facts[name])) for name in sorted(facts)]


_EXACT = Tolerances(floor="noise")
