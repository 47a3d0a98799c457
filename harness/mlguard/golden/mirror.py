"""The copies that this machine has of goldens in a bucket: brought up to date, and used alone where nobody answers.

What comes from a bucket is the work of strangers. Each name, size and digest is checked before a byte is written, and
all of it goes below one folder of ours. Whether the files make a golden is judged where goldens are read.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from mlguard.core.error import GoldenError, RunError
from mlguard.files import swap
from mlguard.files.content import file_digest
from mlguard.files.lock import locked
from mlguard.files.tree import Tree
from mlguard.files.typed import checked
from mlguard.golden import head as heads
from mlguard.golden.bucket import Bucket, UnreachableError
from mlguard.golden.codec import RECORD
from mlguard.golden.head import Head
from mlguard.golden.interface import AsOf
from mlguard.golden.naming import ARRAYS, DATASETS, INTERNALS
from mlguard.golden.objects import Objects
from mlguard.golden.state import state, writing_state
from mlguard.golden.writing import reading, remove, writing
from mlguard.settings import COPIED

HEADS = "heads"
"""The folder of all heads, in a bucket and among the copies."""

_SEEN, _LOCK = "seen.json", "seen.lock"
_TRIES = 5
_NO_COPY = ", and this machine has no whole copy of that golden"


@dataclass(frozen=True)
class Seen:
    """What was there when somebody last looked; kept on the disk."""

    when: str
    """When, in UTC."""
    numbers: dict[str, int]
    """The highest number that each folder ever had."""


class Mirror:
    """The goldens of one bucket and their copies, as one command sees them: the bucket is looked through once."""

    def __init__(self, bucket: Bucket, home: Tree) -> None:
        """`home` is the folder of the copies of this bucket, below the project's own folder of state."""
        self.url, self.files = bucket.url, home.below(COPIED)
        self._bucket, self._objects, self._home = bucket, Objects(bucket), home
        self._lock = threading.RLock()
        self._numbers: dict[str, int] | None = None
        self._before: dict[str, int] = {}
        self._silent: UnreachableError | None = None
        self.as_of: AsOf | None = None

    def numbers(self) -> dict[str, int]:
        """The newest number of each golden and Dataset, by folder.

        Where nobody answers, those that were seen last. Raises UnreachableError where nobody has ever answered.
        """
        with self._lock:
            if self._numbers is None:
                self._numbers = self._looked()
            return self._numbers

    def heads(self, folders: Iterable[str]) -> dict[str, Head | GoldenError]:
        """The newest head of each folder that has one; an error for one that cannot be trusted.

        Where nobody answers, those of which there are copies.
        """
        numbers = {folder: number for folder in folders if (number := self.numbers().get(folder))}
        copies = {folder: self._copy(folder, number) for folder, number in numbers.items()}
        here = {folder: content for folder, content in copies.items() if content is not None}
        missing = {folder: number for folder, number in numbers.items() if folder not in here}
        new = self._fetched(missing) if self._silent is None else {}
        found = {folder: self._head(folder, numbers[folder], content) for folder, content in {**here, **new}.items()}
        for folder, content in new.items():
            if isinstance(found[folder], Head):
                self._write(heads.place(f"{HEADS}/{folder}", numbers[folder]), content)
        return found

    def bring(self, folder: str) -> Head | None:
        """Bring the copy of a folder up to date, and answer its head; None where there is none.

        Raises GoldenError where what lies in the bucket cannot be trusted, and UnreachableError where nobody answers
        and the copy is not whole.
        """
        head = self._known(folder)
        if head is None or self._is_whole(head, folder):
            return head
        self._require(_NO_COPY)
        self.again(folder)
        head = self._known(folder)
        if head is not None:
            self._keep(folder, head, self._objects_of(head, folder))
        return head

    def has_copy(self, folder: str) -> bool:
        """Whether the copy of a folder is up to date, as far as anybody looked."""
        head = self.heads([folder]).get(folder)
        return isinstance(head, Head) and self._is_whole(head, folder)

    def publish(self, folder: str, name: str, files: Mapping[str, bytes], over: int) -> bool:
        """Let these files be the golden that comes after number `over`; whether nobody else came first.

        Without files it is deleted. Its copy is up to date then as well. Raises RunError where the bucket refuses.
        """
        self.require()
        self._objects.prove()
        before = self.heads([folder]).get(folder)
        # What the copy has came from there, or went there, and was whole.
        is_whole = isinstance(before, Head) and self._is_whole(before, folder)
        there = {kept.sha256 for kept in before.files.values()} if isinstance(before, Head) and is_whole else set()
        self._objects.put(content for content in files.values() if file_digest(content) not in there)
        head = Head.of(name, over + 1, files)
        if not self._created(folder, head):
            return False
        with self._lock:
            self._numbers = self.numbers() | {folder: head.number}
        self._keep(folder, head, files)
        return True

    def mend(self, folder: str, contents: Iterable[bytes]) -> bool:
        """Put whole objects, and the newest head of a folder, in the places of damaged ones; whether there was any."""
        self.require()
        head, is_damaged = self._known(folder), False
        if head is not None and isinstance(self._there(folder, head), GoldenError):
            self._bucket.mend(heads.place(f"{HEADS}/{folder}", head.number), head.encode())
            is_damaged = True
        return self._objects.put(contents) > 0 or is_damaged

    def verify(self, folder: str) -> None:
        """Raises GoldenError where the newest head of a folder, or an object that it lists, is damaged there."""
        self.require()
        head = self._known(folder)
        if head is not None:
            there = self._there(folder, head)
            if isinstance(there, GoldenError):
                raise there
            self._objects.fetch({kept.sha256: kept.size for kept in head.files.values()})

    def found(self) -> None:
        """Make the address a place of goldens, if it is none yet, and prove that it can keep one."""
        self._objects.found()

    def again(self, folder: str) -> int:
        """The highest number that a folder ever had, looked up at this moment; 0 where it had none.

        Raises UnreachableError where nobody answers.
        """
        self.require()
        with self._lock:
            self._numbers = self.numbers() | self._newest(folder)
            return max(self._numbers.get(folder, 0), self._before.get(folder, 0))

    def require(self) -> None:
        """Raises UnreachableError where nobody answers, so that nothing can be recorded."""
        self._require(", so that nothing was recorded")

    def _require(self, came: str) -> None:
        self.numbers()
        if self._silent is not None:
            raise UnreachableError(self.url, self._silent.reason, came=came)

    def _looked(self) -> dict[str, int]:
        seen = self._seen()
        try:
            self._objects.require()
            found = heads.newest(self._bucket.names(HEADS))
        except UnreachableError as error:
            self._silent = error
            if seen is None:
                raise
            self.as_of = AsOf(self.url, seen.when, error.reason)
            return dict(seen.numbers)
        self._before = {} if seen is None else seen.numbers
        self._remember(found)
        return found

    def _remember(self, found: Mapping[str, int]) -> None:
        """Keep that these numbers were seen just now."""
        tree = state(self._home.project)
        with writing_state(tree.root):
            self._home.make()
            with locked(self._home, _LOCK):
                before = seen.numbers if (seen := self._seen()) is not None else {}
                highest = {folder: max(found.get(folder, 0), before.get(folder, 0)) for folder in {*found, *before}}
                document = {"when": datetime.now(UTC).isoformat(timespec="seconds"), "numbers": highest}
                self._home.put(_SEEN, json.dumps(document, indent=0, sort_keys=True).encode())

    def _newest(self, folder: str) -> dict[str, int]:
        found = heads.newest(f"{folder}/{name}" for name in self._bucket.names(f"{HEADS}/{folder}"))
        return {folder: found[folder]} if folder in found else {}

    def _known(self, folder: str) -> Head | None:
        number = self.numbers().get(folder, 0)
        if number < self._before.get(folder, 0):
            raise self._error(
                folder,
                f"went back from acceptance {self._before[folder]} to {number}: somebody removed what was accepted",
                advice=f"put it back, or remove {self._home.shown()} if that was meant",
            )
        found = self.heads([folder]).get(folder)
        if isinstance(found, GoldenError):
            raise found
        if found is None or not found.files:
            self._require(_NO_COPY)  # Nobody knows whether one was recorded since.
        return found

    def _fetched(self, numbers: Mapping[str, int]) -> dict[str, bytes]:
        places = {heads.place(f"{HEADS}/{folder}", number): folder for folder, number in numbers.items()}
        found = self._bucket.read(dict.fromkeys(places, heads.LARGEST)) if places else {}
        return {folder: found[place] or b"" for place, folder in places.items()}

    def _head(self, folder: str, number: int, content: bytes) -> Head | GoldenError:
        try:
            return heads.decode(content, number)
        except ValueError as error:
            why = " ".join(str(error).split())[:200]
            return self._error(folder, f"has a head, number {number}, that no mlguard wrote ({why})")

    def _there(self, folder: str, head: Head) -> Head | GoldenError:
        """A head as it lies in the bucket, whatever copy is here; an error where it is none, or another one."""
        there = self._head(folder, head.number, self._fetched({folder: head.number})[folder])
        if isinstance(there, Head) and there != head:
            return self._error(folder, f"has a head, number {head.number}, that was changed since it was written")
        return there

    def _copy(self, folder: str, number: int) -> bytes | None:
        """The copy of a head."""
        with reading(self._home.shown()):
            return self._home.read(heads.place(f"{HEADS}/{folder}", number), heads.LARGEST)

    def _error(self, folder: str, told: str, advice: str = "") -> GoldenError:
        again = "record it again with `mlguard regen-golden`"
        return GoldenError(f"{self.url}/{HEADS}/{folder} {told}", advice=advice or again, slug="golden-head")

    def _objects_of(self, head: Head, folder: str) -> dict[str, bytes]:
        """The files of a head; those that the copy has already are not asked for."""
        tree = self.files.below(folder)
        with reading(tree.shown()):
            here = {file: tree.read(file) for file in head.files}
        contents = {file_digest(content): content for content in here.values() if content is not None}
        missing = {kept.sha256: kept.size for kept in head.files.values() if kept.sha256 not in contents}
        contents |= self._objects.fetch(missing)
        return {file: contents[kept.sha256] for file, kept in head.files.items()}

    def _is_whole(self, head: Head, folder: str) -> bool:
        """Whether the copy holds the files of a head, and no others."""
        tree = self.files.below(folder)
        with reading(tree.shown()):
            if {*_own(tree)} != {*head.files}:
                return False
            return all(file_digest(tree.read(file) or b"") == kept.sha256 for file, kept in head.files.items())

    def _keep(self, folder: str, head: Head, files: Mapping[str, bytes]) -> None:
        """Let the copy hold these files, and no others."""
        with writing(self.files, PurePosixPath(folder)) as tree:
            if files:
                leading = RECORD if RECORD in files else min(files)
                swap.replace(tree, files, leading=leading, own=_own(tree))
            else:
                remove(tree, sorted(_own(tree), key=lambda file: file == RECORD))
            for inner in (ARRAYS, INTERNALS):
                tree.drop(inner)
        self._write(heads.place(f"{HEADS}/{folder}", head.number), head.encode())
        self._remember({folder: head.number})

    def _created(self, folder: str, head: Head) -> bool:
        """Create a head. An answer that was lost is asked for: the head that is there may be this one."""
        place, content = heads.place(f"{HEADS}/{folder}", head.number), head.encode()
        lost = UnreachableError(self.url, "it neither takes a file nor has it", came=", so that nothing was recorded")
        for _ in range(_TRIES):
            try:
                if self._bucket.create(place, content):
                    return True
            except UnreachableError as error:
                lost = error
            found = self._read_back(place)
            if found is not None:
                return found == content
        raise lost

    def _read_back(self, place: str) -> bytes | None:
        try:
            return self._bucket.read({place: heads.LARGEST})[place]
        except UnreachableError as error:
            raise RunError(
                f"{self.url} went away ({error.reason}) before it said whether it has recorded this",
                advice="`mlguard check` shows it once the address can be reached; record it again if it is not there",
                slug="golden-server",
                blames_code=False,
            ) from None

    def _seen(self) -> Seen | None:
        try:
            return checked(Seen, json.loads(self._home.read(_SEEN) or b""))
        except (OSError, ValueError, RecursionError):
            return None

    def _write(self, name: str, content: bytes) -> None:
        state(self._home.project)
        with writing_state(self._home.root):
            self._home.put(name, content)


def _own(tree: Tree) -> list[str]:
    """The files of one golden: those below other folders belong to other variants of its guard."""
    below = {"": tree.entries(), **{f"{inner}/": tree.entries(inner) for inner in (ARRAYS, INTERNALS)}}
    return [f"{at}{entry.name}" for at, found in below.items() for entry in found if entry.kind == "file"]


def is_dataset(folder: str) -> bool:
    """Whether what lies in this folder is a Dataset."""
    return folder.startswith(f"{DATASETS}/")
