"""Tell an edit apart from the noise of training where a check on another machine may have seen either."""

from __future__ import annotations

from mlguard.checker.cause import Explained, emulation
from mlguard.checker.changes import changed_machine
from mlguard.core.alike import alike, moved_between
from mlguard.core.cause import Cause, CauseKind
from mlguard.core.compare import Comparison, compare
from mlguard.core.error import MlguardError
from mlguard.core.record import Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import Alike
from mlguard.discovery import Declared
from mlguard.runner.order import Done
from mlguard.runner.run import Runner
from mlguard.worker.describe import effect


def told_apart(
    runner: Runner, guard: Declared, golden: Record, done: Done, comparison: Comparison, rules: Rules
) -> tuple[Comparison, Explained]:
    """The comparison that decides, and what it shows.

    Where nothing moved beyond its limit, but an answer did beyond the noise of answering and the parameters are not the
    golden's, the guard is run once as on the golden's machine. There the parameters should be the golden's, and the
    answers are held to the noise of answering.
    """
    nothing = comparison, Explained(comparison.outcome)
    machine = tuple(changed_machine(golden.provenance, done.record.provenance))
    if comparison.moves() or not machine or not moved_between(golden, done.record):
        return nothing
    unknown = Cause(CauseKind.TRAINING_OR_EDIT, changes=machine)
    again = _emulated(runner, guard, golden)
    if isinstance(again, Cause):
        return comparison, Explained(comparison.outcome, (unknown, again))
    if alike(golden, again) is Alike.NOTHING:
        return comparison, Explained(comparison.outcome, (unknown, Cause(CauseKind.PARAMETERS_DIFFER)))
    # The bundle was not loaded there; left out, contracts are on neither side missing or new.
    there = compare(golden, again, rules, left_out=golden.left_out | again.left_out | {f"{MAIN}/contracts"})
    if not there.moves():
        return nothing
    return there, Explained(there.outcome, (Cause(CauseKind.PARAMETERS_AGREE),))


def _emulated(runner: Runner, guard: Declared, golden: Record) -> Record | Cause:
    """A run as on the golden's machine, or why there is none."""
    wanted = emulation(golden.provenance)
    try:
        again = runner.run(guard, environment=wanted, bundle=False).record
    except MlguardError as error:
        return Cause(CauseKind.EMULATION_FAILS, detail=error.message)
    without = effect(wanted, dict(again.provenance.environment))
    return Cause(CauseKind.NO_EMULATION, detail=without[0]) if without else again
