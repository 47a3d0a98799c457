"""One planted change, cheapest run first: the main run, then everything else, then more data for a survivor."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from logging import INFO

from mlguard.core.compare import Comparison
from mlguard.core.error import MlguardError
from mlguard.core.finding import Finding
from mlguard.core.outcome import Outcome
from mlguard.core.power import Fate, Planted
from mlguard.core.record import INTERNAL
from mlguard.core.run_name import MAIN
from mlguard.discovery import Declared
from mlguard.runlog import log
from mlguard.runner.order import Extent
from mlguard.runner.run import Runner
from mlguard.tools.audit.judge import compared, of_error
from mlguard.tools.audit.larger import Difference, Larger, More
from mlguard.tools.audit.reach import reaches
from mlguard.tools.audit.reference import Reference, patience
from mlguard.tools.mutation import Mutant

FACTORS = (2, 5)
"""How many times the rows a survivor is offered, to say how many would notice it."""

FEW = 0.05
"""Share of moved answers up to which a row like theirs is worth planting."""


@dataclass(frozen=True)
class Trials:
    """Plants changes into one guard, any number at a time."""

    runner: Runner
    guard: Declared
    reference: Reference
    larger: Larger

    @property
    def limit(self) -> float:
        """Seconds after which a changed run hangs."""
        return patience(self.reference.seconds)

    def plant(self, mutant: Mutant) -> Planted:
        """Run the guard with one change and say what came of it."""
        started = time.perf_counter()
        what = f"{self.guard.ref.name}: {mutant.operator} in {mutant.file}:{mutant.line}"
        log(INFO, f"{what} started")
        planted = self._planted(mutant)
        log(INFO, f"{what} ended, {planted.fate}, {time.perf_counter() - started:.2f} s")
        return replace(planted, seconds=time.perf_counter() - started)

    def _planted(self, mutant: Mutant) -> Planted:
        settled, inside = self.settled(mutant)
        return settled or self._survived(mutant, inside)

    def settled(self, mutant: Mutant) -> tuple[Planted | None, str]:
        """What came of a change that the guard's own runs settle; None for a survivor, with what moved inside it."""
        inside = ""
        for extent in (Extent.MAIN, Extent.FULL) if self._runs(mutant) else (Extent.FULL,):
            try:
                comparison = self._compared(mutant, extent)
            except MlguardError as error:
                fate, how = of_error(error)
                return told(mutant, fate, how, stage=error.stage), ""
            if comparison.first is not None:
                return told(mutant, Fate.NOTICED, place(comparison.first), stage=comparison.first.stage), ""
            inside = inside or next((place(f) for f in comparison.findings if _moved_inside(f)), "")
        return None, inside

    def _compared(self, mutant: Mutant, extent: Extent) -> Comparison:
        change = replace(mutant.change, rows=self.reference.rows)
        record = self.runner.run(self.guard, extent=extent, change=change, limit=self.limit).record
        return compared(self.reference.record, record, self.reference.rules, kind=mutant.kind)

    def _survived(self, mutant: Mutant, inside: str) -> Planted:
        most = self.larger.most()
        difference = self.larger.difference(mutant, most)
        if difference is not None:
            remedies = tuple(self._remedies(mutant, difference, inside))
            return told(mutant, Fate.MISSED, "", remedies=remedies)
        if any(self.larger.base(more) is not None for more in most):
            return told(mutant, Fate.EQUIVALENT, f"nothing moves on {_all(most)}")
        return told(mutant, Fate.MISSED, "", remedies=("it cannot be run on more data, so it may be equivalent",))

    def _remedies(self, mutant: Mutant, difference: Difference, inside: str) -> Iterator[str]:
        """What would catch a survivor, the cheapest for its owner first."""
        if not self._runs(mutant):
            yield "the main run does not reach this line: plant a row that does"
        if self.larger.rows is not None:
            smaller = self.larger.difference(mutant, [self.larger.times(factor) for factor in FACTORS])
            difference = smaller or difference
        yield f"{difference.where}: {difference.how}"
        finding = difference.finding
        moved = finding.difference if finding is not None else None
        if moved is not None and moved.rows and 0 < moved.moved <= FEW * moved.total:
            yield f"only {moved.moved} of {moved.total} answers move there: plant a row like row {moved.rows[0]}"
        if inside:
            yield f'inside, {inside} moved: `internals = "gate"`, or a metric that depends on it'

    def _runs(self, mutant: Mutant) -> bool:
        """Whether the main run reaches the changed line."""
        return reaches(self.reference.clean, mutant)


def told(mutant: Mutant, fate: Fate, how: str, *, stage: str | None = None, remedies: tuple[str, ...] = ()) -> Planted:
    """What came of a mutant, in the form in which it is kept and shown."""
    return Planted(
        mutant.operator,
        mutant.kind,
        mutant.file,
        mutant.line,
        mutant.before,
        mutant.after,
        fate,
        stage=stage if fate is Fate.NOTICED else None,
        how=how,
        remedies=remedies,
    )


def place(finding: Finding) -> str:
    """An Observation as messages call it."""
    run = "" if finding.run == MAIN else f"{finding.run}: "
    return f"{run}{finding.stage} {finding.observation}"


def _moved_inside(finding: Finding) -> bool:
    return finding.role == INTERNAL and finding.outcome is Outcome.SHIFTED


def _all(more: list[More]) -> str:
    return more[0].words if len(more) == 1 else f"{len(more)} other data seeds"
