"""The tables that goldens were made on: kept exactly, or as digests where they are large."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlguard.core.dataset import Dataset
from mlguard.core.error import GoldenError, RunError
from mlguard.golden.datasets import LIMIT, GoldenDatasets, row_marks
from mlguard.golden.local import LocalStore
from mlguard.tables.digest import digest
from mlguard.tables.manifest import parse
from tests.disk import used_up


def tiny() -> Dataset:
    rows = pd.DataFrame({"age": [1, 2, 2**60], "name": ["é,\r\n", None, ""], "x": [0.1, np.nan, -1.5]})
    return Dataset({"train": rows, "images": np.arange(8.0).reshape(2, 2, 2)}, target="age", decimals=4)


def large() -> Dataset:
    return Dataset(pd.DataFrame({"x": np.arange(LIMIT // 4), "y": np.arange(LIMIT // 4) % 3}))


def test_a_dataset_is_kept_exactly(store: LocalStore, tmp_path: Path) -> None:
    changed = store.datasets.save(tiny(), "churn", 0)
    assert {Path(path).relative_to(tmp_path / "golden").as_posix() for path in changed} == {
        "_datasets/churn/manifest.json", "_datasets/churn/train.csv", "_datasets/churn/images.csv",
    }  # fmt: skip
    loaded, manifest = store.datasets.load("churn") or pytest.fail("nothing was kept")
    assert digest(loaded) == digest(tiny()) == manifest.digest
    assert (loaded.target, loaded.decimals) == ("age", 4)
    assert loaded["train"]["age"].tolist() == [1, 2, 2**60]
    assert store.names() == ()


def test_what_is_not_there_is_none(store: LocalStore) -> None:
    assert store.datasets.load("churn") is None


def test_saving_the_same_again_touches_nothing(store: LocalStore) -> None:
    store.datasets.save(tiny(), "churn", 0)
    before = [path.stat().st_mtime_ns for path in sorted(Path(store.datasets.place("churn")).iterdir())]
    assert store.datasets.save(tiny(), "churn", 0) == ()
    assert [path.stat().st_mtime_ns for path in sorted(Path(store.datasets.place("churn")).iterdir())] == before


def test_a_large_dataset_leaves_digests_per_column_and_row(store: LocalStore) -> None:
    store.datasets.save(tiny(), "churn", 0)
    store.datasets.save(large(), "churn", 0)
    assert sorted(path.name for path in Path(store.datasets.place("churn")).iterdir()) == ["manifest.json", "rows.json"]
    assert store.datasets.load("churn") is None
    folder = Path(store.datasets.place("churn"))
    manifest = parse((folder / "manifest.json").read_bytes())
    assert (manifest.digest, len(manifest.tables[0].columns)) == (digest(large()), 2)
    kept, changed = json.loads((folder / "rows.json").read_bytes()), large()
    changed["rows"].loc[7, "x"] = -1
    assert kept == row_marks(large())
    assert [i for i, (a, b) in enumerate(zip(kept["rows"], row_marks(changed)["rows"], strict=True)) if a != b] == [7]
    store.datasets.save(tiny(), "churn", 0)
    assert store.datasets.load("churn") is not None


@pytest.mark.parametrize("file", ["manifest.json", "train.csv"])
def test_damage_is_a_golden_error(store: LocalStore, file: str) -> None:
    store.datasets.save(tiny(), "churn", 0)
    path = Path(store.datasets.place("churn")) / file
    whole = path.read_bytes()
    for content in (b"", whole[: len(whole) // 2], whole.replace(b"1", b"7", 1), b"<<<<<<< HEAD\n" + whole):
        path.write_bytes(content)
        with pytest.raises(GoldenError, match=r"^golden/_datasets/churn/.*; restore it .* `mlguard regen-golden"):
            store.datasets.load("churn")
    path.unlink()
    if file == "train.csv":
        with pytest.raises(GoldenError, match=r"train\.csv is missing"):
            store.datasets.load("churn")
    store.datasets.save(tiny(), "churn", 0)
    assert path.read_bytes() == whole


def test_tables_that_cannot_be_read_at_this_moment_are_neither_damaged_nor_written_over(store: LocalStore) -> None:
    store.datasets.save(tiny(), "churn", 0)
    with used_up("open", 0), pytest.raises(RunError, match=r"churn cannot be read at this moment \(.*golden-not-read"):
        store.datasets.load("churn")


def test_other_line_ends_are_no_damage(store: LocalStore) -> None:
    plain = Dataset(pd.DataFrame({"age": [1, 2], "name": ["é", None]}))
    store.datasets.save(plain, "churn", 0)
    for path in Path(store.datasets.place("churn")).iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    loaded, _ = store.datasets.load("churn") or pytest.fail("nothing was kept")
    assert digest(loaded) == digest(plain)
    assert store.datasets.save(plain, "churn", 0) == ()


def test_delete_leaves_nothing(store: LocalStore, tmp_path: Path) -> None:
    datasets: GoldenDatasets = store.datasets
    store.datasets.save(tiny(), "churn", 0)
    assert len(datasets.delete("churn")) == 3
    assert datasets.delete("churn") == ()
    assert list((tmp_path / "golden").rglob("*")) == []
