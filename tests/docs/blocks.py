"""The fenced blocks of a page, each with the comment above it, which says what the block is for.

`<!-- file: NAME -->`: the block is the whole content of that file. `<!-- edit: NAME -->`: it is an edit of that file,
as `diff` shows one. Nobody sees a comment on the page; what a reader has to know stands in the text as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^(?:<!-- (?P<note>[^\n]+) -->\n+)?^```(?P<language>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Block:
    """One fenced block."""

    page: str
    """The page, from the project's root."""
    line: int
    """The line of its fence, from 1."""
    language: str
    """What follows the fence."""
    note: str
    """The comment above it; empty without one."""
    text: str
    """What stands in it."""

    @property
    def place(self) -> str:
        """Where it stands, as an editor opens it."""
        return f"{self.page}:{self.line}"

    def file(self, kind: str = "file") -> str | None:
        """The file that it is, or that it edits (`kind="edit"`); None where it is no such block."""
        found = re.fullmatch(rf"{kind}: (\S+)", self.note)
        return found[1] if found else None


@dataclass(frozen=True)
class Typed:
    """One command of a `console` block."""

    command: str
    """What follows the prompt."""
    shown: str
    """What the page shows below it."""


def pages() -> list[str]:
    """Every page of the documentation, from the project's root."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "benchmarks/README.md"]
    return sorted(page.relative_to(ROOT).as_posix() for page in found)


def blocks(page: str) -> list[Block]:
    """The blocks of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, found.start("language")) + 1, *found.group("language", "note", "text"))
        if found["note"]
        else Block(page, text.count("\n", 0, found.start("language")) + 1, found["language"], "", found["text"])
        for found in _FENCE.finditer(text)
    ]


def session(block: Block) -> Iterator[Typed]:
    """The commands of a `console` block. Raises ValueError where it begins with anything else."""
    first, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
    if first:
        raise ValueError(f"{block.place}: the first line of a session is `$ ` and a command")
    for part in parts:
        command, _, shown = part.partition("\n")
        yield Typed(command, shown)
