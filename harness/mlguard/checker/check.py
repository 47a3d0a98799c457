"""Check guards: run each, compare with its golden, and say what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from logging import INFO
from pathlib import Path

from mlguard.checker.apart import told_apart
from mlguard.checker.cause import Explained, explain
from mlguard.checker.changes import changed_beside, changed_keys, changed_surroundings
from mlguard.checker.clock import depends_on, elsewhere, first_place
from mlguard.checker.first_move import FirstMove
from mlguard.checker.history import blob, golden_commit
from mlguard.checker.isolated import failed, isolated
from mlguard.checker.kinds import kinds_of_change
from mlguard.checker.known import Known
from mlguard.checker.private import ignored_data
from mlguard.checker.raised import blamed
from mlguard.checker.rows import tell
from mlguard.checker.ties import excuse_metrics
from mlguard.checker.unchanged import Unchanged, forget
from mlguard.checker.waiting import Waiting
from mlguard.core.cause import Cause, CauseKind
from mlguard.core.compare import Comparison, compare
from mlguard.core.error import Ending, GoldenError, MlguardError, RunError, several
from mlguard.core.finding import Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import Record
from mlguard.core.rules import Rules
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared
from mlguard.golden.codec import RECORD
from mlguard.golden.interface import Held
from mlguard.golden.naming import collisions
from mlguard.golden.stores import open_store
from mlguard.report import problems
from mlguard.report.causes import say_surroundings
from mlguard.runlog import log
from mlguard.runner.order import Done, Extent, Found
from mlguard.runner.run import Runner
from mlguard.settings import Settings
from mlguard.worker.depends import NOTHING_HEARD


@dataclass(frozen=True)
class Seen:
    """A Verdict with what it was made of, for those who accept or explain it."""

    verdict: Verdict
    """What came of the guard."""
    golden: Record | None = None
    """The golden; None where there is none that can be read."""
    done: Done | None = None
    """What the run brought back; None where it failed."""
    held: Held = field(default_factory=Held)
    """What lies in the place of the golden, with its version: an accept replaces this and nothing else."""


class Checker:
    """Checks the guards of one project."""

    def __init__(
        self,
        settings: Settings,
        runner: Runner,
        *,
        extent: Extent = Extent.FULL,
        unchanged: Unchanged | None = None,
        fail_fast: bool = False,
        shares: int = 1,
    ) -> None:
        """`extent`: how much of each guard to run; `unchanged` keeps what matches depended on, where that is wanted;
        `fail_fast` ends a guard's run at its first move; `shares`: workers that may run one guard together."""
        self.unchanged, self.fail_fast, self._shares = unchanged, fail_fast, shares
        self.settings, self.runner, self.extent = settings, runner, extent
        self.goldens = open_store(settings)
        self.waiting = Waiting(settings)

    def check(self, guard: Declared) -> Seen:
        """Run one guard and compare it with its golden; whatever goes wrong is a Verdict, never an exception."""
        started = time.perf_counter()
        log(INFO, f"{guard.ref.name}: check started")
        against = self.unchanged.golden(guard.ref.name) if self.unchanged else ""
        seen = isolated(guard.ref.name, lambda: self._check(guard), Seen)
        if seen.verdict.raises:
            raised = seen
            seen = isolated(guard.ref.name, lambda: self._since(raised, guard), lambda _: raised)
        verdict = self._remembered(guard, seen, against)
        if (as_of := self.goldens.as_of) is not None:
            verdict = replace(verdict, remarks=(*verdict.remarks, problems.golden_as_of(as_of.url, as_of.when)))
        verdict = replace(
            verdict,
            seconds=time.perf_counter() - started,
            costs=seen.done.costs if seen.done else {},
            file=self.settings.relative(guard.ref.file),
        )
        log(INFO, f"{verdict.guard}: check ended, {verdict.outcome}, {verdict.seconds:.2f} s")
        return replace(seen, verdict=verdict)

    def _remembered(self, guard: Declared, seen: Seen, against: str) -> Verdict:
        """Keep what a match depended on, with the golden that it was compared with, and forget it of any other run."""
        kept, name = self.unchanged, guard.ref.name
        try:
            if seen.verdict.outcome is not Outcome.MATCH:
                forget(self.settings, name)
            elif (
                kept is not None
                and kept.golden(name) == against
                and self.extent is Extent.FULL
                and not self.runner.in_process
            ):
                depends = self.runner.depends.get(name, NOTHING_HEARD)
                kept.keep(name, depends, against, dated=guard.options.clock is None)
        except MlguardError as error:
            return replace(seen.verdict, remarks=(*seen.verdict.remarks, problems.match_not_kept(error.message)))
        return seen.verdict

    def _since(self, seen: Seen, guard: Declared) -> Seen:
        """What raised, with the commit at which it ran, where a golden says that it did."""
        golden = self.goldens.held(guard.ref.name).record
        commit = self._commit(golden) if golden else None
        return replace(seen, verdict=replace(seen.verdict, commit=commit))

    def _commit(self, golden: Record) -> str | None:
        """What a move can be compared with; git is asked only then, so that a check that passes costs nothing more."""
        approved = golden.approvals[0].commit if golden.approvals else None
        return golden_commit(self.settings.base, Path(self.goldens.place(golden.guard)), approved)

    def _check(self, guard: Declared) -> Seen:
        if guard.problems:
            raise several(list(guard.problems), slug="guard-declaration")
        held = self.goldens.held(guard.ref.name)
        golden = held.record
        guard = guard.as_in(golden)
        try:
            done = self._first(guard, golden)
        except RunError as error:
            if golden is None or error.ending is not Ending.RAISED:
                raise
            return Seen(self._raised(guard, golden, error))
        seen = self._seen(guard, held, done)
        is_red = seen.verdict.outcome in (Outcome.SHIFTED, Outcome.VIOLATED)
        if (done.ended_early and not is_red) or (done.shares > 1 and seen.verdict.outcome is not Outcome.MATCH):
            # What moved is excused, by a tie or by proof, and the rest decides; or it shall be seen in one process.
            return self._seen(guard, held, self.runner.run(guard, extent=self.extent))
        return seen

    def _raised(self, guard: Declared, golden: Record, error: RunError) -> Verdict:
        """What guarded code raised, with the data as its cause where that is shown; nothing may hide what it raised."""
        name = guard.ref.name
        causes = isolated(name, lambda: tuple(blamed(self.runner, self.goldens, guard, golden, error)), lambda _: ())
        return replace(failed(name, error), causes=causes)

    def _first(self, guard: Declared, golden: Record | None) -> Done:
        """The run with which a check begins, which may end before its last part or be that of several workers."""
        if self._shares > 1 and self.extent is Extent.FULL and not self.fail_fast:
            return self.runner.run_in_shares(guard, self._shares)
        until = FirstMove(golden, Rules.of(guard.options)) if self.fail_fast and golden is not None else None
        return self.runner.run(guard, extent=self.extent, until=until)

    def judge(self, guard: Declared, held: Held, done: Done) -> Verdict:
        """What comes of comparing a run with what lies in the place of its golden; nothing is kept of it."""
        if held.error is not None:
            return _corrupt(guard, held.error)
        if held.record is None:
            return self._missing(guard, done)
        verdict = self._compared(guard, held.record, done)
        blamed = verdict.outcome in (Outcome.SHIFTED, Outcome.VIOLATED)
        return replace(verdict, commit=self._commit(held.record)) if blamed else verdict

    def _seen(self, guard: Declared, held: Held, done: Done) -> Seen:
        verdict = self.judge(guard, held, done)
        if held.record is not None and verdict.outcome is Outcome.MATCH:
            verdict = self._known(verdict, held.record, done)
        return Seen(self._left(verdict, done, held), held.record, done, held)

    def _known(self, verdict: Verdict, golden: Record, done: Done) -> Verdict:
        """Remember which values of variables match this golden, which may have been recorded elsewhere."""
        try:
            Known(self.settings.base, golden, done.variables).keep()
        except MlguardError as error:
            return replace(verdict, remarks=(*verdict.remarks, problems.variables_not_kept(error.message)))
        return verdict

    def _compared(self, guard: Declared, golden: Record, done: Done) -> Verdict:
        left_out = golden.left_out | done.record.left_out
        rules = Rules.of(guard.options)
        comparison = compare(golden, done.record, rules, left_out=left_out)
        comparison = excuse_metrics(self.runner, guard, golden, comparison)
        comparison, explained = told_apart(self.runner, guard, golden, done, comparison, rules)
        if comparison.moves() and not explained.causes:
            explained = explain(self.runner, self.goldens, guard, golden, done, comparison, rules)
            explained = replace(explained, causes=(*self._clock(guard, comparison, done.record), *explained.causes))
            explained = _gated(comparison, explained)
        elif not explained.causes and (keys := changed_keys(golden.provenance, done.record.provenance)):
            explained = Explained(comparison.outcome, (Cause(CauseKind.CONFIGURATION_EDITED, tuple(keys)),))
        verdict = _verdict(guard, tell(comparison, golden, done.dataset), explained, done)
        more = [*_surroundings(comparison, golden, explained, done), *_beside(golden, done)]
        more += self._ignored(golden, done.record)
        before, after = golden.provenance, done.record.provenance
        moved = any(move.kind is not Kind.GATE_MISSED for move in comparison.moves())
        generator = self.settings.relative(self.settings.generator_of(guard.dataset))
        kinds = kinds_of_change(before, after, explained.causes, generator) if moved else ()
        return replace(verdict, changed=kinds, remarks=(*verdict.remarks, *more))

    def _ignored(self, golden: Record, record: Record) -> Iterator[str]:
        """What is said of files that git ignores and that the golden's run did not read."""
        names = ignored_data(self.settings.base, record.provenance.sources.keys() - golden.provenance.sources.keys())
        if names:
            yield problems.reads_ignored(names)

    def _clock(self, guard: Declared, comparison: Comparison, record: Record) -> list[Cause]:
        """What the guard depends on, zone or day, where something moved that was made in another zone or day."""
        asked = any(elsewhere(move.run, move.observation) for move in comparison.moves())
        return depends_on(self.runner, guard, record) if asked and not self.runner.in_process else []

    def _missing(self, guard: Declared, done: Done) -> Verdict:
        record = done.record
        itself = compare(record, record, Rules.of(guard.options))
        violated = [f for f in itself.findings if f.outcome is Outcome.VIOLATED]
        return Verdict(
            guard.ref.name,
            Outcome.VIOLATED if violated else Outcome.MISSING,
            findings=tuple(violated),
            problem=problems.no_golden(guard.ref.name),
            slug="golden-missing",
            remarks=(*record.remarks, *done.remarks, *self._gone(guard.ref.name)),
        )

    def _gone(self, guard: str) -> Iterator[str]:
        """What is said of a golden that somebody deleted or did not check out."""
        folder = Path(self.goldens.place(guard))
        if blob(self.settings.base, "HEAD", folder / RECORD) is not None:
            yield problems.golden_in_git(self.settings.relative(folder))

    def _left(self, verdict: Verdict, done: Done, held: Held) -> Verdict:
        """What a failed run saw stays pending, and a match leaves nothing; the Verdict, which no disk changes.

        A quick run decides about neither, since it did not see everything.
        """
        if done.record.left_out:
            return verdict
        try:
            if verdict.outcome is Outcome.MATCH:
                self.waiting.drop(verdict.guard)
            else:
                self.waiting.leave(verdict, done, held)
        except MlguardError as error:
            return replace(verdict, remarks=(*verdict.remarks, problems.not_left_pending(error.message)))
        return verdict


def stale(settings: Settings, found: Found) -> list[Verdict]:
    """A Verdict for every golden whose guard is gone; goldens of pytest's fixture belong to their tests.

    None while a module cannot be imported: nobody knows which guards it hides.
    """
    if found.broken:
        return []
    known = {guard.ref.name for guard in found.guards}
    return [
        Verdict(name, Outcome.STALE, problem=problems.stale(name), slug="golden-stale")
        for name in open_store(settings).names(of_tests=False)
        if name not in known
    ]


def still_matches(settings: Settings, guard: Declared, when: str) -> Verdict:
    """The Verdict on a guard that is not run, since nothing has changed after it matched at this time."""
    log(INFO, f"{guard.ref.name}: not run, unchanged since {when}")
    return Verdict(guard.ref.name, Outcome.MATCH, unchanged=when, file=_module(settings, str(guard.ref.file)))


def broken(settings: Settings, found: Found) -> list[Verdict]:
    """A Verdict for every module that could not be imported, whose guards nobody knows."""
    return [
        Verdict(
            _module(settings, file),
            Outcome.ERROR,
            problem=problems.not_imported(_module(settings, file)),
            traceback=text,
            slug="guard-module-raised",
            file=_module(settings, file),
        )
        for file, text in found.broken.items()
    ]


def refuse_collisions(guards: Sequence[Declared]) -> None:
    """Raises UsageError naming every two guards that would share a golden, also where case does not count."""
    names = [guard.ref.name for guard in guards]
    found: list[str] = []
    for one, other in collisions(names):
        places = [f"{g.ref.name} ({g.ref.file.as_posix()}:{g.line})" for g in guards if g.ref.name in (one, other)]
        found.append(f"guards {' and '.join(places)} would share a golden; rename one of them")
    if found:
        raise several(list(dict.fromkeys(found)), slug="golden-collision")


def _module(settings: Settings, file: str) -> str:
    return settings.relative(Path(file))


def _verdict(guard: Declared, comparison: Comparison, explained: Explained, done: Done) -> Verdict:
    stage, run = first_place(comparison, explained.causes)
    return Verdict(
        guard.ref.name,
        explained.outcome,
        findings=comparison.findings,
        first_moved=stage,
        first_run=run,
        causes=explained.causes,
        remarks=(*done.record.remarks, *done.remarks),
        places=done.places,
        problem=None if comparison.findings else problems.nothing_compared(guard.ref.name),
    )


def _surroundings(comparison: Comparison, golden: Record, explained: Explained, done: Done) -> Iterator[str]:
    """What else differs from the golden's, where something moved and the code is not shown to have moved it."""
    changes = tuple(changed_surroundings(golden.provenance, done.record.provenance))
    is_code = any(cause.kind is CauseKind.OWN_CODE_DIFFERS for cause in explained.causes)
    if changes and comparison.moves() and not is_code:
        yield say_surroundings(changes)


def _beside(golden: Record, done: Done) -> Iterator[str]:
    """Settings that are no part of the configuration, and differ from the golden's."""
    if beside := changed_beside(golden.provenance, done.record.provenance):
        yield problems.edited_beside(beside)


def _gated(comparison: Comparison, explained: Explained) -> Explained:
    """An absolute gate on a metric that fails is red, whoever moved the metric."""
    failed = any(f.outcome is Outcome.VIOLATED and f.stage == "evaluate" for f in comparison.moves())
    excused = explained.outcome in (Outcome.DATASET_CHANGED, Outcome.ENVIRONMENT_CHANGED)
    return replace(explained, outcome=Outcome.VIOLATED) if failed and excused else explained


def _corrupt(guard: Declared, error: GoldenError) -> Verdict:
    return Verdict(guard.ref.name, Outcome.CORRUPT, problem=error.message, slug=error.slug)
