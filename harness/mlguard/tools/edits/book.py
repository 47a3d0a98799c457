"""Edits of notebooks, cell by cell; what cells showed and how often they ran is none."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from mlguard.tools.edits.edit import Edit, EditKind
from mlguard.tools.edits.hunk import hunk


@dataclass(frozen=True)
class BookFile:
    """One notebook of which some cells differ."""

    file: str
    before: bytes
    """Its old content."""
    after: bytes
    """Its new content."""
    leaves: Mapping[Edit, int]
    """The edits, each with the position of its cell among those with code."""

    @classmethod
    def of(cls, file: str, before: bytes | None, after: bytes | None) -> BookFile | None:
        """The edits between two notebooks of as many cells with code; None where they are no such notebooks.

        Where cells came or went, nobody knows which of the old ones is which of the new ones.
        """
        was, now = (_sources(_parsed(file, content)) for content in (before, after))
        if before is None or after is None or len(was) != len(now) or was == now:
            return None
        text = after.decode("utf-8", "replace").splitlines()
        changed = [place for place, (old, new) in enumerate(zip(was, now, strict=True)) if old != new]
        leaves = {_edit(file, place, was[place], now[place], text): place for place in changed}
        return cls(file, before, after, leaves)

    def without(self, undone: Collection[Edit]) -> bytes | None:
        """The content with these edits undone."""
        places = [place for edit, place in self.leaves.items() if edit in undone]
        if len(places) == len(self.leaves):
            return self.before
        was, mixed = (_parsed(self.file, content) for content in (self.before, self.after))
        for place in places:
            _code(mixed)[place]["source"] = _code(was)[place]["source"]
        return json.dumps(mixed).encode()


def _edit(file: str, place: int, old: str, new: str, text: list[str]) -> Edit:
    shown = tuple(hunk(old.splitlines(), 0, new.splitlines(), 0))
    first = json.dumps(new.splitlines()[0], ensure_ascii=False)[:-1]
    lines = [number for number, line in enumerate(text, start=1) if first in line]
    return Edit(f"{file}, cell {place + 1}", EditKind.CELL, file, lines[0] if len(lines) == 1 else 1, "", shown)


def _parsed(file: str, content: bytes | None) -> Any:
    try:
        return json.loads(content) if content is not None and file.endswith(".ipynb") else None
    except ValueError:
        return None


def _code(book: Any) -> list[dict[str, Any]]:
    """The cells that have code, in order, as their numbers count them."""
    cells = book.get("cells") if isinstance(book, dict) else None
    return [cell for cell in cells or () if cell.get("cell_type") == "code" and "".join(cell["source"]).strip()]


def _sources(book: Any) -> list[str]:
    return ["".join(cell["source"]) for cell in _code(book)]
