"""The tables that goldens were made on, shared by guards; past a declared size only their digests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError
from mlguard.golden import swap
from mlguard.golden.naming import DATASETS, component
from mlguard.golden.writing import Home
from mlguard.tables.digest import row_digests
from mlguard.tables.manifest import MANIFEST, Manifest, decode_dataset, encode_dataset, parse

LIMIT = 256 * 1024
"""Bytes of all tables up to which they are kept."""

MARK = 12
"""Hexadecimal digits of a row's digest that are kept: enough to tell which rows changed."""

REPAIR = 'restore it from version control, or record its goldens again with `mlguard regen-golden --reason "…"`'

ROWS = "rows.json"
"""The file of digests per row, which stands in for tables past the limit."""


class GoldenDatasets:
    """The Datasets below one folder of goldens."""

    def __init__(self, home: Home) -> None:
        """`home` is where the goldens lie."""
        self.home = home

    def save(self, dataset: Dataset, name: str, seed: int) -> tuple[Path, ...]:
        """Keep a Dataset's tables whole or not at all, and answer which files changed: none, where it was kept already.

        Raises RunError where the disk refuses, and UsageError for a column that cannot be written.
        """
        files = _files(dataset, name, seed)
        folder = self.folder(name)
        with self.home.writing(folder):
            swap.finish(folder)
            changed = {file: content for file, content in files.items() if not _holds(folder, file, content)}
            unwanted = sorted(p.name for p in folder.iterdir() if p.is_file() and p.name not in files)
            if changed or unwanted:
                kept = files.keys() - changed.keys()
                swap.replace(folder, changed, leading=MANIFEST, kept=kept, gone=unwanted)
            return tuple(folder / file for file in (*changed, *unwanted))

    def load(self, name: str) -> Dataset | None:
        """The Dataset as it was saved; None where there is none, or where its tables were too large to keep.

        Raises GoldenError where a file is missing, damaged or edited by hand.
        """
        manifest = self.manifest(name)
        if manifest is None or self._read(name, ROWS) is not None:
            return None
        names = (MANIFEST, *(entry.file for entry in manifest.tables))
        found = {file: self._read(name, file) for file in names}
        with _repairable():
            return _decoded({file: text for file, text in found.items() if text is not None}, self._shown(name))

    def digest(self, name: str) -> str | None:
        """The content digest of the Dataset, kept whole or not; None where there is none."""
        manifest = self.manifest(name)
        return None if manifest is None else manifest.digest

    def manifest(self, name: str) -> Manifest | None:
        """Schema, seed and digests of the Dataset, kept whole or not; None where there is none."""
        content = self._read(name, MANIFEST)
        with _repairable():
            return None if content is None else parse(content, file=f"{self._shown(name)}/{MANIFEST}")

    def row_marks(self, name: str) -> dict[str, list[str]] | None:
        """What `row_marks` gave, where the tables were too large to keep; else None."""
        content = self._read(name, ROWS)
        if content is None:
            return None
        try:
            return {str(table): [str(row) for row in rows] for table, rows in json.loads(content).items()}
        except (ValueError, AttributeError, TypeError) as error:
            raise GoldenError(
                f"{self._shown(name)}/{ROWS} cannot be read", advice=REPAIR, slug="dataset-damaged"
            ) from error

    def names(self) -> tuple[str, ...]:
        """The folders of all Datasets here, in alphabetical order."""
        folder = self.home.root / DATASETS
        return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir())) if folder.is_dir() else ()

    def delete(self, name: str) -> tuple[Path, ...]:
        """Remove a Dataset that no golden names any more, and answer which files went."""
        folder = self.folder(name)
        if not folder.is_dir():
            return ()
        with self.home.writing(folder):
            swap.finish(folder)
            gone = sorted((p for p in folder.iterdir() if p.is_file()), key=lambda path: path.name != MANIFEST)
            for path in gone:
                path.unlink()
        return tuple(gone)

    def folder(self, name: str) -> Path:
        """Where a Dataset lies, or would."""
        return self.home.root / DATASETS / component(name)

    def _read(self, name: str, file: str) -> bytes | None:
        try:
            return swap.read(self.folder(name), file)
        except OSError as error:
            told = f"{self._shown(name)}/{file} cannot be read ({error.strerror})"
            raise GoldenError(told, advice="make it readable", slug="dataset-unreadable") from error

    def _shown(self, name: str) -> str:
        return self.home.shown(self.folder(name))


@contextmanager
def _repairable() -> Iterator[None]:
    """Name the repair of a golden's tables: making the dataset again would write another folder."""
    try:
        yield
    except GoldenError as error:
        raise GoldenError(error.what, advice=REPAIR, slug=error.slug) from error


def row_marks(dataset: Dataset) -> dict[str, list[str]]:
    """What is kept of each row of tables past the limit: the beginning of its digest, in order, by table."""
    return {
        table: [digest.removeprefix("sha256:")[:MARK] for digest in row_digests(dataset[table], name=table)]
        for table in dataset
    }


def _holds(folder: Path, file: str, content: bytes) -> bool:
    """Whether the file is there with this content; line ends count where a text of the tables holds some."""
    found = swap.read(folder, file)
    plain = found is not None and b"\r" not in content and found.replace(b"\r\n", b"\n") == content
    return found == content or plain


def _files(dataset: Dataset, name: str, seed: int) -> Mapping[str, bytes]:
    files = encode_dataset(dataset, name=name, seed=seed)
    if sum(len(content) for file, content in files.items() if file != MANIFEST) <= LIMIT:
        return files
    rows = row_marks(dataset)
    return {MANIFEST: files[MANIFEST], ROWS: (json.dumps(rows, indent=0, sort_keys=True) + "\n").encode()}


def _decoded(files: dict[str, bytes], where: str) -> Dataset:
    """Read as they are first: a checkout may have turned line ends into CRLF, but a text may hold them as well."""
    try:
        return decode_dataset(files, where=where)
    except GoldenError:
        plain = {name: content.replace(b"\r\n", b"\n") for name, content in files.items()}
        if plain == files:
            raise
        return decode_dataset(plain, where=where)
