"""Large arrays of goldens, kept by digest at an address: the records under git say which digests they have."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping

from mlguard.core.error import GoldenError
from mlguard.files.content import file_digest
from mlguard.files.tree import LARGEST, Tree
from mlguard.golden.bucket import Bucket, UnreachableError
from mlguard.golden.codec import is_array
from mlguard.golden.objects import Objects, object_name
from mlguard.golden.state import state, writing_state
from mlguard.golden.writing import reading

_SHA256 = re.compile(r"[0-9a-f]{64}")


class LargeArrays:
    """The arrays at one address, with copies on this machine; nobody is asked for one that has a copy."""

    def __init__(self, url: str, opened: Callable[[str], Bucket], copies: Tree) -> None:
        """`opened` reaches the address; `copies` is a folder below the project's own folder of state."""
        self.url, self._opened, self._copies = url, opened, copies
        self._lock = threading.Lock()
        self._objects: Objects | None = None

    @property
    def objects(self) -> Objects:
        """The objects at the address, once they are needed. Raises what `Objects.require` and the address raise."""
        with self._lock:
            if self._objects is None:
                found = Objects(self._opened(self.url))
                found.require()
                self._objects = found
            return self._objects

    def keep(self, files: Mapping[str, bytes]) -> dict[str, bytes]:
        """Keep the arrays among a golden's files, and answer the others: those that lie in its folder."""
        arrays = {file_digest(content): content for name, content in files.items() if is_array(name)}
        new = {sha256: content for sha256, content in arrays.items() if self._copy(sha256) is None}
        if new:
            try:
                self.objects.put(new.values())
            except UnreachableError as error:
                raise UnreachableError(self.url, error.reason, came=", so that nothing was recorded") from error
        for sha256, content in new.items():
            self._write(sha256, content)
        return {name: content for name, content in files.items() if not is_array(name)}

    def fetch(self, sha256: str) -> bytes | None:
        """The array of this digest; None for what is no digest.

        Raises GoldenError where it is gone or damaged, and UnreachableError where nobody answers and there is no copy.
        """
        if not _SHA256.fullmatch(sha256):
            return None
        content = self._copy(sha256)
        if content is None:
            try:
                content = self.objects.fetch({sha256: LARGEST})[sha256]
            except UnreachableError as error:
                came = f", and this machine has no copy of the array {sha256[:12]} of a golden"
                raise UnreachableError(self.url, error.reason, came=came) from error
            self._write(sha256, content)
        return content

    def found(self) -> None:
        """Make the address a place of goldens, if it is none yet, and prove that it can keep one."""
        Objects(self._opened(self.url)).found()

    def put(self, contents: Iterable[bytes]) -> int:
        """Put arrays there, and answer how many were not there whole."""
        return self.objects.put(contents)

    def has_copy(self, sha256: str) -> bool:
        """Whether this machine has a whole copy of an array."""
        return self._copy(sha256) is not None

    def verify(self, sha256: str) -> None:
        """Raises GoldenError where an array is gone or damaged there, whatever copies this machine has."""
        self.objects.fetch({sha256: LARGEST})

    def _copy(self, sha256: str) -> bytes | None:
        """The copy on this machine, where it is whole."""
        try:
            with reading(self._copies.shown()):
                content = self._copies.read(object_name(sha256))
        except GoldenError:
            return None
        return content if content is not None and file_digest(content) == sha256 else None

    def _write(self, sha256: str, content: bytes) -> None:
        state(self._copies.project)
        with writing_state(self._copies.root):
            self._copies.put(object_name(sha256), content)
