"""A Sheet as comma-separated text: a header and one line per row, each ended by a line feed, in UTF-8."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlguard.files import csv
from mlguard.files.csv import Line
from mlguard.tables.sheet import Sheet

_QUOTED = re.compile(r'[,"\r\n]|^$|^[ \t]|[ \t]$')


def write(sheet: Sheet) -> bytes:
    """The text of a Sheet."""
    return "".join(_line(cells) for cells in [sheet.schema.header, *sheet.lines()]).encode()


def read(data: bytes) -> tuple[Line, list[Line]]:
    """The header and the rows. Raises ValueError saying in which row the text is no such CSV."""
    header, *rows = csv.read(data.decode())
    return header, rows


def _line(cells: Sequence[str | None]) -> str:
    spelled = ("" if cell is None else csv.quoted(cell) if _QUOTED.search(cell) else cell for cell in cells)
    return ",".join(spelled) + "\n"
