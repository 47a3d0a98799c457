"""Say where two Datasets first differ, in words."""

from __future__ import annotations

from collections.abc import Mapping

from mlguard.core.dataset import Dataset
from mlguard.tables.digest import column_digests_of
from mlguard.tables.sheet import ARRAY, TABLE, Sheet, sheets

_A = {ARRAY: "an array", TABLE: "a table"}


def differing(before: Dataset, after: Dataset) -> str | None:
    """Where two Datasets first differ, in words; None where they hold the same, whatever the pandas types."""
    if before.target != after.target:
        return f"the target is {after.target!r}, was {before.target!r}"
    return differing_sheets(sheets(before), sheets(after))


def differing_sheets(before: Mapping[str, Sheet], after: Mapping[str, Sheet]) -> str | None:
    """The same of tables that are taken apart already."""
    for name in sorted({*before, *after}):
        if name not in before or name not in after:
            return f"table {name!r} is {'new' if name in after else 'gone'}"
        moved = _differing_sheet(before[name], after[name])
        if moved:
            return f"table {name!r}{moved}"
    return None


def _differing_sheet(before: Sheet, after: Sheet) -> str | None:
    if before.schema.kind != after.schema.kind:
        return f" is {_A[after.schema.kind]}, was {_A[before.schema.kind]}"
    if before.schema.shape != after.schema.shape:
        return f" has shape {after.schema.shape}, had {before.schema.shape}"
    old, new = column_digests_of(before), column_digests_of(after)
    if list(old) != list(new):
        return f" has columns {', '.join(map(str, new))}, had {', '.join(map(str, old))}"
    for position, (column, digest) in enumerate(old.items()):
        if digest != new[column]:
            return _differing_column(before, after, position)
    return None


def _differing_column(before: Sheet, after: Sheet, position: int) -> str:
    column, other = before.schema.columns[position], after.schema.columns[position]
    place = "" if column.name == "" else f", column {column.name!r}"
    if column.type != other.type:
        return f"{place} is {other.type.name}, was {column.type.name}"
    pairs = list(zip(before.cells[position], after.cells[position], strict=True))
    moved = [(row, old, new) for row, (old, new) in enumerate(pairs) if old != new]
    row, old, new = moved[0]
    unit = "row" if before.schema.kind == TABLE else "element"
    return f"{place}: {len(moved)} of {len(pairs)} elements, first in {unit} {row}: {new!r}, was {old!r}"
