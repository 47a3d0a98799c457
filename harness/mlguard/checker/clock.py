"""Whether what a guard gives depends on the time zone or on the day, taken apart once something shows that it might."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from mlguard.core.cause import Cause, CauseKind
from mlguard.core.compare import Comparison, compare
from mlguard.core.contract import judge
from mlguard.core.error import MlguardError
from mlguard.core.record import CONTRACT, Record, stage_rank
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN, REFIT, RunName
from mlguard.discovery import Declared
from mlguard.runner.bundle import BUNDLE
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner
from mlguard.worker.moment import ANOTHER_DAY, USUAL, Moment, another_zone

_DECIDES: Final = {CauseKind.ZONE_DECIDES, CauseKind.DAY_DECIDES}


def elsewhere(run: str, name: str) -> bool:
    """Whether an Observation was made in another time zone and on another day than the main run."""
    return run == REFIT or (run == MAIN and name.startswith(BUNDLE))


def differs_elsewhere(record: Record, rules: Rules) -> bool:
    """Whether a run, in another time zone and on another day, gave something else than before, which nobody waived."""
    unlimited = Record(record.guard, ())
    asked = [o for o in record if o.role == CONTRACT and elsewhere(o.run, o.name) and not rules.waived(o)]
    return any(judge(record, contract, unlimited).held is False for contract in asked)


def depends_on(runner: Runner, guard: Declared, record: Record) -> list[Cause]:
    """What a guard depends on, the zone or the day, with the first stage; empty where it is neither.

    Each is taken by itself: first the whole main run at that moment, then, where nothing moves in it, the saved bundle
    of an ordinary run. A guard that differs from itself at the usual moment says nothing about others.
    """
    if _main(runner, guard, record, USUAL) is not None:
        return []
    found = []
    for moment, kind in ((another_zone(), CauseKind.ZONE_DECIDES), (ANOTHER_DAY, CauseKind.DAY_DECIDES)):
        stage = _main(runner, guard, record, moment)
        if stage is not None:
            found.append(Cause(kind, stage=stage))
        elif _bundle(runner, guard, moment):
            found.append(Cause(kind, stage="predict", detail=BUNDLE))
    return found


def first_place(comparison: Comparison, causes: Sequence[Cause]) -> tuple[str | None, RunName]:
    """The first stage that moved and its run.

    What moved elsewhere first moved where the zone or the day decides, whichever contract of the answers showed it.
    """
    first = comparison.first
    if first is None:
        return None, MAIN
    decided = [cause.stage for cause in causes if cause.stage and cause.kind in _DECIDES]
    if not decided or not elsewhere(first.run, first.observation):
        return first.stage, first.run
    refitted = any(move.run == REFIT for move in comparison.moves())
    return min(decided, key=stage_rank), REFIT if refitted else MAIN


def _main(runner: Runner, guard: Declared, record: Record, moment: Moment) -> str | None:
    """The first stage that moves in a main run at a moment; None where none does."""
    try:
        other = runner.run(guard, extent=Extent.MAIN, moment=moment).record
    except MlguardError as error:
        return error.stage or "train"
    first = compare(record, other, left_out=record.left_out | other.left_out).first
    return None if first is None else first.stage


def _bundle(runner: Runner, guard: Declared, moment: Moment) -> bool:
    """Whether the saved bundle answers differently at a moment, and does not at the usual one."""
    return not _loads_well(runner, guard, moment) and _loads_well(runner, guard, USUAL)


def _loads_well(runner: Runner, guard: Declared, moment: Moment) -> bool:
    try:
        record = runner.run(guard, extent=Extent.QUICK, elsewhere=moment).record
    except MlguardError:
        return False
    return not differs_elsewhere(record, Rules())
