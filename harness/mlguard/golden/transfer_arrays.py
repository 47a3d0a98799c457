"""Bring the large arrays of goldens to their address, or copies of them here; the records in the folder name them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mlguard.core.error import GoldenError
from mlguard.golden.large import LargeArrays
from mlguard.golden.local import LocalStore
from mlguard.golden.transfer import Came, Transferred

_UNREAD = "its record cannot be read or trusted"


def push_arrays(goldens: LocalStore, arrays: LargeArrays) -> Iterator[Transferred]:
    """Put each array there that is not there whole: from beside its record, or from the copies."""
    arrays.found()

    def put(name: str, listed: Mapping[str, str]) -> int:
        return arrays.put(_content(goldens, arrays, name, file, sha256) for file, sha256 in listed.items())

    return _each(goldens, put)


def pull_arrays(goldens: LocalStore, arrays: LargeArrays) -> Iterator[Transferred]:
    """Bring a copy of each array here, so that checks work where nobody answers."""

    def bring(name: str, listed: Mapping[str, str]) -> int:
        new = [sha256 for sha256 in listed.values() if not arrays.has_copy(sha256)]
        return len([arrays.fetch(sha256) for sha256 in new])

    return _each(goldens, bring)


def verify_arrays(goldens: LocalStore, arrays: LargeArrays) -> Iterator[Transferred]:
    """Read each array again where it is kept."""

    def look(name: str, listed: Mapping[str, str]) -> int:
        for sha256 in listed.values():
            arrays.verify(sha256)
        return 0

    return _each(goldens, look)


def _each(goldens: LocalStore, work: Callable[[str, Mapping[str, str]], int]) -> Iterator[Transferred]:
    """What the work on each golden's arrays came to; it answers how many it wrote."""
    for name in goldens.names():
        listed = goldens.arrays_in(name)
        if listed is None:
            yield Transferred(name, Came.DAMAGED, _UNREAD)
            continue
        try:
            came = Came.COPIED if work(name, listed) else Came.SAME
        except GoldenError as error:
            yield Transferred(name, Came.DAMAGED, error.what)
        else:
            yield Transferred(name, came)


def _content(goldens: LocalStore, arrays: LargeArrays, name: str, file: str, sha256: str) -> bytes:
    content = goldens.array(name, file, sha256)
    if content is None:
        content = arrays.fetch(sha256)
    assert content is not None  # noqa: S101 -- What a record lists is a digest.
    return content
