"""Find out what happened to a golden that cannot be trusted, and say it in one sentence with the repair."""

from __future__ import annotations

import re
import shlex

from mlguard.core.error import GoldenError
from mlguard.files.content import BINARY, CRLF, LF, check_fetched, file_digest, plain_ends
from mlguard.golden.naming import is_of_test

FORMAT = 2
"""The format that is written, and the newest that is read.

1: release 0.1.0. 2: a golden says what it was asked, and by which mlguard.

To raise it: add the number here, add to `codec.UPGRADES` how a document of the old number becomes one of the new (one
small function per step, so that every old golden stays readable for good), keep a golden of the old format
under tests/golden/formats/ with the Record that it holds, and never change what an existing number means. Encode
writes the new number only; an unchanged guard's golden is not rewritten until it is next accepted.
"""

_MARKER = re.compile(rb"^(?:<{7}|>{7}|={7}|\|{7})(?: |$)", re.MULTILINE)
_HUNK = re.compile(
    r"^<{7}[^\n]*\n(?P<ours>(?:(?![<>=|]{7})[^\n]*\n)*)(?:\|{7}[^\n]*\n(?:(?![<>=|]{7})[^\n]*\n)*)?"
    r"={7}\n(?P<theirs>(?:(?![<>=|]{7})[^\n]*\n)*)>{7}[^\n]*(?:\n|\Z)",
    re.MULTILINE,
)
_PAYLOAD = re.compile(r'^  "payload": "sha256:([0-9a-f]{64})"', re.MULTILINE)


def both_sides(text: str) -> tuple[str, str]:
    """What each side of a merge made of a text; twice the same where no merge left its markers."""
    return _HUNK.sub(r"\g<ours>", text), _HUNK.sub(r"\g<theirs>", text)


def digest(name: str, content: bytes) -> str:
    """Content digest of one of a golden's files, the same for either kind of line end."""
    return f"sha256:{file_digest(plain_ends(name, content))}"


def sealed(text: str) -> str:
    """A laid-out record with the digest of all the rest in its payload line."""
    return _PAYLOAD.sub(f'  "payload": "{_payload(text)}"', text, count=1)


def is_sealed(text: str) -> bool:
    """Whether nothing was changed since the record was sealed."""
    return _PAYLOAD.search(text) is not None and sealed(text) == text


UNSEALED = "sha256:" + 64 * "0"
"""What stands in the payload line while the rest is digested."""


def _payload(text: str) -> str:
    blank = _PAYLOAD.sub(f'  "payload": "{UNSEALED}"', text, count=1)
    return f"sha256:{file_digest(blank.encode('utf-8', 'surrogatepass'))}"


class Damage:
    """Builds the errors of one golden."""

    def __init__(self, guard: str, folder: str) -> None:
        """`folder` is how messages call the golden's folder."""
        self._guard = guard
        self._folder = folder

    def left_by_git(self, name: str, content: bytes) -> None:
        """Raise where git left something else in a file's place: the markers of a merge, or a pointer."""
        check_fetched(f"{self._folder}/{name}", content)
        if not name.endswith(BINARY) and _MARKER.search(plain_ends(name, content)):
            raise self.error(name, "holds merge conflict markers", slug="golden-conflict")

    def missing(self, name: str) -> GoldenError:
        """A file that the record lists is not there."""
        return self.error(name, "is gone, though the record lists it", slug="golden-incomplete")

    def unlike(self, name: str, content: bytes, expected: str = "") -> GoldenError:
        """A file is not the one that was written, which has the `expected` digest."""
        if name.endswith(BINARY) and expected == f"sha256:{file_digest(content.replace(CRLF, LF))}":
            told = f"{self._folder}/{name} is no text, and git has changed its line ends"
            advice = "put `golden/**/*.npy binary` into .gitattributes, as the last line, and check it out again"
            return GoldenError(told, advice=advice, slug="golden-edited")
        if not content.strip():
            return self.error(name, "is empty", slug="golden-truncated")
        if not name.endswith(BINARY) and not content.endswith(b"\n"):
            return self.error(name, "ends in the middle of a line", slug="golden-truncated")
        return self.error(name, "was changed after it was accepted", slug="golden-edited")

    def unreadable(self, name: str, why: object) -> GoldenError:
        """A file holds something that no golden holds."""
        reason = " ".join(str(why).split())[:200] or type(why).__name__
        return self.error(name, f"cannot be read ({reason})", slug="golden-unreadable")

    def newer(self, name: str, number: int) -> GoldenError:
        """The file is of a format that this version does not know."""
        told = f"was written by a newer mlguard (format {number}, this one reads up to {FORMAT})"
        path = f"{self._folder}/{name}"
        advice = f"upgrade mlguard, or record it again with {self._command}"
        return GoldenError(f"{path} {told}", advice=advice, slug="golden-newer")

    def moved(self, name: str, guard: str) -> GoldenError:
        """The record is the one of another guard."""
        return self.error(name, f"is the golden of {guard}, not of {self._guard}", slug="golden-moved")

    def half_written(self) -> GoldenError:
        """A writer died between two of the files, and the next one finds the others at hand."""
        told = f"{self._folder} is half written: the command that recorded it was interrupted"
        advice = f"finish it with {self._command}, or restore it from version control"
        return GoldenError(told, advice=advice, slug="golden-half-written")

    def error(self, name: str, told: str, *, slug: str) -> GoldenError:
        """One sentence: the file, what is wrong, the command that repairs it."""
        repair = f"restore it from version control, or record it again with {self._command}"
        return GoldenError(f"{self._folder}/{name} {told}", advice=repair, slug=slug)

    @property
    def _command(self) -> str:
        name = shlex.quote(self._guard)
        if is_of_test(self._guard):
            return f'`pytest {name} --regen-golden --golden-reason "…"`'
        return f'`mlguard regen-golden {name} --reason "…"`'
