"""One Observation as one line of JSON, its elements inline or in the file that suits their number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Required, TypedDict

from mlguard.core.record import GATE, INTERNAL, Observation, Role
from mlguard.core.run_name import MAIN, run_name
from mlguard.core.value import Value
from mlguard.files.typed import checked, known
from mlguard.golden.arrays import read_array, write_array
from mlguard.golden.elements import NUMERIC, TEXT, default_kept, from_cells, from_json, kept_as, to_cells, to_json
from mlguard.golden.naming import ARRAYS, INTERNALS, component, labelled
from mlguard.golden.plain import from_plain, to_plain
from mlguard.golden.sheet import Sheet, SheetWriter

INLINE = 16
"""Elements up to which a Value stays on its Observation's line."""

WIDE = 64
"""Elements that one row may have in a readable table."""

READABLE = 20_000
"""Elements up to which a Value is written as text."""

INTERNAL_INLINE = 4096
"""Elements up to which an internal stays on its line, since nobody reviews it."""

VALUES = "values"
"""The table of Observations that name no file of their own."""

EMPTY = 10**7
"""The largest product of the other axes of a Value that has an axis of no length."""

Line = dict[str, Any]

_USUAL: Line = {"role": GATE, "run": MAIN, "column": None, "file": None, "detail": {}, "question": "", "shape": []}
"""What a line does not say."""


class _Line(TypedDict, total=False):
    """What a line may hold; where more than one type is named, the reader of elements decides."""

    dtype: Required[str]
    name: Required[str]
    stage: Required[str]
    role: str
    run: str
    column: str
    file: str
    detail: dict[str, Any]
    question: str
    shape: list[int]
    kept: str
    value: Any
    array: list[str]
    part: str
    rows: bool | list[str]
    at: int
    noise: float
    files: dict[str, str]


class _Detail(TypedDict, total=False):
    """Those details that decide something."""

    contract: str
    reference: list[str]
    guess: bool


@dataclass
class Sheets:
    """What the writing of Observations leaves beside the record."""

    tables: dict[str, SheetWriter]
    """Tables by file name."""
    arrays: dict[str, bytes]
    """Files of large Values by file name."""


def write_observation(observation: Observation, sheets: Sheets) -> Line:
    """The line of an Observation; elements that do not fit on it go into the sheets."""
    value = observation.value
    line: Line = {
        "dtype": value.dtype,
        "name": observation.name,
        "stage": observation.stage,
        "role": str(observation.role),
        "run": str(observation.run),
        "column": observation.column,
        "file": observation.file,
        "detail": to_plain(observation.detail),
        "question": observation.question,
        "shape": list(value.shape),
        "kept": kept_as(value),
    }
    usual = {**_USUAL, "kept": default_kept(value.dtype)}
    said = {key: item for key, item in line.items() if key not in usual or item != usual[key]}
    place = _place(observation)
    if place == "line":
        return said | _inline(value)
    return said | (_to_table(observation, sheets) if place == "table" else _to_array(observation, sheets))


def read_observation(line: Line, read: Callable[[str], bytes], tables: Mapping[str, Sheet]) -> Observation:
    """The Observation of a line. Raises ValueError, KeyError or TypeError for what `write_observation` never writes."""
    checked(_Line, line, str(line.get("name", "")))
    line = {**_USUAL, "kept": default_kept(line["dtype"]), **line}
    kept, shape = line["kept"], tuple(line["shape"])
    if kept not in (*NUMERIC, TEXT):
        raise ValueError(f"{line['name']}: elements cannot be kept as {kept!r}")
    detail = from_plain(line["detail"])
    known(_Detail, detail, f"{line['name']}: detail")
    if any(length < 0 for length in shape) or (0 in shape and prod(length or 1 for length in shape) > EMPTY):
        raise ValueError(f"{line['name']} has the shape {list(shape)}")
    if "value" in line:
        found = _from_line(line, kept, scalar=not shape)
    elif "array" in line:
        found = read_array(read, line["array"], kept, prod(shape))
    else:
        found = _from_table(line, tables[table_name(line["file"])], kept, shape)
    value = Value(line["dtype"], shape, **found)
    if value.size != prod(shape) or (value.rows is not None and len(value.rows) != shape[0]):
        raise ValueError(f"{line['name']} has {value.size} elements, which is not its shape {shape}")
    return Observation(
        stage=line["stage"],
        name=line["name"],
        value=value,
        role=Role(line["role"]),
        run=run_name(line["run"]),
        column=line["column"],
        file=line["file"],
        detail=detail,
        question=line["question"],
    )


def table_name(file: str | None) -> str:
    """The file name of the table that Observations of this `file` share."""
    name = file or VALUES
    return f"{component(name) if name == name.lower() else labelled(name)}.csv"


def _place(observation: Observation) -> str:
    """Where the elements go: on the `line`, into a `table`, or into an `array` of their own."""
    value = observation.value
    if observation.role == INTERNAL:
        return "line" if value.size <= INTERNAL_INLINE else "array"
    if not value.shape or not value.size or (observation.file is None and value.size <= INLINE):
        return "line"
    return "array" if value.row_width > WIDE or value.size > READABLE else "table"


def _inline(value: Value) -> Line:
    elements = to_json(value)
    rows = {} if value.rows is None else {"rows": list(value.rows)}
    return {"value": elements if value.shape else elements[0], **rows}


def _from_line(line: Line, kept: str, *, scalar: bool) -> dict[str, Any]:
    elements = [line["value"]] if scalar else line["value"]
    return {**from_json(elements, kept), "rows": tuple(line["rows"]) if "rows" in line else None}


def _to_table(observation: Observation, sheets: Sheets) -> Line:
    value, width = observation.value, observation.value.row_width
    part, column = _split(observation.name)
    cells = to_cells(value)
    columns = {name: cells[i::width] for i, name in enumerate(_columns(column, value.shape))}
    table = sheets.tables.setdefault(table_name(observation.file), SheetWriter())
    place = table.add(observation.run, part, value.rows, columns, value.shape[0])
    return {**({"part": place} if place != part else {}), **({"rows": True} if value.rows is not None else {})}


def _from_table(line: Line, sheet: Sheet, kept: str, shape: tuple[int, ...]) -> dict[str, Any]:
    part, column = _split(line["name"])
    run, part = line["run"], line.get("part", part)
    if prod(shape[1:]) > sheet.width:
        raise ValueError(f"{line['name']} has rows of {prod(shape[1:])} elements in a table of {sheet.width} columns")
    cells = sheet.cells(run, part, _columns(column, shape))
    return {**from_cells(cells, kept), "rows": sheet.rows(run, part) if line.get("rows") else None}


def _to_array(observation: Observation, sheets: Sheets) -> Line:
    folder = INTERNALS if observation.role == INTERNAL else ARRAYS
    run, _, name = observation.key
    readable = name if run == MAIN else f"{run}.{name}"
    stem = f"{folder}/{labelled('/'.join(observation.key), readable)}"
    files = write_array(observation.value, stem)
    sheets.arrays.update(files)
    return {"array": sorted(files)}


def _split(name: str) -> tuple[str, str]:
    """Part and column of a name: `test.proba` fills column `proba` of part `test`, `sims` the column `value`."""
    part, dot, column = name.partition(".")
    return (part, column) if dot else (name, "value")


def _columns(column: str, shape: tuple[int, ...]) -> list[str]:
    return [column] if len(shape) == 1 else [f"{column}[{i}]" for i in range(prod(shape[1:]))]
