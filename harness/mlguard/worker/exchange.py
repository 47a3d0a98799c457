"""The folder through which a job reaches its worker and a result comes back: both sides of each file.

Nothing in it outlives the job, which is why pickle may carry the payload and the value.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mlguard.worker.depends import Depends, taken
from mlguard.worker.job import Failure, Job, Kind, Word
from mlguard.worker.moment import Moment
from mlguard.worker.variables import in_the_run

TAIL = 64 * 1024
"""Bytes of output that are brought back."""

LONGEST = 16 * 1024 * 1024
"""Bytes that the account of what a job depends on may have; one that is cut cannot be read."""

TOO_LONG = 64 * 1024 * 1024
"""Bytes of output at which a worker's file is emptied, so that an endless print cannot fill the disk."""


@dataclass(frozen=True)
class Order:
    """What a worker must know before it can read the payload, which may need the project's modules."""

    function: str
    root: str
    import_path: tuple[str, ...]
    variables: dict[str, str]
    """Environment variables of this job, over those that the interpreter started with."""
    moment: Moment
    """The time zone and the clock."""
    coverage: dict[str, Any] | None
    """What the parent's measurement measures, if there is one."""
    watched: tuple[str, ...]
    """Folders of which every change is to be told."""
    listens: bool
    """Whether to tell what the outcome depends on."""
    began: float
    """When this was the first time that anything could be loaded, in seconds since the epoch."""


class Exchange:
    """One job's folder: the order, the payload, the stage, the output, and the answer."""

    def __init__(self, folder: Path) -> None:
        """Name the files below `folder`; nothing is read or written yet."""
        self.folder = folder
        self.temporary = folder / "tmp"
        """What the guarded code gets as its folder for temporary files."""
        self.output = folder / "output"
        self.stage = folder / "stage"
        self.changes = folder / "changes"
        self.depends = folder / "depends.json"
        self._order = folder / "order.json"
        self._payload = folder / "payload.pickle"
        self._value = folder / "value.pickle"
        self._failure = folder / "failure.pickle"
        self._held: dict[Path, BinaryIO] = {}
        self._heard = 0

    def give(
        self,
        job: Job,
        variables: dict[str, str],
        coverage: dict[str, Any] | None,
        started: Mapping[str, str],
        began: float,
    ) -> None:
        """In the parent: write all that the worker needs, which starts with the variables `started`."""
        payload = pickle.dumps(job.payload, protocol=pickle.HIGHEST_PROTOCOL)
        self.temporary.mkdir(parents=True)
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.temporary))
        watched = tuple(map(str, job.watched))
        caches = in_the_run(self.temporary, started)
        root = str(job.root.absolute())
        order = Order(
            job.function, root, tuple(job.import_path), variables | temporary | caches, job.moment, coverage, watched,
            job.listens, began,
        )  # fmt: skip
        self._order.write_text(json.dumps(asdict(order)), encoding="utf-8")
        self._payload.write_bytes(payload)
        self.output.touch()
        self.changes.touch()
        self.stage.touch()
        # Held open, since guarded code can remove them and where it was must be told all the same.
        self._held = {file: file.open("rb") for file in (self.output, self.stage, self.changes)}

    def close(self) -> None:
        """In the parent, at the end: let the files go."""
        for file in self._held.values():
            file.close()

    def order(self) -> Order:
        """In the worker: what to do."""
        read = json.loads(self._order.read_text(encoding="utf-8"))
        return Order(**(read | {"import_path": tuple(read["import_path"]), "moment": Moment(**read["moment"])}))

    def payload(self) -> object:
        """In the worker, once the import path stands: the function's argument."""
        return pickle.loads(self._payload.read_bytes())  # noqa: S301 - written by our own parent a moment ago

    def answer(self, outcome: bytes | Failure) -> None:
        """In the worker: leave the pickled value or the failure, whole or not at all."""
        if isinstance(outcome, Failure):
            _write(self._failure, pickle.dumps(outcome))
        else:
            _write(self._value, outcome)

    def answered(self) -> bool:
        """In the parent: whether the worker has left its answer."""
        return self._value.exists() or self._failure.exists()

    def take(self) -> tuple[object, Failure | None]:
        """In the parent, once answered: the value and the failure, one of them None."""
        if self._failure.exists():
            failure: Failure = pickle.loads(self._failure.read_bytes())  # noqa: S301 - from our own worker
            return None, failure
        try:
            return pickle.loads(self._value.read_bytes()), None  # noqa: S301 - from our own worker
        except Exception as error:  # unpickling runs the classes' own code, which may raise anything
            what = f"what the function returned cannot be read back: {type(error).__name__}: {error}"
            return None, self.failure("raised", what)

    def is_there(self) -> bool:
        """In the parent: whether the files are still there; guarded code can remove whatever its user can."""
        return self.stage.exists() and self.output.exists()

    def failure(self, kind: Kind, text: str) -> Failure:
        """A failure, with what was last reported through `progress`."""
        words = self._end_of(self.stage).splitlines() or [""]
        stage, calling = f"{words[-1]}\t\t".split("\t")[:2]
        return Failure(kind, text, stage or None, calling=calling)

    def words(self) -> Iterator[Word]:
        """In the parent: what was reported through `progress` since the last call."""
        held = self._held[self.stage]
        held.seek(self._heard)
        whole = held.read(LONGEST).rpartition(b"\n")[0]
        self._heard += len(whole) + bool(whole)
        for line in whole.decode(errors="replace").split("\n"):
            stage, calling, when, part = f"{line}\t\t\t".split("\t")[:4]
            with contextlib.suppress(ValueError):  # Code of the user may write into it as well.
                yield Word(stage, calling, float(when), part)

    def changed(self) -> tuple[str, ...]:
        """In the parent: the files in watched folders that the job changed, in the order of their first changes."""
        return tuple(dict.fromkeys(self._end_of(self.changes).splitlines()))

    def depended(self) -> Depends:
        """In the parent: what the outcome depends on, where the worker told it."""
        return taken(self._end_of(self.depends, most=LONGEST))

    def output_tail(self) -> str:
        """In the parent: the end of what was written to standard output and error."""
        return self._end_of(self.output)

    def _end_of(self, file: Path, most: int = TAIL) -> str:
        held = self._held.get(file)
        with contextlib.suppress(OSError), contextlib.nullcontext(held) if held else file.open("rb") as read:
            size = read.seek(0, os.SEEK_END)
            read.seek(max(0, size - most))
            return read.read().decode("utf-8", errors="replace")
        return ""

    def curb_output(self) -> None:
        """In the parent, now and then: empty the output when it has grown without measure."""
        with contextlib.suppress(OSError):
            if self.output.stat().st_size > TOO_LONG:
                os.truncate(self.output, 0)


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
