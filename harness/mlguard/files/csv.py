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
    if '"' not in text and "\r" not in text:
        return [_bare(row) for row in _lines(text)]
    return [_cells(row, number) for number, row in enumerate(_rows(text), start=1)]


def _lines(text: str) -> list[str]:
    if not text.endswith("\n"):
        raise ValueError("the last line is cut off")
    return text[:-1].split("\n")


def _rows(text: str) -> Iterator[str]:
    """The text of each row; a quoted cell may hold line ends."""
    begun: list[str] = []
    is_open = False
    for line in _lines(text):
        begun.append(line)
        is_open ^= bool(line.count('"') % 2)
        if not is_open:
            yield "\n".join(begun)
            begun = []
    if begun:
        raise ValueError("the last line is cut off")


def _bare(row: str) -> Line:
    """The cells of a row in which nothing is quoted."""
    cells = row.split(",")
    return tuple(cell or None for cell in cells) if "" in cells else tuple(cells)


def _cells(row: str, number: int) -> Line:
    if '"' not in row and "\r" not in row:
        return _bare(row)
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
