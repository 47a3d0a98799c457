"""Accept or reject what a failed check saw, without running anything again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mlguard.checker.accept import Accepted, tables_of, write
from mlguard.checker.approve import Proposal, propose
from mlguard.checker.check import Checker
from mlguard.checker.covered import uncovered
from mlguard.checker.merge import instead
from mlguard.checker.owners import Approver, required
from mlguard.checker.regen import with_power
from mlguard.checker.rows import tell
from mlguard.checker.since import outdated, overtaken
from mlguard.checker.steady import as_steady_as
from mlguard.checker.waiting import Waiting, given
from mlguard.core.compare import compare
from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError, MlguardError
from mlguard.core.obstacle import Obstacle, ObstacleKind
from mlguard.core.outcome import Outcome
from mlguard.core.record import Record
from mlguard.core.rules import Rules
from mlguard.core.verdict import Verdict
from mlguard.discovery import Declared
from mlguard.golden.interface import Held
from mlguard.golden.keyed import hand_over
from mlguard.report import problems


@dataclass(frozen=True)
class Item:
    """One pending Record."""

    name: str
    """The guard's name."""
    verdict: Verdict
    """What came of comparing it with the golden that lies there now, with the causes that its check found."""
    obstacles: tuple[Obstacle, ...]
    """What keeps it from being accepted; empty where it can be."""
    guard: Declared | None = None
    """The guard; None where none of this name is declared."""
    record: Record | None = None
    """What was seen, as a golden would hold it; None where it cannot be read."""
    held: Held = field(default_factory=Held)
    """The golden that an accept replaces."""
    tables: Dataset | None = None
    """The tables to store with it; None where they are stored already."""


class Reviewer:
    """Looks through the pending Records of one project."""

    def __init__(self, checker: Checker, waiting: Waiting) -> None:
        """`waiting` are the Records to look through; nothing is run."""
        self.checker, self.waiting = checker, waiting
        self.base = checker.settings.base

    def items(self, guards: Sequence[Declared], names: Sequence[str]) -> list[Item]:
        """The pending Records of these names, each with what keeps it from being accepted."""
        declared = {guard.ref.name: guard for guard in guards}
        return [self._item(name, declared.get(name)) for name in names]

    def propose(self, item: Item, approver: Approver) -> Proposal:
        """The golden that an accept would write.

        Raises UsageError where the intent is not what moves, and for somebody who is no owner.
        """
        assert item.record is not None and item.held.record is not None and not item.obstacles  # noqa: S101, PT018
        assert item.guard is not None  # noqa: S101 -- Without a guard there is an obstacle.
        golden = item.held.record
        record = with_power(self.base, item.record, golden)
        return propose(golden, record, golden.tolerances, item.verdict.findings, approver.of(item.guard))

    def accept(self, item: Item, approver: Approver) -> Accepted:
        """Write the golden. Raises MlguardError, with everything as it was, also where it was overtaken meanwhile."""
        required(approver.reason)
        assert item.guard is not None  # noqa: S101 -- Without a guard there is an obstacle.
        golden = self.propose(item, approver).record
        rules = Rules.of(item.guard.options)
        files = write(self.checker.goldens, golden, item.tables, item.held, rules)
        return Accepted(files, tuple(self._afterwards(golden)))

    def reject(self, item: Item) -> None:
        """Remove what is pending; the golden stays. Raises MlguardError where the disk refuses."""
        self.waiting.drop(item.name)

    def _afterwards(self, golden: Record) -> Iterator[str]:
        try:
            if self.waiting.folder is None:
                hand_over(self.base, golden)
        except MlguardError as error:
            yield problems.variables_not_kept(error.message)
        try:
            self.waiting.drop(golden.guard)
        except MlguardError as error:
            yield problems.still_pending(golden.guard, error.message)

    def _item(self, name: str, guard: Declared | None) -> Item:
        try:
            record, compared = self.waiting.store.load(name), self.waiting.compared(name)
        except GoldenError as error:
            verdict = Verdict(name, Outcome.CORRUPT, problem=error.message, slug=error.slug)
            return Item(name, verdict, (Obstacle(ObstacleKind.UNREADABLE, (error.what,)),), guard)
        if record is None or guard is None:
            verdict = replace(compared.verdict, guard=name, findings=())
            return Item(name, verdict, (Obstacle(ObstacleKind.NO_GUARD),), guard)
        held = self.checker.goldens.held(name)
        old = [*outdated(self.base, record, self.waiting.private(record)), *overtaken(held, compared.against)]
        if compared.settings != given(self.checker.settings):
            old.append(Obstacle(ObstacleKind.SETTINGS_EDITED))
        verdict = replace(compared.verdict, guard=name, findings=())
        item = Item(name, verdict, tuple(old), guard, record, held)
        return item if old else self._compared(item, guard, record)

    def _is_unmerged(self, item: Item) -> bool:
        """Whether a merge left the log of its other side out of the golden that lies there."""
        place = Path(self.checker.goldens.place(item.name))
        read = self.checker.goldens.read
        return instead(self.base, place, item.name, item.held, lambda golden: (), read)[1] is not None

    def _compared(self, item: Item, guard: Declared, record: Record) -> Item:
        """The item with what moves against its golden, and what of that no tolerance covers."""
        golden = item.held.record
        if golden is None:
            kind = ObstacleKind.FIRST_GOLDEN if item.held.error is None else ObstacleKind.DAMAGED_GOLDEN
            return replace(item, obstacles=(Obstacle(kind),))
        if self._is_unmerged(item):
            return replace(item, obstacles=(Obstacle(ObstacleKind.UNMERGED),))
        record = as_steady_as(golden, record)
        comparison = compare(golden, record, Rules.of(guard.options), left_out=golden.left_out | record.left_out)
        tables, stored = (
            tables_of(self.waiting.store.datasets, record),
            tables_of(self.checker.goldens.datasets, record),
        )
        findings = tell(comparison, golden, tables or stored).findings
        verdict = replace(item.verdict, findings=findings)
        obstacles = tuple(_gate_only(verdict)) or tuple(uncovered(golden, record, verdict, guard.options))
        if tables is None and stored is None:
            obstacles = (*obstacles, *_without_tables(golden, record))
        return replace(item, verdict=verdict, obstacles=obstacles, record=record, tables=tables)


def _without_tables(golden: Record, record: Record) -> Iterator[Obstacle]:
    """Of large tables goldens keep digests only, and nothing has to be written where the data are the golden's."""
    if golden.provenance.data_digest != record.provenance.data_digest and record.provenance.dataset is not None:
        yield Obstacle(ObstacleKind.TABLES_GONE, (record.provenance.dataset.name,))


def _gate_only(verdict: Verdict) -> Iterator[Obstacle]:
    if verdict.only_gates:
        yield Obstacle(ObstacleKind.GATE_ONLY)
