"""Comma-separated text of our own: what is missing is empty, empty text is `""`, and nothing else is read into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mlguard.tables.sheet import Sheet

_QUOTED = re.compile(r'[,"\r\n]|^$|^[ \t]|[ \t]$')
_CELL = re.compile(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n)')

Line = tuple[str | None, ...]


def write(sheet: Sheet) -> bytes:
    """A header and one line per row, ended by a line feed, in UTF-8."""
    return "".join(_line(cells) for cells in [sheet.schema.header, *sheet.lines()]).encode()


def read(data: bytes) -> tuple[Line, list[Line]]:
    """The header and the rows. Raises ValueError saying at which character the text is no such CSV."""
    lines: list[Line] = []
    cells: list[str | None] = []
    text, place = data.decode(), 0
    while place < len(text):
        match = _CELL.match(text, place)
        if match is None:
            raise ValueError(f"not the CSV that mlguard writes, at character {place}")
        quoted, bare, end = match.groups()
        cells.append(bare or None if quoted is None else quoted.replace('""', '"'))
        if end == "\n":
            lines.append(tuple(cells))
            cells = []
        place = match.end()
    if cells or not lines:
        raise ValueError("the last line is cut off")
    return lines[0], lines[1:]


def _line(cells: Sequence[str | None]) -> str:
    return ",".join(_spelled(cells)) + "\n"


def _spelled(cells: Iterable[str | None]) -> Iterable[str]:
    for cell in cells:
        if cell is None:
            yield ""
        else:
            yield '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell
