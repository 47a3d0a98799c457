"""Read somebody's real table: CSV, JSON Lines or Parquet, as it comes, with every doubt told."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from mlguard.core.error import UsageError
from mlguard.tables.parquet import read_frame
from mlguard.tools.like.infer import typed
from mlguard.tools.like.privacy import LEAST

MOST = 100_000
"""Rows that are read at most: what is learned from them does not get better after that."""

_SEPARATORS = ",;\t|"
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


@dataclass(frozen=True)
class RealTable:
    """A real table as it was read; nothing of it is written anywhere as it is."""

    file: Path
    """Where it came from."""
    frame: pd.DataFrame
    """Its rows, at most `MOST`, with an index from 0."""
    notes: tuple[str, ...]
    """What the owner should know about how it was read."""


def read_table(file: Path) -> RealTable:
    """Read a table by the ending of its name.

    Raises UsageError naming the file and what is wrong with it: it is missing, empty, of an unknown ending, no UTF-8,
    damaged, has two columns of one name, a single column, or fewer rows than `LEAST`.
    """
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        text = f"{file} ends in {file.suffix or 'nothing'!r}, and tables are read from {', '.join(_READERS)}"
        raise UsageError(f"{text}; convert it first", slug="like-format")
    frame, notes = _opened(reader, file)
    _check_shape(file, frame)
    if len(frame) > MOST:
        frame = frame.iloc[:MOST]
        notes = [*notes, f"only the first {MOST:,} rows were read"]
    return RealTable(file, frame, tuple(notes))


def _opened(reader: Callable[[Path], tuple[pd.DataFrame, list[str]]], file: Path) -> tuple[pd.DataFrame, list[str]]:
    try:
        return reader(file)
    except UnicodeDecodeError as error:
        text = f"{file} is no UTF-8 text (byte {error.start} of a block: {error.reason})"
        raise UsageError(f"{text}; convert it, for example with `iconv -t utf-8`", slug="like-unreadable") from error
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise UsageError(f"{file} {reason}", slug="like-unreadable") from error
    except (ValueError, OverflowError, csv.Error) as error:
        raise UsageError(f"{file} cannot be read as a table: {error}", slug="like-unreadable") from error


def _check_shape(file: Path, frame: pd.DataFrame) -> None:
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    problem = ""
    if twice:
        problem = f"has several columns named {', '.join(map(repr, twice))}; name each once"
    elif any(not name.strip() for name in names):
        problem = "has a column without a name; name each"
    elif len(names) < 2:
        problem = f"has {len(names)} column{'s' * (len(names) != 1)}, and a table to learn from has two or more"
    elif len(frame) < LEAST:
        problem = f"has {len(frame)} rows; below {LEAST}, whatever is learned would tell of single rows"
    if problem:
        raise UsageError(f"{file} {problem}", slug="like-shape")


def _csv(file: Path) -> tuple[pd.DataFrame, list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        separator, note = _separator(stream)
        lines = csv.reader(stream, delimiter=separator, strict=True)
        header = next(lines, [])
        cells = list(islice(_whole_lines(lines, header), MOST + 1))
    columns = list(zip(*cells, strict=True)) or [()] * len(header)
    series = [typed(pd.Series(column, dtype=object)) for column in columns]
    frame = pd.concat(series, axis=1) if series else pd.DataFrame()
    frame.columns = pd.Index(header)
    return frame, note


def _separator(stream: TextIO) -> tuple[str, list[str]]:
    first = stream.readline()
    stream.seek(0)
    separator = max(_SEPARATORS, key=first.count)
    return separator, [] if separator == "," else [f"its columns are parted by {_NAMES[separator]}"]


def _whole_lines(lines: Any, header: list[str]) -> Iterator[list[str]]:
    for line in lines:
        if not line:
            continue
        if len(line) != len(header):
            raise ValueError(f"line {lines.line_num} has {len(line)} cells, and the header {len(header)}")
        yield line


def _jsonl(file: Path) -> tuple[pd.DataFrame, list[str]]:
    with file.open(encoding="utf-8-sig") as stream:
        rows = list(islice(_objects(stream), MOST + 1))
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: typed(pd.Series([row.get(name) for row in rows], dtype=object)) for name in names}
    return pd.DataFrame(columns), []


def _objects(stream: TextIO) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ValueError(f"line {number} is not JSON: {error}") from error
        if not isinstance(row, dict):
            raise ValueError(f"line {number} is not a JSON object")
        yield row


def _parquet(file: Path) -> tuple[pd.DataFrame, list[str]]:
    return read_frame(file, MOST + 1), []


_READERS = {".csv": _csv, ".tsv": _csv, ".jsonl": _jsonl, ".ndjson": _jsonl, ".parquet": _parquet}
