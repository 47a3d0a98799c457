"""Parquet through pyarrow, for other tools to read: a convenience outside the promise of the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mlguard.core.error import UsageError
from mlguard.files.csv import Line
from mlguard.files.numbers import FLOATS, INTEGERS
from mlguard.tables.cells import to_array, to_cells
from mlguard.tables.logical import LogicalType, nullable
from mlguard.tables.sheet import Schema, Sheet

LARGEST = 10**7
"""Cells of a table that is read; compressed, they may take no room at all."""

_NATIVE = ("bool", "text", "date", "timestamp", "duration", *INTEGERS, *FLOATS)
_NOT_A_TIME = np.iinfo(np.int64).min


def write(sheet: Sheet) -> bytes:
    """One Parquet column per column; what Parquet has no type for (decimals, lists) is written as text.

    Raises UsageError where pyarrow is not installed or has no room for a timestamp.
    """
    arrow = _arrow()
    columns = list(zip(*sheet.lines(), strict=True)) or [()] * len(sheet.schema.header)
    stream = io.BytesIO()
    try:
        arrays = [_array(arrow, cells, kind) for cells, kind in zip(columns, sheet.schema.types, strict=True)]
        arrow.parquet.write_table(arrow.table(arrays, names=list(sheet.schema.header)), stream)
    except arrow.ArrowException as error:  # Timestamps in seconds that do not fit the milliseconds that Parquet keeps.
        text = f"Parquet cannot keep a table of the columns {', '.join(sheet.schema.header)}: {error}"
        raise UsageError(f"{text}; use --format csv or jsonl", slug="column-unsupported") from error
    return stream.getvalue()


def read(data: bytes, schema: Schema) -> list[Line]:
    """The rows as text. Raises ValueError where the bytes are no such Parquet file."""
    arrow = _arrow()
    try:
        facts = arrow.parquet.read_metadata(io.BytesIO(data))
        if (facts.num_rows, facts.num_columns) != (schema.rows, schema.width) or schema.rows * schema.width > LARGEST:
            raise ValueError(f"{facts.num_rows} rows of {facts.num_columns} columns")
        table = arrow.parquet.read_table(io.BytesIO(data))
    except (OSError, arrow.ArrowException) as error:
        raise ValueError(f"not a Parquet file: {error}") from error
    if tuple(table.column_names) != schema.header:
        raise ValueError(f"its columns are {', '.join(table.column_names)}")
    columns = [_cells(arrow, table.column(i), kind) for i, kind in enumerate(schema.types)]
    return list(zip(*columns, strict=True))


def read_frame(file: Path, most: int) -> pd.DataFrame:
    """The first rows of a Parquet file that others wrote, `most` of them, with an index from 0.

    Raises ValueError where it is no such file, UsageError where pyarrow is not installed.
    """
    arrow = _arrow()
    try:
        batches = arrow.parquet.ParquetFile(file).iter_batches(batch_size=most)
        first = next(batches, None)
    except arrow.ArrowException as error:
        raise ValueError(f"not a Parquet file: {error}") from error
    frame: pd.DataFrame = (
        pd.DataFrame() if first is None else first.to_pandas(types_mapper=_nullable(arrow).get).reset_index(drop=True)
    )
    return frame


def _arrow() -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        text = "Parquet needs pyarrow, which is not installed; run `pip install 'pytest-mlguard[parquet]'`"
        raise UsageError(f"{text} or use --format csv", slug="parquet-missing") from error
    return pyarrow


def _nullable(arrow: Any) -> dict[Any, Any]:
    """pandas' types for whole numbers of which some may be missing: as doubles they would lose digits."""
    return {arrow.from_numpy_dtype(np.dtype(n)): pd.api.types.pandas_dtype(nullable(n)) for n in INTEGERS}


def _array(arrow: Any, cells: Sequence[str | None], kind: LogicalType) -> Any:
    if kind.values is not None:
        code = {category: position for position, category in enumerate(kind.categories)}
        codes = arrow.array([None if cell is None else code[cell] for cell in cells], type=arrow.int32())
        categories = _array(arrow, kind.categories, kind.values)
        return arrow.DictionaryArray.from_arrays(codes, categories, ordered=kind.ordered)
    if kind.base not in _NATIVE:
        return arrow.array(list(cells), type=arrow.string())
    values = to_array(cells, kind)
    # Timestamps as whole numbers of their unit: that is what both libraries keep, and converts without loss.
    plain = values.view(np.int64).tolist() if kind.unit else values.tolist()
    array = arrow.array(
        [None if cell is None else value for cell, value in zip(cells, plain, strict=True)], _raw(arrow, kind)
    )
    if kind.base != "duration" and kind.unit == "s":
        # Parquet keeps milliseconds; older versions of pyarrow write too large ones without an error.
        return array.cast(_type(arrow, kind)).cast(arrow.timestamp("ms", tz=kind.zone and "UTC"))
    return array.cast(_type(arrow, kind)) if kind.unit else array


def _cells(arrow: Any, column: Any, kind: LogicalType) -> list[str | None]:
    if kind.values is not None:
        return _cells(arrow, column.cast(column.type.value_type), kind.values)
    if kind.base not in _NATIVE:
        return list(column.to_pylist())
    if kind.unit:
        counts = [_NOT_A_TIME if count is None else count for count in column.cast(arrow.int64()).to_pylist()]
        letter = "M" if kind.base == "timestamp" else "m"
        return to_cells(np.array(counts, dtype=np.int64).view(f"{letter}8[{kind.unit}]"), kind)
    return to_cells(np.array(column.to_pylist(), dtype=object), kind)


def _raw(arrow: Any, kind: LogicalType) -> Any:
    if kind.unit:
        return arrow.int64()
    if kind.base == "float16":
        return arrow.float32()  # Few readers know half floats.
    named = {"bool": arrow.bool_(), "text": arrow.string(), "date": arrow.date32()}
    return named.get(kind.base) or arrow.from_numpy_dtype(np.dtype(kind.base))


def _type(arrow: Any, kind: LogicalType) -> Any:
    if kind.base == "duration":
        return arrow.duration(kind.unit)
    return arrow.timestamp(kind.unit, tz=kind.zone and "UTC")
