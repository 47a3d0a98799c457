"""The tables that goldens were made on, shared by guards; past a declared size only their digests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError
from mlguard.files import swap
from mlguard.files.tree import Tree
from mlguard.golden.naming import DATASETS, component
from mlguard.golden.writing import reading, remove, writing
from mlguard.tables.digest import row_digests
from mlguard.tables.folder import own_files, read_files
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

    def __init__(self, store: Tree) -> None:
        """`store` is where the goldens lie."""
        self.store = store

    def save(self, dataset: Dataset, name: str, seed: int) -> tuple[str, ...]:
        """Keep a Dataset as `Datasets.save` says; raises UsageError for a column that cannot be written."""
        return self.replace(name, files_of(dataset, name, seed))

    def files(self, name: str) -> dict[str, bytes]:
        """The files of a Dataset that are as they were written."""
        tree = self.store.below(str(dataset_folder(name)))
        with reading(tree.shown()):
            return {file: tree.read(file) or b"" for file in dataset_files(tree)}

    def replace(self, name: str, files: Mapping[str, bytes]) -> tuple[str, ...]:
        """Write the files of a Dataset as `save` does."""
        with writing(self.store, dataset_folder(name)) as tree:
            changed = swap.replace(tree, files, leading=MANIFEST, own=dataset_files(tree))
        return tuple(str(tree.root / file) for file in changed)

    def mend(self, name: str, files: Mapping[str, bytes]) -> bool:
        """Tables are damaged for whoever edits them: here nobody writes over that."""
        return False

    def load(self, name: str) -> tuple[Dataset, Manifest] | None:
        """The Dataset as it was saved, with its manifest; None where there is none, or its tables were too large."""
        tree = self.store.below(str(dataset_folder(name)))
        try:
            with reading(tree.shown()):
                files = read_files(tree)
                if MANIFEST not in files or tree.read(ROWS) is not None:
                    return None
                return decode_dataset(files, where=tree.shown()), parse(files[MANIFEST])
        except GoldenError as error:  # Making the dataset again would write another folder.
            raise GoldenError(error.what, advice=REPAIR, slug=error.slug) from error

    def delete(self, name: str) -> tuple[str, ...]:
        """Remove what is a Dataset's own and as it was written, once no golden names it; answers which files went."""
        with writing(self.store, dataset_folder(name)) as tree:
            own = dataset_files(tree)
            remove(tree, reversed(own))
        return tuple(str(tree.root / file) for file in own)

    def place(self, name: str) -> str:
        """Where a Dataset lies, or would."""
        return str(self.store.below(str(dataset_folder(name))).root)


def dataset_folder(name: str) -> PurePosixPath:
    """The folder of a Dataset below that of all goldens."""
    return PurePosixPath(DATASETS, component(name))


def dataset_files(tree: Tree) -> list[str]:
    """The files of a Dataset that are as they were written, the manifest first; it lists no digests of rows."""
    own = own_files(tree)
    return [*own, ROWS] if own and tree.read(ROWS) is not None else own


def row_marks(dataset: Dataset) -> dict[str, list[str]]:
    """What is kept of each row of tables past the limit: the beginning of its digest, in order, by table."""
    return {
        table: [digest.removeprefix("sha256:")[:MARK] for digest in row_digests(dataset[table], name=table)]
        for table in dataset
    }


def files_of(dataset: Dataset, name: str, seed: int) -> Mapping[str, bytes]:
    """What is kept of a Dataset: its tables, or their digests by row past the limit."""
    files = encode_dataset(dataset, name=name, seed=seed)
    if sum(len(content) for file, content in files.items() if file != MANIFEST) <= LIMIT:
        return files
    rows = row_marks(dataset)
    return {MANIFEST: files[MANIFEST], ROWS: (json.dumps(rows, indent=0, sort_keys=True) + "\n").encode()}
