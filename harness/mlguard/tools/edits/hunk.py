"""The difference of two pieces of text as hunks, with the line numbers of the files that they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile


def hunk(old: Sequence[str], old_start: int, new: Sequence[str], new_start: int) -> Iterator[str]:
    """The lines of `git diff -U0` from one piece to the other; `…_start` are positions of their first lines, from 0."""
    before, after = [line.rstrip("\r\n") for line in old], [line.rstrip("\r\n") for line in new]
    for kind, i, to_i, j, to_j in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, came = before[i:to_i], after[j:to_j]
        if kind == "equal" or not any(line.strip() for line in (*gone, *came)):
            continue
        yield f"@@ -{_span(old_start + i, len(gone))} +{_span(new_start + j, len(came))} @@"
        yield from (f"-{line}" for line in gone)
        yield from (f"+{line}" for line in came)


def begin(lines: Sequence[str]) -> int:
    """The first line, from 1, that a hunk changes in the new text; 1 where it is none."""
    found = re.match(r"@@ -\S+ \+(\d+)", lines[0]) if lines else None
    return max(1, int(found[1])) if found else 1


def pieces(old: Sequence[str], new: Sequence[str]) -> list[tuple[slice, slice]]:
    """The places that differ, in the old and in the new lines; as many lines for as many are taken one by one."""
    found = []
    for kind, i, to_i, j, to_j in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "replace" and to_i - i == to_j - j:
            found += [(slice(i + k, i + k + 1), slice(j + k, j + k + 1)) for k in range(to_i - i)]
        elif kind != "equal":
            found.append((slice(i, to_i), slice(j, to_j)))
    return found


def changed(lines: Sequence[str]) -> int:
    """How many characters a hunk changes: those between the beginning and the end that its old and new text share."""
    old, new = ("\n".join(line[1:] for line in lines if line[:1] == sign) for sign in "-+")
    begin = _shared(old, new)
    end = _shared(old[begin:][::-1], new[begin:][::-1])
    return len(old) + len(new) - 2 * (begin + end)


def _shared(one: str, other: str) -> int:
    """Length of the beginning that two texts share."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _span(start: int, length: int) -> str:
    """As git writes it: lines from 1, and of none the line in front of the gap."""
    return str(start + 1) if length == 1 else f"{start + bool(length)},{length}"
