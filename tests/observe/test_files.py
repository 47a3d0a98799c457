"""Files that guarded code reads and writes are heard, as long as somebody listens."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlguard.observe.files import Files, places


def opened(path: Path) -> None:
    os.close(os.open(path, os.O_RDONLY))


@pytest.mark.parametrize("read", [Path.read_text, pd.read_csv, np.loadtxt, opened])
def test_what_is_read_is_heard_however_it_is_read(tmp_path: Path, read: Callable[[Path], object]) -> None:
    table = tmp_path / "weights.csv"
    table.write_text("1\n2\n")
    files = Files(tmp_path)
    read(table)
    assert files.read == set()
    with files.listening(tmp_path / "run"):
        read(table)
    assert (files.read, files.written) == ({table}, [])


def test_a_path_from_where_the_code_stands_is_made_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("words.txt").write_text("a")
    files = Files(tmp_path)
    with files.listening(None):
        Path("words.txt").read_text()
    assert files.read == {tmp_path / "words.txt"}


def test_while_modules_are_imported_nobody_asks_what_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    files = Files(tmp_path)
    with files.listening(None):
        (tmp_path / "log.txt").write_text("started")
    assert (files.read, files.written) == (set(), [])
    with files.listening(tmp_path / "run"):
        (tmp_path / "log.txt").write_text("started")
    assert files.written == ["log.txt"]


def test_what_was_there_before_and_what_the_code_made_itself_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    old, new, cache, downloaded = (tmp_path / name for name in ("old", "new", ".cache/mine", "nltk_data/words"))
    for file in (old, cache, downloaded):
        file.parent.mkdir(exist_ok=True)
        file.write_text("a")
    files = Files(tmp_path)
    with files.listening(tmp_path / "run"):
        for file in (old, new, cache, downloaded):
            file.open("a").close()
        for file in (old, new, cache, downloaded, tmp_path / "old"):
            file.read_text()
    assert (files.made, files.read_first) == ({old, new, cache}, {downloaded})


def test_a_folder_above_the_project_allows_nothing_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / ".cache/numba/project"  # Nor do names above it say whose its files are.
    (root / "run").mkdir(parents=True)
    for above, monkeyed in (("tempfile.tempdir", str(tmp_path)), ("mlguard.observe.files._DEVICES", (tmp_path,))):
        monkeypatch.setattr("tempfile.tempdir", str(root / "temporary"))
        monkeypatch.setattr(above, monkeyed)
        files = Files(root)
        with files.listening(root / "run"):
            for name in ("left.txt", "run/model.txt", "../of-anybody.txt"):
                (root / name).write_text("")
        assert (files.written, files.made) == (["left.txt"], {root / "left.txt"})


@pytest.mark.parametrize(
    ("written", "named"),
    [
        (["train.log", "mlruns/0/a/mae", "mlruns/0/b/mae"], ["mlruns/", "train.log"]),
        ([str(Path.home() / ".shop/x.pkl"), str(Path.home() / "x.pkl")], ["~/.shop/", "~/x.pkl"]),
        (["/srv/shop/1/x.pkl"], ["/srv/"]),
    ],
)
def test_files_are_named_by_their_topmost_entry(written: list[str], named: list[str]) -> None:
    assert places(written) == named


def test_a_folder_that_is_removed_is_heard_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    for folder in ("run/call/deep", "kept/deep"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "rows.csv").write_text("1")
    files = Files(tmp_path)
    with files.listening(tmp_path / "run"):
        shutil.rmtree(tmp_path / "run/call")
    assert files.written == []
    with files.listening(tmp_path / "run"):
        shutil.rmtree(tmp_path / "kept")
    assert files.written == ["kept/deep/rows.csv"]


def test_what_is_written_through_a_link_is_heard_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "models").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run/models").symlink_to(tmp_path / "models", target_is_directory=True)
    files = Files(tmp_path)
    with files.listening(tmp_path / "run"):
        (tmp_path / "run/models/new.txt").write_text("1")
    assert files.written == ["models/new.txt"]
