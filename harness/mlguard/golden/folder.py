"""A folder that several machines have mounted, as a place for goldens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mlguard.core.error import GoldenError
from mlguard.files.tree import Tree
from mlguard.golden.bucket import UnreachableError

T = TypeVar("T")


class FolderBucket:
    """Files below a folder that is there: one that is not mounted cannot be reached, and is not made."""

    def __init__(self, url: str) -> None:
        """`url` begins with `file://`."""
        self.url = url
        self._root = Path(url2pathname(urlsplit(url).path))
        self._tree = Tree(self._root, self._root)

    def read(self, wanted: Mapping[str, int]) -> dict[str, bytes | None]:
        """The content of files by name; of one that is too long, or reached through a link, nothing."""
        return self._asked(lambda: {name: self._read(name, most) for name, most in wanted.items()})

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of all plain files below a folder."""
        return self._asked(lambda: tuple(name for name, kind in self._tree.below(folder).walk() if kind == "file"))

    def create(self, name: str, content: bytes) -> bool:
        """Write a file, and link it to its name, which fails where there is one."""
        return self._asked(lambda: self._tree.publish(name, content))

    def mend(self, name: str, content: bytes) -> None:
        """Write a file over the one that is there."""
        self._asked(lambda: self._tree.put(name, content))

    def _read(self, name: str, most: int) -> bytes | None:
        try:
            return self._tree.read(name, most)
        except GoldenError:  # It is not what was written here, then.
            return b""

    def _asked(self, question: Callable[[], T]) -> T:
        if not self._root.is_dir():
            raise UnreachableError(self.url, "there is no such folder")
        try:
            return question()
        except GoldenError as error:  # It says what lies there by its place below the folder.
            advice = "remove it there, or put back what was there"
            raise GoldenError(f"{self.url}/{error.what}", advice=advice, slug=error.slug) from error
        except OSError as error:
            raise UnreachableError(self.url, error.strerror or type(error).__name__) from error
