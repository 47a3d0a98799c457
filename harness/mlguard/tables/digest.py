"""Digest what a Dataset means: its types and elements, whatever the file format or the pandas release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from mlguard.core.dataset import Dataset
from mlguard.tables.sheet import Sheet, sheet, sheets


def digest(dataset: Dataset) -> str:
    """One digest (`sha256:…`) of all tables and the target; the order of tables does not matter, of columns it does."""
    return digest_of_sheets(sheets(dataset), target=dataset.target)


def digest_of_sheets(sheets: dict[str, Sheet], *, target: str | int | None) -> str:
    """The digest of a Dataset that is taken apart already."""
    return _digest([target, *([name, table_digest(sheets[name])] for name in sorted(sheets))])


def table_digest(sheet: Sheet) -> str:
    """The digest of one table or array: kind, shape, and each column's name, type and elements."""
    schema = sheet.schema
    columns = [[column.name, column.type.name] for column in schema.columns]
    return _digest([schema.kind, list(schema.shape), columns, *map(_digest, sheet.cells)])


def column_digests_of(sheet: Sheet) -> dict[str | int, str]:
    """The digest of each column's type and elements, by its name; an array has one, under the empty name."""
    pairs = zip(sheet.schema.columns, sheet.cells, strict=True)
    return {column.name: _digest([column.type.name, *cells]) for column, cells in pairs}


def row_digests(table: Any, *, name: str = "rows") -> list[str]:
    """The digest of each row's elements, in order; equal rows have equal digests."""
    taken = sheet(table, name=name)
    types = [column.type.name for column in taken.schema.columns]
    return [_digest([types, *cells]) for cells in taken.lines()]


def _digest(parts: Iterable[Any]) -> str:
    # JSON keeps apart what joining would not: missing from empty, one text with a comma from two.
    text = json.dumps(list(parts), ensure_ascii=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
