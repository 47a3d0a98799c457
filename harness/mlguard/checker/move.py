"""A guard that was renamed: its golden goes with it, once a run has shown that it is the same guard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from mlguard.checker.accept import Accepted
from mlguard.checker.approve import propose
from mlguard.checker.check import Checker
from mlguard.checker.isolated import isolated
from mlguard.checker.owners import Approver
from mlguard.checker.regen import with_power
from mlguard.checker.steady import as_steady_as
from mlguard.core.compare import compare
from mlguard.core.error import GoldenError, MlguardError, UsageError
from mlguard.core.outcome import Outcome
from mlguard.core.record import Record
from mlguard.core.rules import Rules
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared
from mlguard.golden.interface import Held, Store
from mlguard.report.problems import moved_from


def move(checker: Checker, old: str, guard: Declared, approver: Approver) -> tuple[Verdict, Accepted]:
    """Run a guard against the golden of its old name, and move that golden where all of it holds.

    Raises UsageError where there is nothing to move or something in its way, GoldenError where the golden cannot be
    trusted, and RunError where the disk refuses.
    """
    held, name = _movable(checker.goldens, old, guard.ref.name), guard.ref.name
    return isolated(name, lambda: _moved(checker, held, guard, approver), lambda failed: (failed, Accepted()))


def _moved(checker: Checker, held: Held, guard: Declared, approver: Approver) -> tuple[Verdict, Accepted]:
    assert held.record is not None  # noqa: S101 -- Another one cannot be moved.
    old, golden = held.record.guard, replace(held.record, guard=guard.ref.name)
    guard = guard.as_in(golden)
    done = checker.runner.run(guard)
    verdict = checker.judge(guard, replace(held, record=golden), done)
    if verdict.outcome is not Outcome.MATCH:
        return verdict, Accepted()
    base = checker.settings.base
    record = with_power(base, as_steady_as(golden, done.record), golden)
    told = moved_from(old)
    approval = replace(approver, reason=approver.reason or told).of(guard, (told,))
    proposal = propose(golden, record, golden.tolerances, verdict.findings, approval)
    moved = replace(proposal.record, approvals=(approval, *golden.approvals))
    # The new one first: whatever ends this in between, nothing is lost, and `prune` deletes the old one.
    files = (*checker.goldens.save(moved, over=None), *checker.goldens.delete(old))
    with suppress(MlguardError):  # What waits for review belongs to no golden any more, and says so.
        checker.waiting.drop(moved.guard)
    return verdict, Accepted(files)


def renamed(goldens: Store, pending: Store, missing: Sequence[str], stale: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Guards without a golden whose values are those of a golden without a guard: old name and new name."""
    seen = {name: pending.load(name) for name in missing}
    for old in stale:
        golden = _readable(goldens, old)
        fits = (name for name, record in seen.items() if golden and record and _is_same(golden, record))
        yield from ((old, name) for name in fits)


def _is_same(golden: Record, record: Record) -> bool:
    if golden.provenance.data_digest != record.provenance.data_digest:
        return False
    comparison = compare(golden, record, Rules(), left_out=golden.left_out | record.left_out)
    return comparison.outcome is Outcome.MATCH


def _readable(goldens: Store, name: str) -> Record | None:
    try:
        return goldens.load(name)
    except GoldenError:
        return None


def _movable(goldens: Store, old: str, new: str) -> Held:
    held = goldens.held(old)
    if held.error is not None:
        raise held.error
    if held.record is None:
        raise UsageError(f"there is no golden {old}", advice="`mlguard list` names them", slug="move-nothing")
    if goldens.held(new).version is not None:
        raise UsageError(
            f"guard {new} has a golden of its own, which is in the way",
            advice=f"compare it by `mlguard check {new}`; `mlguard prune` deletes {old} if that is stale",
            slug="move-onto",
        )
    return held
