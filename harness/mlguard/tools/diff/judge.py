"""Judge one guard on two sides: whether it moved, in which stage first, and then by which edits."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
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
from mlguard.report.edits import Proof
from mlguard.runner.order import Done, Extent
from mlguard.runner.repository import Repository
from mlguard.runner.run import Runner
from mlguard.runner.sides import WORKING_TREE, Side
from mlguard.tools.diff.finder import Finder
from mlguard.tools.diff.swap import Swap

_ABSENT = re.compile(r"No module named '([^']+)'")

_NO_FILE = re.compile(r"No such file or directory: '([^']+)'")


@dataclass(frozen=True)
class Judged:
    """What came of one guard on two sides."""

    verdict: Verdict
    """Compared as a check compares, with the first side in the place of the golden."""
    before: Record | None = field(default=None, repr=False)
    """What the first side left; None where it failed."""
    after: Record | None = field(default=None, repr=False)
    """What the second side left; None where it failed."""
    unseen: bool = False
    """Whether it handed files of the project to another program, so that nobody knows what else that read."""
    proof: Proof | None = None
    """The edits that moved it, where they were looked for."""


@dataclass(frozen=True)
class Proving:
    """How to find the edits that moved a guard."""

    repository: Repository
    """Where both sides come from."""
    progress: Callable[[str], None]
    """Is told each run that a proof takes."""
    prove: bool = True
    """Whether edits are tried; without, they are only put in order."""
    beside: int = 1
    """Runs that are made at once, where it is likely that all of them are needed."""


class Judge:
    """Runs guards on two sides and compares what they leave; workers are shared."""

    def __init__(
        self, runner: Runner, before: Side, after: Side, *, exact: bool = False, extent: Extent = Extent.FULL
    ) -> None:
        """`exact`: whether moves in the last digits count; `extent`: how much of each guard to run."""
        self.runner, self.before, self.after, self.exact = runner, before, after, exact
        self.extent = extent
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
        unseen = False
        for side in (self.before, self.after):
            try:
                if before is not None and side is self.before:
                    done.append(before)
                    continue
                ran = self._run(guard, side)
            except MlguardError as error:
                return Judged(failed(guard.ref.name, _told(error, side)), done[0] if done else None, unseen=unseen)
            done.append(ran.record)
            unseen = unseen or ran.unseen
        return Judged(self._compared(guard, *done), done[0], done[1], unseen)

    def explained(self, guard: Declared, proving: Proving, before: Record | None = None) -> Judged:
        """As `judge`, and where the guard moved or raises since, which edits did it."""
        return isolated(guard.ref.name, lambda: self._explained(guard, proving, before), Judged)

    def _explained(self, guard: Declared, proving: Proving, before: Record | None) -> Judged:
        judged = self.judge(guard, before)
        verdict, reference = judged.verdict, judged.before
        if reference is None or not (verdict.moves() or verdict.raises):
            return judged
        sides = self.before, self.after
        records = reference, judged.after
        swap = Swap.of(self.runner, proving.repository, guard, sides, records, unseen=judged.unseen)

        def compared(record: Record, side: Side) -> tuple[Finding, ...]:
            return self._moves(guard, reference, record, side)

        finder = Finder(swap, compared, verdict, proving.progress, self.extent, proving.beside)
        return replace(judged, proof=finder.find() if proving.prove else finder.candidates())

    def _moves(self, guard: Declared, before: Record, record: Record, side: Side) -> tuple[Finding, ...]:
        return tuple(self._comparison(guard, before, record, side).moves())

    def _run(self, guard: Declared, side: Side) -> Done:
        return self._runners[side.name].run(side.guard(guard), extent=self.extent)

    def _compared(self, guard: Declared, before: Record, after: Record) -> Verdict:
        return self._verdict(guard, self._comparison(guard, before, after, self.after), before, after)

    def _comparison(self, guard: Declared, before: Record, after: Record, side: Side) -> Comparison:
        """The tolerances are the golden's where there is one; on one machine nothing but rounding needs any."""
        reference = replace(before, tolerances=self._tolerances(guard, before))
        # Gates on a metric and on contracts say what is right, not what moved.
        asked = replace(Rules.of(guard.options), requirements=(), require_contracts=False)
        left_out = before.left_out | after.left_out
        comparison = compare(reference, after, asked, left_out=left_out)
        if self.exact:
            return Comparison(tuple(_exactly(finding) for finding in comparison.findings))
        there = self.runner.elsewhere(side.settings, side.copy)
        return excuse_metrics(there, side.guard(guard), reference, comparison)

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
        advice = _only_here(error, side) or error.advice
        told = type(error)(f"at {side.name}: {error.what}", advice=advice, slug=error.slug)
    told.__dict__.update({name: value for name, value in vars(error).items() if name in _KEPT})
    return told


def _only_here(error: MlguardError, side: Side) -> str:
    """What to do where a file was not found that the working tree has; empty for anything else."""
    found = _NO_FILE.search(error.what)
    if found is None or side.copy is None:
        return ""
    wanted = side.settings.base / found[1]
    if not wanted.is_relative_to(side.copy.place):
        return ""
    here = side.copy.original / wanted.relative_to(side.copy.place)
    name = os.path.relpath(here, side.root)
    return (
        f"{name} is in the working tree only, since that revision does not have it: commit it, or take another revision"
        if here.exists()
        else ""
    )
