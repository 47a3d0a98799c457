"""Why did guarded code raise: whether the data made it, which the golden's own tables show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mlguard.checker import tables
from mlguard.checker.changes import edited_code
from mlguard.core.cause import Cause, CauseKind
from mlguard.core.compare import compare
from mlguard.core.error import MlguardError, RunError
from mlguard.core.record import Record
from mlguard.core.rules import Rules
from mlguard.discovery import Declared
from mlguard.golden.interface import Store
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner


def blamed(runner: Runner, goldens: Store, guard: Declared, golden: Record, error: RunError) -> Iterator[Cause]:
    """What the same code gives on the golden's own tables, where it raised on others.

    The data made it raise where it raises nothing there, unless the code took them before it was edited: edits since
    the golden are named. Nothing is said where the data are the golden's, where the run did not come as far as to see
    them, or where the golden's are not kept.
    """
    rules = replace(Rules.of(guard.options), requirements=())
    given = golden.with_observations(tuple(o for o in golden if o.is_of_data))
    found = Record.of(golden.guard, error.data, asked=golden.asked)
    moves = compare(given, found, rules).moves() if error.data else []
    place = tables.kept(goldens, golden) if moves else None
    if place is None or isinstance(place, Cause):
        return
    try:
        again = runner.run(guard, extent=Extent.MAIN, tables=place).record
    except MlguardError as failed:
        yield Cause(CauseKind.TABLES_FAIL, detail=failed.message)
        return
    first = compare(golden, again, rules, left_out=golden.left_out | again.left_out).first
    yield tables.changed(moves)
    generator = runner.settings.relative(runner.settings.generator_of(guard.dataset))
    edited = edited_code(golden.provenance, again.provenance, generator)
    yield Cause(CauseKind.TABLES_RUN, names=tuple(edited), stage=first.stage if first else None)
