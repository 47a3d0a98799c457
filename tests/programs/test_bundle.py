"""The files of a training program are kept byte for byte, and their contents are known where their kind is."""

from __future__ import annotations

import copy
import io
import pickle
from pathlib import Path

import joblib
import numpy as np
import pytest

from mlguard.observe.walk import walk
from mlguard.programs.bundle import Bundle
from mlguard.programs.error import ProgramError


def of_joblib(value: object) -> bytes:
    file = io.BytesIO()
    joblib.dump(value, file)
    return file.getvalue()


FILES = {
    "weights/w.npy": b"",
    "means.json": b'{"age": 47.5, "towns": ["Rome"]}',
    "vocabulary.csv": b"word,place\nfine,1\n",
    "model.joblib": of_joblib({"slope": 2.0}),
    "notes.bin": b"\x00\x01",
    "broken.json": b"{",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_bytes(content)
    np.save(tmp_path / "out/weights/w.npy", np.array([1.0, 2.0]))
    return tmp_path / "out"


def test_files_go_to_another_folder_byte_for_byte(folder: Path, tmp_path: Path) -> None:
    for bundle in (
        Bundle.read(folder),
        copy.deepcopy(Bundle.read(folder)),
        pickle.loads(pickle.dumps(Bundle.read(folder))),
    ):
        place = tmp_path / "there" / str(id(bundle))
        bundle.write(place)
        there = {p.relative_to(place): p.read_bytes() for p in place.rglob("*") if p.is_file()}
        assert there == {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_was_learned_is_seen_inside_the_files(folder: Path) -> None:
    found = {name: value.data.tolist() for name, value in walk(Bundle.read(folder))}
    assert found["means.json.age"] == [47.5]
    assert found["model.joblib.slope"] == [2.0]
    assert found["weights/w.npy"] == [1.0, 2.0]
    assert found["vocabulary.csv.place"] == [1]
    assert found["notes.bin"][0].startswith("sha256:")
    assert found["broken.json"][0].startswith("sha256:")


def test_a_training_that_left_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"nothing was written into \{bundle\}"):
        Bundle.read(tmp_path)
