"""What a page may show otherwise than a command prints it: the only place for such rules.

Times, commits, digests, versions and the place of the project differ between runs; numbers agree in what every machine
computes. A line `…` stands for any lines, so that a page need not show all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

PLACE = "/home/you/shop"
"""Where the project of a page lies."""

ANY = "…"
"""The line that stands for any lines."""

_RULES = (
    (re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|\+00:00)?)?"), "<time>"),
    (re.compile(r"\b\d+(\.\d+)? ?s\b( \(\d+:\d\d:\d\d\))?"), "<seconds>"),
    # pytest fills its headings up to the width of the terminal, whatever stands in them.
    (re.compile(r"={3,}"), "==="),
    (re.compile(r"(?<![\w.])(sha256:)?[0-9a-f]{7,64}(?![\w.])"), "<digest>"),
    (re.compile(r"\bmlguard \d+\.\d+\.\d+\b"), "mlguard <version>"),
    (re.compile(r'(?<=python-version: )"3\.\d+"'), "<version>"),
    # What derived rows of evidence come to, which decides nothing, differs between versions of pandas.
    (re.compile(r"\b\d+ observations\b"), "<some> observations"),
    (re.compile(r"\b\d+ of (?=\d+ rows of `evidence` answered)"), "<some> of "),
    # Round-off and limits: what they are about says more than their digits.
    (re.compile(r"-?\d+(\.\d+)?e-\d+"), "<small>"),
    (re.compile(r"-?\d+(\.\d+)?e\+?\d+"), "<large>"),
    (re.compile(r"-?\d+\.\d{5,}"), lambda found: f"{float(found[0]):.4g}"),
)


def stable(text: str, place: str = PLACE) -> list[str]:
    """The lines with what differs between runs replaced; empty ones at either end are left out."""
    text = text.replace(place, PLACE).replace("\r\n", "\n").strip("\n")
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    return [line.rstrip() for line in text.split("\n")] if text else []


def same(shown: Sequence[str], seen: Sequence[str]) -> bool:
    """Whether lines are those that a page shows, whose `…` stands for any."""
    if not shown:
        return not seen
    if shown[0].strip() == ANY:
        return any(same(shown[1:], seen[start:]) for start in range(len(seen) + 1))
    return bool(seen) and shown[0] == seen[0] and same(shown[1:], seen[1:])
