"""The hunks of a git diff, and those that touch a function."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_AT = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPED = re.compile(rb'\\([0-7]{3}|[abfnrtv"\\])')
_PLAIN = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


@dataclass(frozen=True)
class Hunk:
    """One hunk of a diff."""

    before_file: str | None
    """The file in the first revision; None where it did not exist."""
    after_file: str | None
    """The file in the second revision; None where it is gone."""
    before: range
    """Line numbers in the first revision; empty where lines were only added, behind the line before its start."""
    after: range
    """Line numbers in the second revision; empty where lines were only removed."""
    lines: tuple[str, ...]
    """The lines with their `-`, `+` or blank in front."""


def hunks(diff: str) -> Iterator[Hunk]:
    """Every hunk of the text that `git diff -U0` prints, in order; more lines of context do no harm."""
    before: str | None = None
    after: str | None = None
    lines = diff.split("\n")
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        at = _AT.match(line)
        if line.startswith("--- "):
            before = _file(line[4:])
        elif line.startswith("+++ "):
            after = _file(line[4:])
        elif at is not None:
            old, new = _lines(at[1], at[2]), _lines(at[3], at[4])
            body = _body(lines[position:], len(old), len(new))
            position += len(body)
            yield Hunk(before, after, old, new, tuple(body))


def touching(found: Iterable[Hunk], file: str, lines: range, *, side: str = "after") -> tuple[Hunk, ...]:
    """The hunks that touch these lines of a file in one revision, `before` or `after`.

    A hunk that only takes lines away touches what stands around the gap that it leaves.
    """
    return tuple(h for h in found if getattr(h, f"{side}_file") == file and _touch(getattr(h, side), lines))


def _touch(hunk: range, lines: range) -> bool:
    if not hunk:
        # Git names the line in front of the gap, which therefore lies between `start - 1` and `start`.
        return lines.start < hunk.start < lines.stop
    return hunk.start < lines.stop and lines.start < hunk.stop


def _lines(start: str, count: str | None) -> range:
    first, length = int(start), 1 if count is None else int(count)
    return range(first, first + length) if length else range(first + 1, first + 1)


def _body(lines: list[str], old: int, new: int) -> list[str]:
    """The lines of one hunk, told by their number: a removed line may look like the head of a file."""
    body = []
    for line in lines:
        if not (old or new or line.startswith("\\")):
            break
        old -= line.startswith(("-", " "))
        new -= line.startswith(("+", " "))
        body.append(line)
    return body


def _file(name: str) -> str | None:
    """The path in `a/path` or `b/path`, without git's quotes and the tab behind names with blanks."""
    name = name.rstrip("\t\r")
    if name == "/dev/null":
        return None
    if name.startswith('"') and name.endswith('"'):
        raw = name[1:-1].encode("utf-8", "surrogateescape")
        name = _ESCAPED.sub(_unescaped, raw).decode("utf-8", "surrogateescape")
    return name[2:] if name[:2] in ("a/", "b/", "i/", "w/", "c/", "o/") else name


def _unescaped(match: re.Match[bytes]) -> bytes:
    said = match[1]
    return bytes([int(said, 8)]) if len(said) == 3 else _PLAIN.get(said, said)
