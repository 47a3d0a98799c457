"""A dataset's folder is written whole or not at all, and never over somebody else's file."""

from __future__ import annotations

import errno
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

from mlguard import Dataset
from mlguard.core.error import GoldenError, RunError, UsageError
from mlguard.tables.digest import digest
from mlguard.tables.folder import read_dataset, read_manifest, write_dataset
from tests.disk import Disk, used_up


def dataset(value=1.0):
    frame = pd.DataFrame(
        {"x": [value, None], "größe": pd.Categorical(["s", "m"], ["s", "m", "l"], ordered=True), 3: [1, 2]}
    )
    return Dataset({"rows": frame, "image": np.arange(6).reshape(1, 2, 3)}, target="x", decimals={"x": 2})


def write(folder, value=1.0, **kwargs):
    return write_dataset(dataset(value), folder, name="toy", seed=3, **kwargs)


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "deep" / "toy"


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_what_was_written_is_read_back(folder, format):
    written = write(folder, format=format)
    assert sorted(content(folder)) == [f"image.{format}", "manifest.json", f"rows.{format}"]
    back = read_dataset(folder)
    assert list(back) == ["rows", "image"]
    assert (back.target, back.decimals) == ("x", {"x": 2})
    pd.testing.assert_frame_equal(back.rows, dataset().rows)
    np.testing.assert_array_equal(back.image, dataset().image)
    assert digest(back) == digest(dataset()) == written.digest == read_manifest(folder).digest


def test_a_target_may_be_a_column_that_is_named_by_a_number(folder):
    numbered = Dataset(pd.DataFrame({0: [1.0], 1: [2.0]}), target=1)
    write_dataset(numbered, folder, name="toy", seed=3)
    back = read_dataset(folder)
    assert (back.target, list(back.rows)) == (1, [0, 1])


def test_the_manifest_says_what_lies_there(folder):
    written = write(folder, rows=2)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["name"], manifest["seed"], manifest["asked_rows"]) == ("toy", 3, 2)
    assert manifest["rows"] == {"rows": 2, "image": 1}
    columns = manifest["tables"][0]["columns"]
    assert [(c["name"], c["missing"]) for c in columns] == [("x", 1), ("größe", 0), (3, 0)]
    assert columns[1]["type"] == {"base": "category", "values": "text", "categories": ["s", "m", "l"], "ordered": True}
    assert sum(entry.bytes for entry in written.tables) == sum(
        len(data) for name, data in content(folder).items() if name != "manifest.json"
    )


def test_writing_again_gives_the_same_bytes_and_leaves_nothing_else(folder):
    write(folder)
    before = content(folder)
    write(folder)
    assert content(folder) == before


def test_what_it_wrote_itself_is_replaced_and_what_is_left_over_goes(folder):
    write(folder)
    (folder / "notes.txt").write_text("mine")
    write_dataset(Dataset(pd.DataFrame({"y": [1]})), folder, name="toy", seed=4, format="jsonl")
    assert sorted(content(folder)) == ["manifest.json", "notes.txt", "rows.jsonl"]


@pytest.mark.parametrize("name", ["rows.csv", "manifest.json"])
def test_a_foreign_file_is_refused_by_name_and_nothing_is_touched(folder, name):
    folder.mkdir(parents=True)
    (folder / name).write_text("mine")
    with pytest.raises(UsageError, match=name):
        write(folder)
    assert content(folder) == {name: b"mine"}


@pytest.mark.parametrize("name", ["rows.csv", "image.csv", "manifest.json"])
@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_a_hand_edited_file_is_refused_by_name_and_nothing_is_touched(folder, name, format):
    write(folder)
    text = (folder / name).read_text(encoding="utf-8")
    (folder / name).write_text(text.replace("1", "7", 1), encoding="utf-8")
    before = content(folder)
    with pytest.raises(UsageError) as raised:
        write(folder, 2.0, format=format)
    assert f"{folder / name} was edited by hand" in raised.value.message
    assert content(folder) == before


def test_every_file_in_the_way_is_named(folder):
    write(folder)
    (folder / "rows.csv").write_text("mine")
    (folder / "image.csv").write_text("mine")
    with pytest.raises(UsageError) as raised:
        write(folder)
    assert "rows.csv" in raised.value.message
    assert "image.csv" in raised.value.message


def test_damage_is_replaced_where_that_is_asked_for(folder):
    write(folder)
    good = content(folder)
    (folder / "manifest.json").write_text("<<<<<<< HEAD")
    (folder / "rows.csv").write_text("mine")
    write(folder, replace=True)
    assert content(folder) == good


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "toy").write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        write(tmp_path / "toy")


def test_a_folder_that_cannot_be_made_is_a_run_error(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(RunError, match="was not written and nothing in it changed: "):
        write(tmp_path / "file" / "toy")


def test_a_disk_that_refuses_any_one_call_leaves_everything_as_it_was_or_is_written_whole(folder, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    disk = Disk()
    write(folder)
    with disk.stopping():
        write(folder, 2.0)
    wanted, told = content(folder), ""
    for call in range(disk.calls):
        write(folder)
        (folder / "notes.txt").write_text("mine")
        before = content(folder)
        with disk.stopping(disk.refused(call, errno.ENOSPC)):
            try:
                write(folder, 2.0)
                before = {**wanted, "notes.txt": b"mine"}
            except RunError as error:
                told = error.message
        assert {name: data for name, data in before.items() if (folder / name).read_bytes() != data} == {}, call
    assert told.endswith(
        "was not written and nothing in it changed: the disk is full; free some space and run the command again"
    )
    write(folder)
    assert sorted(content(folder)) == ["image.csv", "manifest.json", "notes.txt", "rows.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no locks there, and a mixture is found as damage")
def test_of_writers_at_once_each_writes_wholly(folder, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    with ThreadPoolExecutor(4) as pool:
        for value in range(0, 24, 4):
            list(pool.map(lambda own: write(folder, float(own)), range(value, value + 4)))
            assert read_dataset(folder).rows["x"][0] in range(value, value + 4)


@pytest.mark.parametrize("function", ["open", "scandir", "read"])
def test_whatever_the_disk_refuses_is_an_error_of_ours(folder, function):
    write(folder)
    for calls in range(40):
        with suppress(GoldenError, RunError), used_up(function, calls):
            write(folder, 2.0)
        write(folder)
    assert sorted(content(folder)) == ["image.csv", "manifest.json", "rows.csv"]


def test_a_first_write_that_fails_leaves_no_file(folder, monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(RunError, match="Read-only"):
        write(folder)
    monkeypatch.undo()
    assert content(folder) == {}


@pytest.mark.parametrize("name", ["rows.csv", "image.csv", "manifest.json"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-2],
        lambda data: b"<<<<<<< HEAD\n" + data,
    ],
    ids=["empty", "truncated", "merge markers"],
)
def test_damage_is_one_sentence_with_the_file(folder, name, damage):
    write(folder)
    (folder / name).write_bytes(damage((folder / name).read_bytes()))
    with pytest.raises(GoldenError, match=name) as raised:
        read_dataset(folder)
    assert raised.value.exit_code == 3


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_line_ends_of_a_checkout_are_no_damage_and_no_edit(folder, format):
    write(folder, format=format)
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    before = content(folder)
    assert digest(read_dataset(folder)) == digest(dataset())
    write(folder, format=format)
    assert content(folder) == before
    write(folder, 2.0, format=format)
    assert read_dataset(folder).rows["x"][0] == 2.0


@pytest.mark.parametrize("name", ["rows.csv", "manifest.json"])
def test_a_file_that_was_not_fetched_is_named(folder, name):
    write(folder)
    (folder / name).write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n")
    with pytest.raises(RunError, match=f"{name} is a pointer of Git LFS, .*run `git lfs pull`"):
        read_dataset(folder)


@pytest.mark.parametrize("name", ["rows.csv", "manifest.json"])
def test_a_missing_file_is_named(folder, name):
    write(folder)
    (folder / name).unlink()
    with pytest.raises(GoldenError, match=f"{name} is missing"):
        read_dataset(folder)


def test_a_newer_format_names_the_way_out(folder):
    write(folder)
    file = folder / "manifest.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"format": 1,', '"format": 2,'), encoding="utf-8")
    with pytest.raises(GoldenError, match="has format 2, and this mlguard reads 1; update mlguard"):
        read_dataset(folder)


def test_a_manifest_of_something_else_is_not_ours(folder):
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"format": 1}')
    with pytest.raises(GoldenError, match="no manifest of mlguard"):
        read_dataset(folder)
