"""What every store of goldens can do; where it keeps them is its own affair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError, RunError
from mlguard.core.record import Approval, Record

if TYPE_CHECKING:
    from mlguard.tables.manifest import Manifest

ANY = "any"
"""The version that a Record may replace where nobody compared it with anything."""


@dataclass(frozen=True)
class Held:
    """What a store holds of one guard."""

    record: Record | None = None
    """Its golden; None where there is none, or where it cannot be trusted."""
    version: str | None = None
    """Tells this golden from every other one of the guard, damaged ones included; None where there is none."""
    error: GoldenError | None = None
    """Why it cannot be trusted."""
    approvals: tuple[Approval, ...] = ()
    """Its log, as far as it can be read."""


@dataclass(frozen=True)
class AsOf:
    """Goldens that are used as they were, since nobody answers where they are kept."""

    url: str
    """Where that is."""
    when: str
    """When they were last seen there, in UTC."""
    reason: str
    """Why they cannot be seen now."""


class OvertakenError(RunError):
    """A golden was recorded by somebody else since it was compared."""

    def __init__(self, shown: str, now: Held) -> None:
        """`shown` is how messages call the golden, `now` what lies there."""
        newest = now.approvals[0] if now.approvals else None
        told = "was deleted" if now.version is None else "was changed"
        if newest is not None:
            moved = f" ({'; '.join(newest.summary[:3])})" if newest.summary else ""
            told = f'was recorded at {newest.when} with the reason "{newest.reason}"{moved}'
        super().__init__(
            f"{shown} {told} while this command was running, so nothing was written",
            advice="run it again to see what moves against that golden, and accept that",
            slug="golden-overtaken",
            blames_code=False,
        )
        self.now = now


class Datasets(Protocol):
    """Keeps the tables that goldens were made on, by the name of their Dataset; large ones as digests only."""

    def save(self, dataset: Dataset, name: str, seed: int) -> tuple[str, ...]:
        """Keep a Dataset whole or not at all; answers which files changed. Raises RunError where the disk refuses."""

    def load(self, name: str) -> tuple[Dataset, Manifest] | None:
        """The Dataset and what is said of it; None where there is none, or only its digests.

        Raises GoldenError where it is damaged, RunError where it cannot be read at this moment.
        """

    def files(self, name: str) -> dict[str, bytes]:
        """The files of a Dataset that are as they were written; none where there is none."""

    def replace(self, name: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Keep the files of a Dataset as `save` does."""

    def delete(self, name: str) -> tuple[str, ...]:
        """Remove a Dataset and answer which files went."""

    def place(self, name: str) -> str:
        """Where it lies, or would: a folder that a worker can read."""


class Store(Protocol):
    """Saves, loads, names and deletes Records by the name of their guard; it never compares them."""

    @property
    def datasets(self) -> Datasets:
        """The Datasets of its Records."""

    @property
    def as_of(self) -> AsOf | None:
        """As of when its Records are, where they are kept elsewhere and nobody answered there; None otherwise."""

    def update(self, name: str) -> None:
        """Bring the copy of a Record up to date, where it is kept elsewhere. Raises as `load` does."""

    def names(self, *, of_tests: bool = True) -> tuple[str, ...]:
        """The guards that have a Record here, unreadable ones included, in alphabetical order.

        `of_tests`: those of the fixture's tests as well, which may be very many.
        """

    def held(self, name: str) -> Held:
        """What lies here of a guard, whole or damaged. Raises RunError where it cannot be read at this moment."""

    def load(self, name: str) -> Record | None:
        """The guard's Record; None where there is none. Raises GoldenError where it cannot be read or trusted."""

    def finish(self, name: str) -> None:
        """Bring what a dead writer left to its end, or back to its beginning. Raises RunError where that fails."""

    def save(self, record: Record, *, over: str | None = ANY) -> tuple[str, ...]:
        """Keep a Record whole or not at all, and answer which files changed: none, where it was kept already.

        `over` is the version that it may replace. Raises OvertakenError where another one lies here, RunError where the
        disk refuses, and UsageError where the Record holds what no file can.
        """

    def files(self, name: str) -> dict[str, bytes]:
        """The files of a golden that can be trusted, as they were written; none where there is none."""

    def replace(self, name: str, files: Mapping[str, bytes], *, over: str | None = ANY) -> tuple[str, ...]:
        """Keep the files of a golden as `save` keeps a Record."""

    def delete(self, name: str) -> tuple[str, ...]:
        """Remove the guard's Record and answer which files went; none, where there was none.

        Raises GoldenError where the Record cannot be trusted, since nobody knows then which files are its own.
        """

    def read(self, fetch: Callable[[str], bytes | None], name: str, shown: str) -> Record:
        """The Record of files that lie elsewhere, such as in a commit; `shown` is how messages call their folder.

        Raises GoldenError where they cannot be trusted, and RunError where an array of theirs is kept where nobody
        answers.
        """

    def place(self, name: str) -> str:
        """Where the guard's Record lies, or would, as messages and version control call it."""
