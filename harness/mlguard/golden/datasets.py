"""The tables that goldens were made on, shared by guards; past a declared size only their digests."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError
from mlguard.files import swap
from mlguard.files.tree import Tree
from mlguard.golden.naming import DATASETS, component
from mlguard.golden.writing import Home, change, reading, remove
from mlguard.tables.digest import row_digests
from mlguard.tables.manifest import MANIFEST, Manifest, decode_dataset, encode_dataset, file_digest, parse

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

    def save(self, dataset: Dataset, name: str, seed: int) -> tuple[str, ...]:
        """Keep a Dataset's tables whole or not at all, and answer which files changed: none, where it was kept already.

        Raises RunError where the disk refuses, and UsageError for a column that cannot be written.
        """
        files = _files(dataset, name, seed)
        with self.home.writing(self._folder(name)) as tree:
            swap.finish(tree)
            return change(tree, files, self._own(tree, name), leading=MANIFEST, holds=_holds)

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

    def seed(self, name: str) -> int | None:
        """The seed that it was made with; None where there is none."""
        manifest = self.manifest(name)
        return None if manifest is None else manifest.seed

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
        with reading(self.home.tree.shown(DATASETS)):
            return tuple(entry.name for entry in self.home.tree.entries(DATASETS) if entry.kind == "folder")

    def delete(self, name: str) -> tuple[str, ...]:
        """Remove what is a Dataset's own and as it was written, once no golden names it; answers which files went."""
        if self.manifest(name) is None:
            return ()
        with self.home.writing(self._folder(name)) as tree:
            swap.finish(tree)
            own = self._own(tree, name)
            remove(tree, reversed(own))
        return tuple(str(tree.root / file) for file in own)

    def place(self, name: str) -> str:
        """Where a Dataset lies, or would."""
        return str(self._tree(name).root)

    def _folder(self, name: str) -> PurePosixPath:
        return PurePosixPath(DATASETS, component(name))

    def _tree(self, name: str) -> Tree:
        return self.home.folder(self._folder(name))

    def _own(self, tree: Tree, name: str) -> list[str]:
        """The files that the manifest lists and that are as they were written, the manifest first."""
        try:
            manifest = self.manifest(name)
            marks = self.row_marks(name)
        except GoldenError:
            return []
        listed = {} if manifest is None else {entry.file: entry.sha256 for entry in manifest.tables}
        fitting = [file for file, sha256 in listed.items() if file_digest(tree.read(file) or b"") == sha256]
        return [*([MANIFEST] if manifest else ()), *fitting, *([ROWS] if marks is not None else ())]

    def _read(self, name: str, file: str) -> bytes | None:
        try:
            return self._tree(name).read(file)
        except OSError as error:
            told = f"{self._shown(name)}/{file} cannot be read ({error.strerror})"
            raise GoldenError(told, advice="make it readable", slug="dataset-unreadable") from error

    def _shown(self, name: str) -> str:
        return self._tree(name).shown()


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


def _holds(tree: Tree, file: str, content: bytes) -> bool:
    """Whether the file is there with this content; line ends count where a text of the tables holds some."""
    found = tree.read(file)
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
