"""The manifest beside a Dataset's files: which seed made them, what they hold, and digests of both; no disk here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError
from mlguard.files.content import as_written, check_fetched, file_digest
from mlguard.files.tree import is_plain
from mlguard.files.typed import checked
from mlguard.tables.codec import AGAIN, CSV, decode_table, encode_sheet
from mlguard.tables.digest import column_digests_of, digest_of_sheets
from mlguard.tables.logical import LogicalType
from mlguard.tables.sheet import Column, Schema, Sheet, sheets

MANIFEST = "manifest.json"
"""File name of the manifest."""

FORMAT = 1
"""Raised whenever a manifest or a codec changes so that older files would read differently. When you raise it, keep
reading the older numbers (add a branch to `parse`), or let `parse` name the command that writes the dataset again."""

_WRITER = "mlguard"
_ASIDE = ("written_by", "format", "rows")


@dataclass(frozen=True)
class ColumnEntry(Column):
    """What a manifest says about one column."""

    digest: str
    """The digest of its type and elements."""


@dataclass(frozen=True)
class TableEntry(Schema):
    """What a manifest says about one table: what it holds, and its file."""

    columns: tuple[ColumnEntry, ...]
    """A table's columns in order; for an array, one for all its elements."""
    name: str
    """The table's name."""
    file: str
    """Its file, beside the manifest."""
    format: str
    """`csv`, `jsonl` or `parquet`."""
    sha256: str
    """Digest of the file's bytes, as 64 hexadecimal digits."""
    bytes: int
    """Size of the file."""

    def __post_init__(self) -> None:
        if self.file != f"{self.name}.{self.format}" or not is_plain(self.file):
            raise ValueError(f"its table {self.name!r} cannot lie in {self.file!r}")
        if not self.is_possible:
            raise ValueError(f"its table {self.name!r} cannot be of the kind {self.kind!r} and shape {self.shape}")


@dataclass(frozen=True)
class Manifest:
    """What lies in a Dataset's folder."""

    name: str
    """The dataset's name."""
    seed: int
    """The seed that it was made with."""
    asked_rows: int | None
    """The rows that were asked for; None for the generator's own default."""
    digest: str
    """Digest of what all tables mean, the same for every format."""
    target: str | int | None
    """The column to predict; few are named by numbers."""
    decimals: int | Mapping[str, int]
    """The decimals that floats were rounded to."""
    tables: tuple[TableEntry, ...]
    """One entry per table, in the generator's order."""

    def text(self) -> str:
        """The manifest's file: sorted keys, one column per line, and a seal that shows an edit by hand."""
        content = _content(self)
        return _pretty({**content, "seal": _seal(content)})


def encode_dataset(
    dataset: Dataset, *, name: str, seed: int, rows: int | None = None, format: str = CSV
) -> dict[str, bytes]:
    """All files of a Dataset by file name, the manifest last. Floats are written as they are.

    Raises UsageError naming the table and column that cannot be written.
    """
    apart = sheets(dataset)
    files = {f"{table}.{format}": encode_sheet(taken, format=format) for table, taken in apart.items()}
    entries = tuple(_entry(table, taken, files[f"{table}.{format}"], format) for table, taken in apart.items())
    whole = digest_of_sheets(apart, target=dataset.target)
    decimals = dict(dataset.decimals) if isinstance(dataset.decimals, Mapping) else dataset.decimals
    manifest = Manifest(name, seed, rows, whole, dataset.target, decimals, entries)
    return {**files, MANIFEST: manifest.text().encode()}


def decode_dataset(files: Mapping[str, bytes], *, where: str = "the dataset", check: bool = True) -> Dataset:
    """The Dataset that files hold, with every file's digest checked unless `check` is off.

    Raises GoldenError naming the file that is missing, damaged or edited by hand; `where` is put before its name.
    """
    manifest = parse(_file(files, MANIFEST, where), file=f"{where}/{MANIFEST}")
    tables = {entry.name: _decode(entry, _file(files, entry.file, where), where, check) for entry in manifest.tables}
    return Dataset(tables, target=manifest.target, decimals=manifest.decimals)


def parse(data: bytes, *, file: str = MANIFEST) -> Manifest:
    """Read a manifest. Raises GoldenError naming `file` where it is not ours, edited by hand, or of another format."""
    check_fetched(file, data)
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise GoldenError(f"{file} is no JSON: {error}", advice=AGAIN, slug="dataset-damaged") from error
    if not isinstance(content, dict) or content.get("written_by") != _WRITER:
        raise GoldenError(
            f"{file} is no manifest of mlguard", advice="make the dataset in another folder", slug="manifest"
        )
    if content.get("format") != FORMAT:
        text = f"{file} has format {content.get('format')!r}, and this mlguard reads {FORMAT}"
        raise GoldenError(text, advice=f"update mlguard or {AGAIN}", slug="manifest-format")
    if content.pop("seal", None) != _seal(content):
        raise GoldenError(f"{file} was edited by hand", advice=AGAIN, slug="dataset-damaged")
    try:
        return checked(Manifest, {name: item for name, item in content.items() if name not in _ASIDE})
    except ValueError as error:
        raise GoldenError(f"{file} is damaged: {error}", advice=AGAIN, slug="dataset-damaged") from error


def _entry(name: str, taken: Sheet, data: bytes, format: str) -> TableEntry:
    schema, digests = taken.schema, column_digests_of(taken)
    columns = tuple(ColumnEntry(one.name, one.type, one.missing, digests[one.name]) for one in schema.columns)
    file = f"{name}.{format}"
    return TableEntry(schema.kind, schema.shape, columns, name, file, format, file_digest(data), len(data))


def _file(files: Mapping[str, bytes], name: str, where: str) -> bytes:
    if name not in files:
        raise GoldenError(f"{where}/{name} is missing", advice=AGAIN, slug="dataset-missing")
    return files[name]


def _decode(entry: TableEntry, data: bytes, where: str, check: bool) -> Any:
    file = f"{where}/{entry.file}"
    check_fetched(file, data)
    written = as_written(entry.file, data, entry.sha256)
    if check and written is None:
        raise GoldenError(f"{file} was changed after it was written", advice=AGAIN, slug="dataset-damaged")
    return decode_table(data if written is None else written, entry, format=entry.format, file=file)


def _seal(content: Mapping[str, Any]) -> str:
    return file_digest(json.dumps(content, sort_keys=True).encode())


def _content(manifest: Manifest) -> dict[str, Any]:
    return {
        **vars(manifest),
        "written_by": _WRITER,
        "format": FORMAT,
        "rows": {entry.name: entry.rows for entry in manifest.tables},
        "tables": [{**vars(entry), "columns": _columns(entry)} for entry in manifest.tables],
    }


def _columns(entry: TableEntry) -> list[dict[str, Any]]:
    return [{**vars(column), "type": _type_content(column.type)} for column in entry.columns]


def _type_content(kind: LogicalType) -> Any:
    """The bare word where that says it all, so that a reviewer reads `int64`."""
    if kind.values is not None:
        values = _type_content(kind.values)
        return {"base": kind.base, "values": values, "categories": kind.categories, "ordered": kind.ordered}
    given = {key: vars(kind)[key] for key in ("unit", "zone", "nullable") if vars(kind)[key]}
    return {"base": kind.base, **given} if given else kind.base


def _pretty(content: Mapping[str, Any]) -> str:
    """Indented JSON, except that each column stays on one line."""
    lines = (
        json.dumps(one, sort_keys=True, ensure_ascii=False) for table in content["tables"] for one in table["columns"]
    )
    tables = [{**table, "columns": ["\0column"] * len(table["columns"])} for table in content["tables"]]
    text = json.dumps({**content, "tables": tables}, indent=1, sort_keys=True, ensure_ascii=False)
    return re.sub(r'"\\u0000column"', lambda place: next(lines), text) + "\n"
