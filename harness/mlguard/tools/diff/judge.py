"""Judge one guard on two sides: whether it moved, in which stage first, and then in which function."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from mlguard.checker.certificate import Certificate, tolerances_of
from mlguard.checker.changes import changed_keys
from mlguard.checker.isolated import failed, isolated
from mlguard.checker.ties import excuse_metrics
from mlguard.core.cause import Cause, CauseKind
from mlguard.core.compare import Comparison, compare
from mlguard.core.error import GoldenError, MlguardError, RunError, several
from mlguard.core.finding import Finding, Kind
from mlguard.core.outcome import Outcome
from mlguard.core.record import CONTRACT, EFFECT, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN
from mlguard.core.tolerance import Tolerances
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared
from mlguard.golden.stores import open_store
from mlguard.report.differential import Place
from mlguard.runner.repository import Repository
from mlguard.runner.run import Runner
from mlguard.runner.sides import WORKING_TREE, Side
from mlguard.tools.diff.place import Finder

_ABSENT = re.compile(r"No module named '([^']+)'")


@dataclass(frozen=True)
class Judged:
    """What came of one guard on two sides."""

    verdict: Verdict
    """Compared as a check compares, with the first side in the place of the golden."""
    before: Record | None = field(default=None, repr=False)
    """What the first side left; None where it failed."""
    place: Place | None = None
    """The first moved function, where it was asked for and found."""


class Judge:
    """Runs guards on two sides and compares what they leave; workers are shared."""

    def __init__(self, runner: Runner, before: Side, after: Side, *, exact: bool = False) -> None:
        """`exact`: whether moves in the last digits count."""
        self.before, self.after, self.exact = before, after, exact
        self._runners = {side.name: runner.elsewhere(side.settings, side.copy) for side in (before, after)}
        self._goldens = open_store(runner.settings)

    def judge(self, guard: Declared, before: Record | None = None) -> Judged:
        """Run a guard on both sides, or on the second where the first's Record is at hand.

        Whatever goes wrong is a Verdict, which names the side where the guarded code failed, and never an exception.
        """
        return isolated(guard.ref.name, lambda: self._judged(guard, before), Judged)

    def _judged(self, guard: Declared, before: Record | None) -> Judged:
        if guard.problems:
            raise several(list(guard.problems), slug="guard-declaration")
        done: list[Record] = []
        for side in (self.before, self.after):
            try:
                known = before if side is self.before else None
                done.append(known or self._run(guard, side))
            except MlguardError as error:
                return Judged(failed(guard.ref.name, _told(error, side)), done[0] if done else None)
        return Judged(self._compared(guard, *done), done[0])

    def located(self, guard: Declared, repository: Repository) -> Judged:
        """As `judge`, and where the guard moved, in which function first."""
        return isolated(guard.ref.name, lambda: self._located(guard, repository), Judged)

    def _located(self, guard: Declared, repository: Repository) -> Judged:
        judged = self.judge(guard)
        place = Finder(self._runners, repository, self.before, self.after).find(guard, judged.verdict)
        return replace(judged, place=place)

    def _run(self, guard: Declared, side: Side) -> Record:
        return self._runners[side.name].run(side.guard(guard)).record

    def _compared(self, guard: Declared, before: Record, after: Record) -> Verdict:
        """The tolerances are the golden's where there is one; on one machine nothing but rounding needs any."""
        reference = replace(before, tolerances=self._tolerances(guard, before))
        # Gates on a metric and on contracts say what is right, not what moved.
        asked = replace(Rules.of(guard.options), requirements=(), require_contracts=False)
        left_out = before.left_out | after.left_out
        comparison = compare(reference, after, asked, left_out=left_out)
        if not self.exact:
            runner = self._runners[self.after.name]
            comparison = excuse_metrics(runner, self.after.guard(guard), reference, comparison)
        if self.exact:
            comparison = Comparison(tuple(_exactly(finding) for finding in comparison.findings))
        return self._verdict(guard, comparison, before, after)

    def _tolerances(self, guard: Declared, before: Record) -> Tolerances:
        try:
            golden = self._goldens.load(guard.ref.name)
        except GoldenError:
            golden = None  # `check` says what is wrong with it.
        return golden.tolerances if golden else tolerances_of(guard, before, Certificate())

    def _verdict(self, guard: Declared, comparison: Comparison, before: Record, after: Record) -> Verdict:
        first = comparison.first
        keys = tuple(changed_keys(before.provenance, after.provenance))
        edited = Cause(CauseKind.CONFIGURATION_EDITED, changes=keys)
        return Verdict(
            guard.ref.name,
            comparison.outcome,
            findings=comparison.findings,
            first_moved=first.stage if first else None,
            first_run=first.run if first else MAIN,
            causes=(edited,) if keys else (),
            remarks=after.remarks,
            against=self.before.name,
            problem=None if comparison.findings else f"guard {guard.ref.name}: nothing was compared",
            commit=self.before.commit.sha if self.before.commit else None,
            file=self.after.settings.relative(guard.ref.file),
        )


def _exactly(finding: Finding) -> Finding:
    """A Finding where every moved bit counts; contracts and effects are judged, not measured."""
    judged = finding.role in (CONTRACT, EFFECT) or finding.outcome is not Outcome.MATCH
    if not finding.gates or finding.difference.exact or judged:
        return finding
    exact = replace(finding.difference, limit=0.0, beyond_noise=False)
    return replace(finding, outcome=Outcome.SHIFTED, kind=Kind.MOVED, difference=exact)


_KEPT = ("stage", "traceback", "raised", "ending", "blames_code")
"""Facts of an error that hold on whichever side it came up."""


def _told(error: MlguardError, side: Side) -> MlguardError:
    """The same error, saying on which side it came up and, where a module is absent there, what that means."""
    absent = _ABSENT.search(error.message)
    if absent and side.name != WORKING_TREE:
        told: MlguardError = RunError(
            f"at {side.name}, the module `{absent[1]}` is missing: it is neither installed here nor part of that "
            f"revision; install it, or take a revision that has it ({error.message})",
            slug="revision-module-missing",
        )
    else:
        told = type(error)(f"at {side.name}: {error.what}", advice=error.advice, slug=error.slug)
    told.__dict__.update({name: value for name, value in vars(error).items() if name in _KEPT})
    return told
