"""JSON Lines of our own: one object per row, numbers as numbers, null where an element is missing."""

from __future__ import annotations

import json
from typing import Any

from mlguard.files.csv import Line
from mlguard.files.numbers import FLOATS, INTEGERS
from mlguard.tables.logical import LogicalType
from mlguard.tables.sheet import Schema, Sheet

_UNQUOTED = (*INTEGERS, *FLOATS, "bool", "list")


def write(sheet: Sheet) -> bytes:
    """One line per row, ended by a line feed, in UTF-8."""
    names = [json.dumps(name, ensure_ascii=False) for name in sheet.schema.header]
    types = [kind.values or kind for kind in sheet.schema.types]
    rows = (zip(names, types, cells, strict=True) for cells in sheet.lines())
    lines = ("{" + ", ".join(f"{name}: {_value(cell, kind)}" for name, kind, cell in row) + "}\n" for row in rows)
    return "".join(lines).encode()


def read(data: bytes, schema: Schema) -> list[Line]:
    """The rows. Raises ValueError saying in which line the text is no such JSON."""
    text = data.decode()
    if text and not text.endswith("\n"):
        raise ValueError("the last line is cut off")
    names = schema.header
    return [_read_line(line, number, names) for number, line in enumerate(text.split("\n")[:-1], start=1)]


def _value(cell: str | None, kind: LogicalType) -> str:
    if cell is None:
        return "null"
    if kind.base in _UNQUOTED and cell not in ("inf", "-inf"):  # JSON has no infinity.
        return cell
    return json.dumps(cell, ensure_ascii=False)


def _read_line(line: str, number: int, names: tuple[str, ...]) -> Line:
    try:
        row = json.loads(line, parse_int=_Spelled, parse_float=_Spelled, parse_constant=_Spelled)
    except ValueError as error:
        raise ValueError(f"line {number} is not JSON: {error}") from error
    if not isinstance(row, dict) or tuple(row) != names:
        raise ValueError(f"line {number} is not an object of the columns {', '.join(names)}")
    return tuple(_cell(value) for value in row.values())


class _Spelled(str):
    """A number as it is spelled, so that no digit is lost on the way."""


def _cell(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return _list_cell(value)
    return None if value is None else str(value)


def _list_cell(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join(map(_list_cell, value))}]"
    return str(value) if isinstance(value, _Spelled) else json.dumps(value, ensure_ascii=False)
