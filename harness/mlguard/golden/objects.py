"""Objects by digest: whatever lies in a bucket is believed only where it has the digest that it is named by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlguard.core.error import GoldenError, UsageError
from mlguard.files.content import file_digest
from mlguard.golden.bucket import Bucket

MARKER = "mlguard-goldens.json"
"""The file that says that an address is a place of goldens: a wrong address must not look like one without any."""

_MARK = b'{"format": 1}\n'
_NEWER = "upgrade mlguard: this one reads format 1"


class Objects:
    """The objects of one bucket."""

    def __init__(self, bucket: Bucket) -> None:
        """`bucket` need not be a place of goldens yet."""
        self.bucket = bucket
        self._is_proven = False

    def require(self) -> None:
        """Raises UsageError where the address is no place of goldens, GoldenError where it is a newer mlguard's."""
        content = self.bucket.read({MARKER: len(_MARK)})[MARKER]
        if content is None:
            raise UsageError(
                f"{self.bucket.url} is no place of goldens: it has no {MARKER}",
                advice="look at the address; if it is right, `mlguard golden push` makes it one",
                slug="golden-url-unknown",
            )
        if content != _MARK:
            told = f"{self.bucket.url}/{MARKER} says something else than this mlguard writes"
            raise GoldenError(told, advice=_NEWER, slug="golden-newer")

    def found(self) -> None:
        """Make the address a place of goldens, if it is none yet, and prove that it can keep one."""
        self.bucket.create(MARKER, _MARK)
        self.require()
        self.prove()

    def prove(self) -> None:
        """Raises UsageError where a file that is there can be created again: the last of two writers would win."""
        if not self._is_proven and self.bucket.create(MARKER, _MARK):
            raise UsageError(
                f"{self.bucket.url} writes over a file that it was to create only if there is none, so that one of two "
                "people who record a golden would not be told of the other",
                advice="use a server that honours If-None-Match",
                slug="golden-url-unconditional",
            )
        self._is_proven = True

    def put(self, contents: Iterable[bytes]) -> int:
        """Keep contents, and answer how many were not there; one in whose place something else lies is mended."""
        return sum(self._put(object_name(file_digest(content)), content) for content in contents)

    def fetch(self, wanted: Mapping[str, int]) -> dict[str, bytes]:
        """Contents by their digests, which come with their sizes. Raises GoldenError naming one that is not whole."""
        named = {object_name(sha256): sha256 for sha256 in wanted}
        found = self.bucket.read({name: wanted[sha256] for name, sha256 in named.items()}) if named else {}
        return {sha256: self._whole(name, sha256, found[name]) for name, sha256 in named.items()}

    def _put(self, name: str, content: bytes) -> bool:
        if self.bucket.create(name, content):
            return True
        if self.bucket.read({name: len(content)})[name] == content:
            return False
        self.bucket.mend(name, content)
        return True

    def _whole(self, name: str, sha256: str, content: bytes | None) -> bytes:
        if content is not None and file_digest(content) == sha256:
            return content
        told = "is gone" if content is None else "does not hold what its name says: it was changed or damaged"
        raise GoldenError(
            f"{self.bucket.url}/{name} {told}",
            advice="mend it by `mlguard golden push` where there is a whole copy, or record the golden again with "
            "`mlguard regen-golden`",
            slug="golden-object",
        )


def object_name(sha256: str) -> str:
    """Where the object of this digest lies."""
    return f"objects/{sha256[:2]}/{sha256}"
