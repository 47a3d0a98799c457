"""Record a guard's golden anew from within pytest, and say what the items have to say afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mlguard.checker.check import Checker
from mlguard.checker.regen import Regen, Regenerator
from mlguard.core.compare import compare
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared
from mlguard.plugin.shared import Result
from mlguard.trackers.records import of_golden

if TYPE_CHECKING:
    from mlguard.plugin.asked import Asked


def record(checker: Checker, guard: Declared, asked: Asked) -> Result:
    """Check a guard and, where it fails, accept what it does now; nothing is written of one that raised."""
    regenerator = Regenerator(checker, reason=asked.reason, intent=asked.intent, as_reviewer=asked.as_reviewer)
    regen = regenerator.prepare(guard)
    if regen.refused is not None:
        return Result(regen.refused)
    if regen.proposal is None or regen.seen.done is None:
        return Result(regen.seen.verdict)
    accepted = regenerator.accept(regen)
    notes = (f"note: {remark}" for remark in accepted.remarks)
    told = (f"{guard.ref.name}: recorded, {len(accepted.files)} files", *regen.proposal.summary, *notes)
    logged = None
    if checker.settings.mlflow is not None:
        logged = of_golden(regen.proposal.record, guard.ref.name, checker.goldens)
    return Result(_against_the_new(checker, guard, regen), told, logged)


def _against_the_new(checker: Checker, guard: Declared, regen: Regen) -> Verdict:
    """The Verdict under the golden as it is now: an absolute requirement may still be violated."""
    golden = checker.goldens.load(guard.ref.name)
    assert golden is not None  # noqa: S101 -- It was written a moment ago.
    assert regen.seen.done is not None  # noqa: S101 -- record() has looked.
    found = regen.seen.done.record
    comparison = compare(golden, found, Rules.of(guard.options), left_out=golden.left_out | found.left_out)
    return replace(
        regen.seen.verdict,
        outcome=comparison.outcome,
        findings=comparison.findings,
        first_moved=comparison.first.stage if comparison.first else None,
        first_run=comparison.first.run if comparison.first else MAIN,
        causes=(),
        remarks=(),
        problem=None,
        slug=None,
    )
