"""Comma-separated text of our own: what is missing is empty, empty text is `""`, and nothing else is read into it."""

from __future__ import annotations

import re
from collections.abc import Iterator

Line = tuple[str | None, ...]
"""The cells of one row; None where one is missing."""

_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r]*))(,|\Z)')


def quoted(cell: str) -> str:
    """A cell that holds what would end it, or that is empty text."""
    return '"' + cell.replace('"', '""') + '"'


def read(text: str) -> list[Line]:
    """The rows. Raises ValueError saying in which row the text is no such CSV."""
    return [_cells(row, number) for number, row in enumerate(_rows(text), start=1)]


def _rows(text: str) -> Iterator[str]:
    """The text of each row; a quoted cell may hold line ends."""
    if not text.endswith("\n"):
        raise ValueError("the last line is cut off")
    begun: list[str] = []
    is_open = False
    for line in text[:-1].split("\n"):
        begun.append(line)
        is_open ^= bool(line.count('"') % 2)
        if not is_open:
            yield "\n".join(begun)
            begun = []
    if begun:
        raise ValueError("the last line is cut off")


def _cells(row: str, number: int) -> Line:
    if '"' not in row and "\r" not in row:
        return tuple(cell or None for cell in row.split(","))
    cells: list[str | None] = []
    place, more = 0, True
    while more:
        match = _CELL.match(row, place)
        if match is None:
            raise ValueError(f"row {number} is not the CSV that mlguard writes")
        inside, bare, end = match.groups()
        cells.append(bare or None if inside is None else inside.replace('""', '"'))
        place, more = match.end(), bool(end)
    return tuple(cells)
