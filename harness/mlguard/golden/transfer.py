"""Bring goldens from a folder to an address that a team shares, or back: forwards only, as their logs say.

What was accepted on one side and not on the other goes over; where each side has what the other lacks, nothing does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from mlguard.core.error import GoldenError
from mlguard.core.record import Record
from mlguard.golden.interface import Datasets, Held, OvertakenError, Store

if TYPE_CHECKING:
    from mlguard.golden.local import LocalStore
    from mlguard.golden.remote import RemoteStore


class Came(StrEnum):
    """What a transfer, or a look, came to for one golden."""

    SAME = "same"
    """Both sides have it, and nothing was to do."""
    COPIED = "copied"
    """It was brought over."""
    MENDED = "mended"
    """Both sides have it, and what was damaged on the other one was written again."""
    DIFFERS = "differs"
    """Each side has a golden of its own, and neither log goes on from the other; nothing was done."""
    BEHIND = "behind"
    """The other side has a newer one; nothing was done."""
    DAMAGED = "damaged"
    """It cannot be trusted; nothing was done."""
    ABSENT = "absent"
    """Only the side has it to which it would go; nothing was done."""
    ONLY_HERE = "only here"
    """The address does not have it."""
    ONLY_THERE = "only there"
    """The folder does not have it."""


@dataclass(frozen=True)
class Transferred:
    """One golden."""

    name: str
    """Whose it is."""
    came: Came
    """What came of it."""
    detail: str = ""
    """Of one that cannot be trusted, why; of one that somebody recorded meanwhile, who."""


class Tables(Datasets, Protocol):
    """The Datasets of one side."""

    def mend(self, name: str, files: Mapping[str, bytes]) -> bool:
        """Write again what is damaged of a Dataset that has these files; whether anything was."""


class Side(Store, Protocol):
    """The goldens of one side, of which a folder and an address are two kinds."""

    @property
    def datasets(self) -> Tables:
        """Its Datasets."""

    def mend(self, name: str, files: Mapping[str, bytes]) -> bool:
        """Write again what is damaged of a golden that has these files; whether anything was."""


def transfer(source: Side, target: Side) -> Iterator[Transferred]:
    """Bring what the source has over to the target, golden by golden.

    Raises RunError where a side cannot be reached or written; what came before that is whole, and the rest as it was.
    """
    for name in sorted({*source.names(), *target.names()}):
        held = source.held(name)
        if held.version is None:
            yield Transferred(name, Came.ABSENT)
        elif held.record is None:
            yield Transferred(name, Came.DAMAGED, _why(held))
        else:
            try:
                yield _one(source, target, held, held.record)
            except GoldenError as error:  # Its tables, then; the other goldens may be whole.
                yield Transferred(name, Came.DAMAGED, error.what)


def copied(there: RemoteStore) -> Iterator[Transferred]:
    """Bring the copies of this machine up to date, so that checks work where nobody answers."""
    for name in there.names():
        was_here = there.has_copy(name)
        held = there.held(name)
        if held.error is not None:
            yield Transferred(name, Came.DAMAGED, held.error.what)
            continue
        described = held.record.provenance.dataset if held.record is not None else None
        try:
            if described is not None:
                there.datasets.files(described.name)
            yield Transferred(name, Came.SAME if was_here else Came.COPIED)
        except GoldenError as error:
            yield Transferred(name, Came.DAMAGED, error.what)


def exit_code(found: Iterable[Transferred]) -> int:
    """3 where something is damaged, 1 where something differs, 0 otherwise."""
    return max((_EXIT.get(one.came, 0) for one in found), default=0)


_EXIT = {Came.DAMAGED: 3, **dict.fromkeys((Came.DIFFERS, Came.BEHIND, Came.ONLY_HERE, Came.ONLY_THERE), 1)}


def verify(there: RemoteStore, here: LocalStore | None) -> Iterator[Transferred]:
    """Read each object at an address again, and compare its goldens with those of a folder, where there is one.

    Raises RunError where the address cannot be reached.
    """
    for name in sorted({*there.names(), *(here.names() if here is not None else ())}):
        held = there.verify(name)
        if held.error is not None:
            yield Transferred(name, Came.DAMAGED, held.error.what)
        elif here is None:
            yield Transferred(name, Came.SAME)
        else:
            yield Transferred(name, _standing(held, here.held(name)))
    for name, error in there.datasets.damaged():
        yield Transferred(name, Came.DAMAGED, error.what)


def _standing(there: Held, here: Held) -> Came:
    if here.version == there.version:
        return Came.SAME
    if here.version is None:
        return Came.ONLY_THERE
    return Came.ONLY_HERE if there.version is None else Came.DIFFERS


def _one(source: Side, target: Side, held: Held, record: Record) -> Transferred:
    name, there = record.guard, target.held(record.guard)
    files = source.files(name)
    if there.version == held.version or there.error is not None:
        return _mended(source, target, record, files, there)
    if there.version is not None and not {*there.approvals} < {*held.approvals}:
        return Transferred(name, Came.BEHIND if {*held.approvals} < {*there.approvals} else Came.DIFFERS)
    try:
        for dataset, tables in _tables(source, record):  # They go with their golden, and before it.
            target.datasets.replace(dataset, tables)
        target.replace(name, files, over=there.version)
    except OvertakenError as error:
        return Transferred(name, Came.DIFFERS, error.what)
    return Transferred(name, Came.COPIED)


def _mended(source: Side, target: Side, record: Record, files: Mapping[str, bytes], there: Held) -> Transferred:
    """A golden that both sides have, or that is damaged there; `mend` looks which of both it is."""
    try:
        mended = [target.datasets.mend(*tables) for tables in _tables(source, record)]
        is_mended = target.mend(record.guard, files) or any(mended)
    except (GoldenError, OvertakenError):
        is_mended = False
    if is_mended:
        return Transferred(record.guard, Came.MENDED)
    came = Came.SAME if there.error is None else Came.DAMAGED
    return Transferred(record.guard, came, _why(there))


def _tables(source: Side, record: Record) -> Iterator[tuple[str, dict[str, bytes]]]:
    """The tables of a golden by the name of their Dataset, where the source has them."""
    described = record.provenance.dataset
    if described is not None and (files := source.datasets.files(described.name)):
        yield described.name, files


def _why(held: Held) -> str:
    return held.error.what if held.error is not None else ""
