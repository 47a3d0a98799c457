"""A place of objects that the library fsspec reaches, such as a bucket of S3."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeVar

from packaging.version import Version

from mlguard.core.error import UsageError
from mlguard.golden.bucket import UnreachableError

T = TypeVar("T")

PACKAGES = {"gs": "gcsfs", "s3": "s3fs"}
"""The package that fsspec needs for each protocol that creates a file in one step: S3 by If-None-Match, GCS alike."""
OLDEST = "2024.12"
"""The first release of each of them that can; pip takes one of 2020 where another package wants a newer botocore."""

_CODE = re.compile(r"[A-Za-z]{1,40}")
_BUSY = "ConditionalRequestConflict"
"""What S3 says where somebody else writes the same object at this moment."""
_IN_WORDS = {"FileNotFoundError": "there is no such bucket", "PermissionError": "access was denied"}
_RETRIES = 2
"""Times that s3fs asks again, besides botocore: its own five take half a minute where there is no network."""


def _is_told_nowhere_else(record: logging.LogRecord) -> bool:
    """Whether asyncio may log something: a request whose connection was cut is told by its caller, in one sentence."""
    return "coro=<ClientRequest." not in record.getMessage()


class FsspecBucket:
    """Objects below one prefix. Credentials and all else that a connection needs are fsspec's own affair."""

    def __init__(self, url: str) -> None:
        """Raises UsageError where a library is not installed, or too old."""
        self.url = url
        protocol, _, self._prefix = url.partition("://")
        package = PACKAGES[protocol]
        try:
            import fsspec

            kind: Any = fsspec.get_filesystem_class(protocol)
        except ImportError as error:
            raise _needed(protocol, "that is not installed") from error
        installed = _version(package)
        if installed is None:
            raise _needed(protocol, f"nothing says which {package} that is")
        if installed < Version(OLDEST):
            raise _needed(protocol, f"{package} {installed} is too old")
        logging.getLogger("asyncio").addFilter(_is_told_nowhere_else)
        # fsspec keeps the instance: a client of S3 takes as long to make as a small guard takes to run.
        self._files: Any = self._asked(lambda: kind(use_listings_cache=False))
        if hasattr(self._files, "retries"):
            self._files.retries = _RETRIES

    def read(self, wanted: Mapping[str, int]) -> dict[str, bytes | None]:
        """The content of files by name, asked for all at once where the library can."""
        names = list(wanted)
        places, ends = [self._place(name) for name in names], [wanted[name] + 1 for name in names]
        found = self._asked(lambda: self._files.cat_ranges(places, [0] * len(names), ends, on_error="return"))
        return {name: self._content(one) for name, one in zip(names, found, strict=True)}

    def names(self, folder: str) -> tuple[str, ...]:
        """The names of all objects below a folder."""
        top = f"{self._place(folder)}/"
        found: list[str] = self._asked(lambda: self._files.find(top))
        return tuple(name.lstrip("/").removeprefix(top.lstrip("/")) for name in found)

    def create(self, name: str, content: bytes) -> bool:
        """Write an object where there is none; the server decides that."""
        try:
            self._asked(lambda: self._files.pipe_file(self._place(name), content, mode="create"))
        except FileExistsError:
            return False
        except UnreachableError as error:
            if error.reason == _BUSY:
                return False
            raise
        return True

    def mend(self, name: str, content: bytes) -> None:
        """Write an object over the one that is there."""
        self._asked(lambda: self._files.pipe_file(self._place(name), content))

    def _place(self, name: str) -> str:
        return f"{self._prefix}/{name}"

    def _content(self, found: object) -> bytes | None:
        if isinstance(found, bytes):
            return found
        if isinstance(found, FileNotFoundError):
            return None
        if _code(found) == "InvalidRange":  # It is empty.
            return b""
        raise UnreachableError(self.url, _reason(found))

    def _asked(self, question: Callable[[], T]) -> T:
        try:
            return question()
        except FileExistsError:
            raise
        except Exception as error:
            # Neither its text nor the exception itself goes on: both may show an address with credentials.
            reason = _reason(error)
        raise UnreachableError(self.url, reason)


def _version(package: str) -> Version | None:
    """The version of a package that was imported; None where nothing says it, as of a copy of its sources."""
    try:
        return Version(version(package))
    except (PackageNotFoundError, KeyError, TypeError, ValueError):  # Two of them where its description has none.
        return None


def _needed(protocol: str, but: str) -> UsageError:
    return UsageError(
        f"goldens at {protocol}:// need {PACKAGES[protocol]} {OLDEST} or newer, and {but}",
        advice=f"pip install --upgrade 'pytest-mlguard[{protocol}]'",
        slug="golden-url-missing",
    )


def _reason(error: object) -> str:
    """What a library or server said, in a word that cannot hold a secret."""
    code, name = _code(error), type(error).__name__
    return code or _IN_WORDS.get(name, name)


def _code(error: object) -> str:
    """The code of an error of S3, such as AccessDenied."""
    answer = getattr(getattr(error, "__cause__", None) or error, "response", None)
    code = answer.get("Error", {}).get("Code") if isinstance(answer, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""
