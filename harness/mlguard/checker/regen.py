"""Record goldens anew: after two identical runs, with a summary of what moves, and only when it was accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mlguard.checker.accept import Accepted, kept_tables, moves_against, write
from mlguard.checker.added import with_new_noise, with_new_questions
from mlguard.checker.approve import Proposal, propose
from mlguard.checker.certificate import Certificate, measure, tolerances_of
from mlguard.checker.check import Checker, Seen
from mlguard.checker.isolated import isolated
from mlguard.checker.known import Known
from mlguard.checker.machines import MACHINES, thorough_machines
from mlguard.checker.merge import instead
from mlguard.checker.owners import Approver, required
from mlguard.checker.private import private_data, without_private
from mlguard.checker.steady import without_rows, without_runs
from mlguard.core.cause import Cause
from mlguard.core.compare import compare
from mlguard.core.error import MlguardError
from mlguard.core.intent import parse_intent
from mlguard.core.outcome import Outcome
from mlguard.core.question import new_questions
from mlguard.core.record import INTERNAL, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN
from mlguard.core.unstable import Suspect, Unstable, steadied_by
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared
from mlguard.golden.power import kept
from mlguard.report import problems
from mlguard.report.loose import say_loosely, say_measured
from mlguard.report.unstable import JUMPS, NOT_TWICE, unstable_in_words
from mlguard.runlog import timed

if TYPE_CHECKING:
    from mlguard.runner.order import Done

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Regen:
    """What recording one guard anew came to."""

    guard: Declared
    """The guard."""
    seen: Seen
    """What checking it gave."""
    proposal: Proposal | None = None
    """What accepting would change; None where nothing may be accepted."""
    refused: Verdict | None = None
    """Why nothing may be accepted: the guarded code raised, or two runs differ."""

    @classmethod
    def refusing(cls, guard: Declared, verdict: Verdict) -> Regen:
        """Nothing may be accepted, for the reason that the Verdict gives."""
        return cls(guard, Seen(verdict), refused=verdict)


class Regenerator:
    """Records goldens of one project."""

    def __init__(
        self,
        checker: Checker,
        *,
        reason: str,
        intent: str = "",
        as_reviewer: bool = False,
        progress: Progress = lambda text: None,
        thorough: bool = False,
        writes: bool = True,
    ) -> None:
        """`reason` and `intent` go into the approval log, the latter only if it is what moves; so does `as_reviewer`,
        where a guard has other owners.

        `thorough`: measure noise on every machine that can be emulated. `writes`: whether anything may be written below
        the goldens, be it to finish what a dead writer left.
        """
        self.checker, self.progress = checker, progress
        reason, said = required(reason), str(parse_intent(intent)) if intent else ""
        self.approver = Approver(checker.settings.base, reason, said, as_reviewer, checker.settings.links)
        self.machines = thorough_machines() if thorough else MACHINES
        self.writes = writes

    def prepare(self, guard: Declared, *, everything: bool = False) -> Regen:
        """Check a guard; where it fails, or where everything is wanted, run it again and propose a golden.

        Whatever goes wrong refuses this guard, and is never an exception.
        """
        name = guard.ref.name
        with timed(f"{name}: recording"):
            return isolated(name, lambda: self._prepared(guard, everything=everything), partial(Regen.refusing, guard))

    def _prepared(self, guard: Declared, *, everything: bool) -> Regen:
        self.progress(f"{guard.ref.name}: run 1")
        if self.writes:
            self.checker.goldens.finish(guard.ref.name)
        seen = self.checker.check(guard)
        if seen.done is None:
            return Regen(guard, seen, refused=seen.verdict)
        # A gate that fails while nothing moved is no reason to record anything: the next check would be as red.
        holds = (seen.verdict.outcome is Outcome.MATCH or seen.verdict.only_gates) and not everything
        if holds and not self._newly_asked(seen):
            return Regen(guard, seen)
        if not holds and guard.as_in(seen.golden) != guard:
            # What is recorded anew is recorded in this version's form.
            seen = replace(seen, done=self.checker.runner.run(guard))
        return self._propose(guard, seen, holds=holds)

    def _newly_asked(self, seen: Seen) -> tuple[str, ...]:
        """The questions that the golden was not asked, because its mlguard did not know them."""
        return new_questions(seen.golden, seen.done.record) if seen.golden and seen.done else ()

    def accept(self, regen: Regen) -> Accepted:
        """Write what was proposed, tables included; whatever it raises, the golden is as it was."""
        if regen.proposal is None or regen.seen.done is None:
            return Accepted()
        record = regen.proposal.record
        changed: tuple[str, ...] = ()
        if regen.proposal.changed:
            rules = Rules.of(regen.guard.options)
            changed = write(self.checker.goldens, record, regen.seen.done.dataset, regen.seen.held, rules)
        return Accepted(changed, tuple(self._afterwards(record, regen.seen.done, kept=regen.proposal.changed)))

    def _afterwards(self, record: Record, done: Done, *, kept: bool) -> Iterator[str]:
        """Remember what goes with a new golden, and drop what was pending; answers what did not work."""
        try:
            if kept:
                Known(self.checker.settings.base, record, done.variables).keep()
        except (MlguardError, OSError) as error:
            yield problems.variables_not_kept(str(error))
        try:
            self.checker.waiting.drop(record.guard)
        except (MlguardError, OSError) as error:
            yield problems.still_pending(record.guard, str(error))

    def mend(self, regen: Regen) -> tuple[str, ...]:
        """Write the tables of a golden that matches, where they are gone or others; answers the files that changed."""
        golden, done = regen.seen.golden, regen.seen.done
        if not self.writes or golden is None or done is None or golden.provenance.dataset is None:
            return ()
        described = golden.provenance.dataset
        if regen.seen.verdict.outcome is not Outcome.MATCH or described.digest != done.record.provenance.data_digest:
            return ()
        kept = kept_tables(self.checker.goldens.datasets, described.name)
        if kept is not None and kept[1] != described.seed:
            return ()  # They are those of another guard, which has another first seed.
        return self.checker.goldens.datasets.save(done.dataset, described.name, described.seed)

    def _propose(self, guard: Declared, seen: Seen, *, holds: bool) -> Regen:
        """`holds`: the golden matches, and is only to be asked what is new."""
        assert seen.done is not None  # noqa: S101 -- prepare() has looked.
        approval = self.approver.of(guard)  # Whoever may not accept need not wait for what there is to accept.
        self.progress(f"{guard.ref.name}: run 2")
        again = self.checker.runner.run(guard.as_in(seen.done.record))
        record, moves = _stable(seen.done.record, again.record, Rules.of(guard.options))
        if moves:
            return Regen(guard, seen, refused=unstable(guard, moves))
        certificate = measure(self.checker.runner, guard, record, self.progress, self.machines)
        if certificate.unstable:
            return Regen(guard, seen, refused=unstable(guard, certificate.unstable))
        record = without_runs(record, certificate.unsteady_runs, JUMPS)
        record = without_rows(record, certificate.unsteady_rows)
        record = without_private(self.checker.settings.base, record)
        record = replace(record, remarks=(*record.remarks, *_remarks(certificate, private_data(record))))
        record = with_power(self.checker.settings.base, record, seen.golden)
        tolerances = tolerances_of(guard, record, certificate)
        if holds and seen.golden is not None:
            record = with_new_questions(seen.golden, record)
            tolerances = with_new_noise(seen.golden, record, tolerances)
        place = Path(self.checker.goldens.place(record.guard))
        against = partial(moves_against, record=record, rules=Rules.of(guard.options))
        read = self.checker.goldens.read
        golden, lost = instead(self.checker.settings.base, place, record.guard, seen.held, against, read)
        proposal = propose(golden, record, tolerances, seen.verdict.findings, approval, lost=lost)
        return Regen(guard, seen, proposal)


def _stable(one: Record, other: Record, rules: Rules) -> tuple[Record, list[Unstable]]:
    """The Record without what differs between two identical runs, and what of the main one differs that decides.

    Secondary runs are dropped, and so is what moves by itself inside the model, a path or a time: it explains nothing.
    """
    # What the owner waived may differ; gates on a metric say what is right, not what differs.
    comparison = compare(one, other, Rules(waive=rules.waive, gate_internals=rules.gate_internals))
    moves = comparison.moves()
    unsteady = {m.run for m in moves if m.run != MAIN}
    inside = [f for f in comparison.findings if f.role == INTERNAL and not f.gates and not f.difference.close]
    restless = {(f.run, f.stage, f.observation) for f in inside}
    steady = one.with_observations(tuple(o for o in one if o.key not in restless))
    settings = steadied_by(one)
    differing = [
        Unstable(m.label, Suspect.CHANCE, difference=m.difference, settings=settings) for m in moves if m.run == MAIN
    ]
    return without_runs(steady, unsteady, NOT_TWICE), differing


def _remarks(certificate: Certificate, private: Sequence[str]) -> Iterator[str]:
    """The quiet lines of a certificate, and of data of which the golden keeps the names only."""
    yield from say_loosely(certificate.loose)
    yield from say_measured(certificate.inert, certificate.environments)
    if private:
        yield problems.reads_ignored(private)


def with_power(project: Path, record: Record, golden: Record | None) -> Record:
    """The Record with what the guard's last audit found, which belongs into the certificate of the next golden."""
    before = golden.power if golden is not None else {}
    return replace(record, power=kept(project, record.guard) or before)


def unstable(guard: Declared, found: Sequence[Unstable | Cause]) -> Verdict:
    """The Verdict of a guard that differs from itself."""
    problem = problems.unstable(guard.ref.name, unstable_in_words(found))
    return Verdict(guard.ref.name, Outcome.UNSTABLE, problem=problem, slug="guard-unstable")
