"""Tables on their way to a program and back: files in formats that programs of any language read and write."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from mlguard.core.dataset import with_texts_as_names
from mlguard.programs.error import ProgramError

_WHOLE = re.compile(r"[+-]?(0|[1-9]\d*)")
_NUMBER = re.compile(r"[+-]?((0|[1-9]\d*)(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?(inf|infinity)|nan", re.IGNORECASE)
_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_SEPARATING = frozenset({",", ";", "\t", "|"})
_TRUTHS = {"true": True, "false": False, "True": True, "False": False, "TRUE": True, "FALSE": False}


def write(rows: Any, file: Path) -> None:
    """Write rows in the format that the file's name ends in. Raises ProgramError where it cannot hold them."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.suffix == ".npy":
        np.save(file, np.asarray(rows), allow_pickle=False)
    else:
        _WRITERS[file.suffix](as_frame(rows, file.name), file)


def digest(*tables: Any) -> str:
    """A digest of tables, equal where a program would be given equal ones, however they lie in memory."""
    found = hashlib.sha256()
    for rows in tables:
        try:
            text = as_frame(rows, "rows").to_csv(index=False)
        except ProgramError:  # No table, such as an image.
            text = str(joblib.hash(rows))
        found.update(f"{len(text)} {text}".encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def read(file: Path) -> Any:
    """The rows of a file that a program wrote: a frame, or the array of a `.npy` file.

    Raises ProgramError where there is no such file or it holds no rows, with the number of the line.
    """
    if not file.is_file():
        raise ProgramError(f"no {file.name} was written")
    return _READERS[file.suffix](file)


def as_frame(rows: Any, name: str) -> pd.DataFrame:
    """Rows as one table, which messages call `name`; a column without a name is called `value`, or by its number.

    Raises ProgramError where they are none.
    """
    if isinstance(rows, pd.DataFrame):
        named: pd.DataFrame = with_texts_as_names(rows)
        return named
    if isinstance(rows, pd.Series):
        return rows.to_frame(rows.name if rows.name is not None else "value")
    if isinstance(rows, Mapping) or (isinstance(rows, list) and rows and isinstance(rows[0], Mapping)):
        return pd.DataFrame(rows)
    if isinstance(rows, np.ndarray) and rows.ndim == 2:
        return pd.DataFrame(rows, columns=[str(i) for i in range(rows.shape[1])])
    if isinstance(rows, np.ndarray | list) and np.ndim(np.asarray(rows, dtype=object)) == 1:
        return pd.DataFrame({"value": rows})
    kind = type(rows).__name__
    raise ProgramError(f"{name} holds one table of rows, and cannot hold {kind}; let `split` return frames or arrays")


def _write_csv(frame: pd.DataFrame, file: Path) -> None:
    frame.to_csv(file, index=False, lineterminator="\n", sep=_SEPARATORS[file.suffix])


def _write_lines(frame: pd.DataFrame, file: Path) -> None:
    columns = [[_plain(cell) for cell in frame.iloc[:, place]] for place in range(frame.shape[1])]
    rows = (dict(zip(map(str, frame.columns), row, strict=True)) for row in zip(*columns, strict=True))
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _plain(cell: Any) -> Any:
    """A cell as JSON has it: a missing one is null, a time is ISO text."""
    if isinstance(cell, list | tuple | dict | np.ndarray):
        return cell.tolist() if isinstance(cell, np.ndarray) else cell
    if pd.isna(cell):
        return None
    if hasattr(cell, "isoformat"):
        return cell.isoformat()
    return cell.item() if isinstance(cell, np.generic) else cell


def _write_parquet(frame: pd.DataFrame, file: Path) -> None:
    frame.to_parquet(file, index=False)


def _write_feather(frame: pd.DataFrame, file: Path) -> None:
    frame.reset_index(drop=True).to_feather(file)


def _read_csv(file: Path) -> pd.DataFrame:
    return csv_table(_text(file), file.name, separator=_SEPARATORS[file.suffix])


def csv_table(text: str, name: str, *, separator: str = ",") -> pd.DataFrame:
    """The table of a CSV text whose first line names the columns. Raises ProgramError with `name` and the line."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        head = next(lines, [])
        _check_head(head, name)
        cells: list[list[str]] = [[] for _ in head]
        for row in lines:
            if len(row) != len(head):
                found, named = _count(len(row), "cell"), _count(len(head), "column")
                raise ProgramError(f"{name}, line {lines.line_num}: {found}, where the first line names {named}")
            for column, cell in zip(cells, row, strict=True):
                column.append(cell)
    except csv.Error as error:
        raise ProgramError(f"{name}, line {lines.line_num}: {error}") from None
    _check_separator(head, cells, name, separator)
    return pd.DataFrame({column: typed(own) for column, own in zip(head, cells, strict=True)})


def _check_head(head: Sequence[str], name: str) -> None:
    if not head or len(set(head)) < len(head) or not all(head):
        index = " (pandas writes its index so, unless told `index=False`)" if head[:1] == [""] else ""
        raise ProgramError(f"{name}, line 1: the first line must name each column, and no two alike{index}")


def _check_separator(head: Sequence[str], cells: Sequence[Sequence[str]], name: str, separator: str) -> None:
    """Refuse a single column whose name and cells all hold what separates cells elsewhere, equally often."""
    for other in _SEPARATING - {separator}:
        counts = {text.count(other) for text in (*head, *cells[0])}
        if len(head) == 1 and len(counts) == 1 and counts != {0}:
            raise ProgramError(f"{name}, line 1: cells are separated by {other!r}, where {separator!r} is expected")


def typed(cells: Sequence[str]) -> Any:
    """Cells as what all of them are: whole numbers, numbers, truths; text otherwise. An empty one is missing.

    Whole numbers with leading zeros are text, as codes and postal numbers are; so are those past 64 bits.
    """
    known = [cell for cell in cells if cell]
    if known and all(_WHOLE.fullmatch(cell) for cell in known) and all(-(2**63) <= int(c) < 2**63 for c in known):
        whole = pd.array([int(cell) if cell else None for cell in cells], dtype="Int64")
        return whole.to_numpy(np.int64) if len(known) == len(cells) else whole
    if known and all(_NUMBER.fullmatch(cell) for cell in known) and not all(_WHOLE.fullmatch(c) for c in known):
        return np.array([float(cell) if cell else np.nan for cell in cells])
    if known and all(cell in _TRUTHS for cell in known):
        truths = [_TRUTHS[cell] if cell else None for cell in cells]
        return np.array(truths) if len(known) == len(cells) else pd.array(truths, dtype="boolean")
    return np.array([cell or None for cell in cells], dtype=object)


def _read_lines(file: Path) -> pd.DataFrame:
    records = []
    for number, line in enumerate(_text(file).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            raise ProgramError(f"{file.name}, line {number}: {error}") from None
        if not isinstance(record, dict):
            raise ProgramError(f"{file.name}, line {number}: {type(record).__name__}, where each line is an object")
        records.append(record)
    return pd.DataFrame(records)


def _read_arrow(file: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(file) if file.suffix == ".parquet" else pd.read_feather(file)
    except (OSError, ValueError) as error:
        raise ProgramError(f"{file.name}: {error}") from None


def _read_array(file: Path) -> np.ndarray[Any, Any]:
    try:
        found: np.ndarray[Any, Any] = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ProgramError(f"{file.name}: {error}") from None
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise ProgramError(f"{file.name}, line {line}: not written in UTF-8") from None


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


_READERS: Mapping[str, Callable[[Path], Any]] = {
    ".csv": _read_csv, ".tsv": _read_csv, ".jsonl": _read_lines, ".parquet": _read_arrow, ".feather": _read_arrow,
    ".npy": _read_array,
}  # fmt: skip

_WRITERS: Mapping[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": _write_csv, ".tsv": _write_csv, ".jsonl": _write_lines, ".parquet": _write_parquet,
    ".feather": _write_feather,
}  # fmt: skip
