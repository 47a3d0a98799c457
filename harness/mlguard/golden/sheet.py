"""A readable table of Observations: one line per row of an answer, headed by its run, its part and its row's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count

from mlguard.files import csv
from mlguard.golden.elements import plain_text, text_cell

HEAD = ("run", "part", "row")

Cells = list[str]
"""Cells as they are written, quotes and escapes included."""


@dataclass
class Block:
    """The lines of one run and part while a sheet is being written."""

    length: int
    """Number of lines."""
    rows: tuple[str, ...] | None = None
    """Names of the rows; None until an Observation names them."""
    columns: dict[str, Cells] = field(default_factory=dict)
    """Cells by column."""

    def takes(self, length: int, rows: tuple[str, ...] | None, columns: Mapping[str, Cells]) -> bool:
        """Whether an Observation of these rows and columns fits here."""
        same = rows is None or self.rows is None or rows == self.rows
        return length == self.length and same and self.columns.keys().isdisjoint(columns)

    def lines(self, columns: Sequence[str]) -> Iterator[str]:
        """Its lines from the row's name on, where the table has these columns."""
        for index, row in enumerate(self.rows or map(str, range(self.length))):
            cells = [self.columns[name][index] if name in self.columns else "" for name in columns]
            yield ",".join([text_cell(row), *cells])


class SheetWriter:
    """Gathers Observations and writes them as one table."""

    def __init__(self) -> None:
        """An empty table."""
        self._blocks: dict[tuple[str, str], Block] = {}
        self._columns: dict[str, None] = {}

    def add(self, run: str, part: str, rows: tuple[str, ...] | None, columns: dict[str, Cells], length: int) -> str:
        """Put columns of one Observation into the table and answer under which part they stand.

        That is another part where the own one already has other rows or a column of the same name.
        """
        self._columns.update(dict.fromkeys(columns))
        places = chain([part], (f"{part} ({number})" for number in count(2)))
        blocks = ((place, self._blocks.setdefault((run, place), Block(length))) for place in places)
        place, block = next((place, block) for place, block in blocks if block.takes(length, rows, columns))
        block.columns.update(columns)
        block.rows = block.rows if rows is None else rows
        return place

    def content(self) -> bytes:
        """The table as text: header, then the lines in the order in which their parts were first seen."""
        columns = list(self._columns)
        lines = [",".join([*HEAD, *(text_cell(name) for name in columns)])]
        for (run, part), block in self._blocks.items():
            start = f"{text_cell(run)},{text_cell(part)}"
            lines.extend(f"{start},{line}" for line in block.lines(columns))
        return ("\n".join(lines) + "\n").encode()


class Sheet:
    """A table that was read."""

    def __init__(self, content: str) -> None:
        """Raises ValueError where the content is no such table."""
        head, *lines = csv.read(content)
        names = [plain_text(cell or "") for cell in head]
        if tuple(names[:3]) != HEAD:
            raise ValueError("the header is not the one of a table of Observations")
        self.width = len(names)
        self._position = {name: place for place, name in enumerate(names[3:], start=3)}
        self._blocks: dict[tuple[str, str], list[csv.Line]] = {}
        begun: csv.Line = ()
        for cells in lines:
            if len(cells) != len(names):
                raise ValueError(f"a line has {len(cells)} cells instead of {len(names)}")
            if cells[:2] != begun:
                begun = cells[:2]
                block = self._blocks.setdefault((plain_text(cells[0] or ""), plain_text(cells[1] or "")), [])
            block.append(cells)

    def rows(self, run: str, part: str) -> tuple[str, ...]:
        """Names of the rows of a part."""
        return tuple(plain_text(cells[2] or "") for cells in self._blocks[run, part])

    def cells(self, run: str, part: str, columns: Sequence[str]) -> list[str | None]:
        """The cells of these columns, row by row; None where one is missing."""
        places = [self._position[column] for column in columns]
        return [cells[place] for cells in self._blocks[run, part] for place in places]
