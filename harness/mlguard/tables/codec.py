"""Encode a table or array in one of the formats, and read it back exactly."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from mlguard.core.error import GoldenError, UsageError
from mlguard.files import csv
from mlguard.files.csv import Line
from mlguard.tables import jsonl, parquet
from mlguard.tables.sheet import Schema, Sheet, from_lines

CSV = "csv"
JSONL = "jsonl"
PARQUET = "parquet"
FORMATS = (CSV, JSONL, PARQUET)
"""The formats, and their files' suffixes. Only csv and jsonl promise the same bytes everywhere."""


_QUOTED = re.compile(r'[,"\r\n]|^$|^[ \t]|[ \t]$')

AGAIN = "make the dataset again"
"""What to do about a damaged dataset."""


def encode_sheet(sheet: Sheet, *, format: str = CSV) -> bytes:
    """The file of a Sheet; floats as they are, so settle them first."""
    if format not in FORMATS:
        raise UsageError(f"there is no format {format!r}; known are {', '.join(FORMATS)}", slug="table-format")
    return _WRITE[format](sheet)


def decode_table(data: bytes, schema: Schema, *, format: str = CSV, file: str = "the table") -> Any:
    """The DataFrame (with a plain 0 to n-1 index) or array that a file holds.

    Raises GoldenError naming `file` where it does not hold what its schema says.
    """
    try:
        if format not in FORMATS:
            raise ValueError(f"its format {format!r} is not one of {', '.join(FORMATS)}")
        # A cell takes a byte, be it that of the comma or line end after it; before it is read nothing else is known.
        if format != PARQUET and max(schema.rows, bool(data)) * schema.width > len(data):
            raise ValueError(f"{len(data)} bytes cannot hold {schema.rows} rows of {schema.width} cells")
        lines = _READ[format](data, schema)
        if len(lines) != schema.rows:
            raise ValueError(f"{len(lines)} rows where its manifest says {schema.rows}")
        return from_lines(lines, schema)
    except UsageError:
        raise  # No pyarrow.
    except Exception as error:  # Whatever pandas and NumPy say of cells that are none of their column's type.
        raise GoldenError(f"{file} is damaged: {error}", advice=AGAIN, slug="dataset-damaged") from error


def _write_csv(sheet: Sheet) -> bytes:
    return "".join(map(_csv_line, [sheet.schema.header, *sheet.lines()])).encode()


def _csv_line(cells: Sequence[str | None]) -> str:
    spelled = ("" if cell is None else csv.quoted(cell) if _QUOTED.search(cell) else cell for cell in cells)
    return ",".join(spelled) + "\n"


def _read_csv(data: bytes, schema: Schema) -> list[Line]:
    header, *lines = csv.read(data.decode())
    if header != schema.header:
        raise ValueError(f"its columns are {', '.join(map(str, header))}; expected {', '.join(schema.header)}")
    return lines


_WRITE: dict[str, Callable[[Sheet], bytes]] = {CSV: _write_csv, JSONL: jsonl.write, PARQUET: parquet.write}
_READ: dict[str, Callable[[bytes, Schema], list[Line]]] = {CSV: _read_csv, JSONL: jsonl.read, PARQUET: parquet.read}
