"""Write what was accepted: a golden with its tables, in the place of the golden that it was compared with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from mlguard.core.compare import compare
from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError, MlguardError
from mlguard.core.record import DatasetFacts, Record
from mlguard.core.rules import Rules
from mlguard.golden.interface import Datasets, Held, OvertakenError, Store
from mlguard.report.approval import changes


@dataclass(frozen=True)
class Accepted:
    """What an accept wrote."""

    files: tuple[str, ...] = ()
    """The files of the golden and its tables that changed."""
    remarks: tuple[str, ...] = ()
    """What did not work besides; the golden is recorded all the same."""


def write(goldens: Store, record: Record, dataset: Dataset | None, over: Held, rules: Rules) -> tuple[str, ...]:
    """Write a golden with its tables and answer which files changed; whatever it raises, the golden is as it was.

    `over` is the golden that the Record was compared with, `dataset` its tables; None where they are stored already.
    """
    with _tables(goldens, record, dataset, over.version) as tables:
        return (*tables, *_saved(goldens, record, over, rules))


def moves_against(golden: Record, record: Record, rules: Rules) -> Iterator[str]:
    """What moves against a golden, in words."""
    findings = compare(golden, record, rules, left_out=golden.left_out | record.left_out).findings
    return changes(golden, record, golden.tolerances, findings)


def kept_tables(kept: Datasets, name: str) -> tuple[Dataset, int] | None:
    """The tables that are stored with their seed; None where there are none that can be read."""
    try:
        found = kept.load(name)
    except GoldenError:
        return None
    return None if found is None else (found[0], found[1].seed)


def tables_of(kept: Datasets, record: Record) -> Dataset | None:
    """The stored tables, where they are those of a Record; None where they are not, or were too large to be kept."""
    described = record.provenance.dataset
    try:
        found = None if described is None else kept.load(described.name)
    except GoldenError:
        return None
    return None if found is None or found[1].digest != record.provenance.data_digest else found[0]


def _saved(goldens: Store, record: Record, over: Held, rules: Rules) -> tuple[str, ...]:
    """Replace the golden that was compared, and no other one."""
    try:
        return goldens.save(record, over=over.version)
    except OvertakenError as error:
        if error.now.record is not None:
            moves = list(moves_against(error.now.record, record, rules))
            error.what += f"; against it: {'; '.join(moves[:3]) or 'nothing moves'}"
        raise


@contextmanager
def _tables(goldens: Store, record: Record, dataset: Dataset | None, version: str | None) -> Iterator[tuple[str, ...]]:
    """Write the golden's own tables, and put the old ones back where the block fails; answers what changed.

    `version` is that of the golden before.
    """
    described = record.provenance.dataset
    if described is None or dataset is None:
        yield ()
        return
    before = kept_tables(goldens.datasets, described.name)
    changed = goldens.datasets.save(dataset, described.name, described.seed)
    try:
        yield changed
    except MlguardError:
        if _counts(goldens, record.guard, version):
            raise  # The golden is the new one in spite of the error, and so are its tables.
        if changed:
            _put_back(goldens.datasets, described, before)
        raise


def _put_back(kept: Datasets, described: DatasetFacts, before: tuple[Dataset, int] | None) -> None:
    if before is not None:
        kept.save(before[0], described.name, before[1])
    else:
        kept.delete(described.name)


def _counts(goldens: Store, guard: str, version: str | None) -> bool:
    """Whether a golden that could not be written to its end counts all the same, or will."""
    with suppress(MlguardError):
        goldens.finish(guard)
        return goldens.held(guard).version != version
    return False
