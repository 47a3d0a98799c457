"""A place for goldens that several machines reach: named files, of which none is changed once it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from mlguard.core.error import RunError


class UnreachableError(RunError):
    """A place cannot be reached at this moment, or does not let us in."""

    def __init__(self, url: str, reason: str, *, came: str = "", advice: str = "") -> None:
        """`reason` holds no text of a library, which may show credentials; `came` says what that led to."""
        super().__init__(
            f"{url} cannot be reached ({reason}){came}",
            advice=advice or "look at the address, the network and the credentials, and run the command again",
            slug="golden-server",
            blames_code=False,
        )
        self.url, self.reason = url, reason


class Bucket(Protocol):
    """Named files below one address. Every method raises UnreachableError where the place cannot be reached."""

    url: str
    """The address as messages name it; it holds no credentials."""

    def read(self, wanted: Mapping[str, int]) -> dict[str, bytes | None]:
        """The content of files by name, None where there is none.

        Of one that has more than the given number of bytes any other content, and never all of it.
        """

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of all files below a folder, seen from it."""

    def create(self, name: str, content: bytes) -> bool:
        """Write a file whole if there is none, in one step that nobody comes between; whether it was written."""

    def mend(self, name: str, content: bytes) -> None:
        """Write a file over the one that is there."""
