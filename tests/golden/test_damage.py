"""Whatever happens to a golden's files, it is called corrupt in one sentence that names the file and the repair."""

from __future__ import annotations

import json
import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mlguard.core.error import GoldenError, RunError
from mlguard.core.record import Observation, Record
from mlguard.core.value import numbers
from mlguard.golden.codec import RECORD, decode, encode
from mlguard.golden.damage import FORMAT, Damage, digest, sealed
from mlguard.golden.strict import lay_out

GUARD = "Churn[model_cat]"
FOLDER = "golden/Churn/model_cat"
Files = dict[str, bytes]


def damaged(files: Files) -> GoldenError:
    with pytest.raises(GoldenError) as caught:
        decode(files.get, GUARD, FOLDER)
    return caught.value


def with_record(files: Files, change: Callable[[bytes], bytes]) -> Files:
    return {**files, RECORD: change(files[RECORD])}


def forged(files: Files, /, **changes: object) -> Files:
    """A record with other members whose seal is right, as another program might write it."""
    document = json.loads(files[RECORD]) | changes
    return {**files, RECORD: sealed(lay_out(document)).encode()}


def test_every_truncation_of_every_file_is_found(record: Record) -> None:
    files = encode(record)
    for name, content in files.items():
        for length in (*range(0, len(content), 100 if len(content) < 20_000 else 1000), len(content) - 1):
            error = damaged({**files, name: content[:length]})
            assert error.message.startswith(f"{FOLDER}/{name} ")
            assert error.slug in ("golden-truncated", "golden-edited"), (name, length)


@pytest.mark.parametrize("name", [RECORD, "predictions.csv", "split.csv", "internals.jsonl"])
def test_every_single_digit_that_changes_is_found(record: Record, name: str) -> None:
    files = encode(record)
    content = files[name]
    places = [match.start() for match in re.finditer(rb"[0-9]", content)]
    for place in places[:: max(len(places) // 200, 1)]:
        other = b"7" if content[place : place + 1] != b"7" else b"3"
        damaged({**files, name: content[:place] + other + content[place + 1 :]})


def test_a_changed_byte_in_an_array_is_found(record: Record) -> None:
    files = encode(record)
    for name in files:
        if name.endswith(".npy"):
            assert damaged({**files, name: files[name][:-1] + b"\x01"}).slug == "golden-edited"


def test_an_array_whose_line_ends_were_changed_is_called_so(record: Record) -> None:
    files = encode(record)
    (name,) = (name for name in files if name.startswith("arrays/") and name.endswith(".npy"))
    assert b"\r\n" not in files[name]
    error = damaged({**files, name: files[name].replace(b"\n", b"\r\n")})
    assert f"{FOLDER}/{name} is no text, and git has changed its line ends; put `golden/**/*.npy" in error.message


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


def test_a_pointer_in_the_place_of_any_file_is_called_so(record: Record) -> None:
    files = encode(record)
    for name in files:
        with pytest.raises(RunError) as caught:
            decode({**files, name: POINTER}.get, GUARD, FOLDER)
        assert caught.value.message == (
            f"{FOLDER}/{name} is a pointer of Git LFS, and what it points to was not fetched; run `git lfs pull`"
        )


@pytest.mark.parametrize("name", [RECORD, "predictions.csv", "internals.jsonl"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_conflict_markers_are_called_so(record: Record, name: str, end: bytes) -> None:
    files = encode(record)
    lines = files[name].splitlines()
    merged = end.join([lines[0], b"<<<<<<< HEAD", lines[1], b"=======", lines[1], b">>>>>>> other", *lines[2:], b""])
    assert damaged({**files, name: merged}).slug == "golden-conflict"


def test_a_missing_file_is_named(record: Record) -> None:
    files = encode(record)
    for name in files:
        error = damaged({other: content for other, content in files.items() if other != name})
        assert error.slug == "golden-incomplete"
        assert error.message.startswith(f"{FOLDER}/{name} is gone")


@pytest.mark.parametrize("content", [b"", b"\n", b"  \r\n"])
def test_an_empty_file_is_called_so(record: Record, content: bytes) -> None:
    files = encode(record)
    for name in files:
        error = damaged({**files, name: content})
        if not name.endswith(".npy") or not content:
            assert (error.slug, "is empty" in error.message) == ("golden-truncated", True), name


def test_a_newer_format_is_not_guessed_at(record: Record) -> None:
    error = damaged(forged(encode(record), format=FORMAT + 1))
    assert error.slug == "golden-newer"
    assert error.message == (
        f"{FOLDER}/record.json was written by a newer mlguard (format {FORMAT + 1}, this one reads up to {FORMAT}); "
        "upgrade mlguard, "
        """or record it again with `mlguard regen-golden 'Churn[model_cat]' --reason "…"`"""
    )


def test_the_golden_of_a_test_is_recorded_by_pytest() -> None:
    error = Damage("tests/test_x.py::test_y[a]", "golden/tests/test_x.py/test_y/a").missing("record.json")
    assert error.advice.endswith("""`pytest 'tests/test_x.py::test_y[a]' --regen-golden --golden-reason "…"`""")


def test_the_message_is_one_sentence_with_file_and_command(record: Record) -> None:
    error = damaged(with_record(encode(record), lambda content: content.replace(b"0.9342", b"0.9343")))
    assert error.slug == "golden-edited"
    assert error.exit_code == 3
    assert error.message == (
        f"{FOLDER}/record.json was changed after it was accepted; restore it from version control, "
        """or record it again with `mlguard regen-golden 'Churn[model_cat]' --reason "…"`"""
    )


def test_the_golden_of_another_guard_is_refused(record: Record) -> None:
    with pytest.raises(GoldenError, match=r"is the golden of Churn\[model_cat\], not of Fraud") as caught:
        decode(encode(record).get, "Fraud", "golden/Fraud")
    assert caught.value.slug == "golden-moved"


@pytest.mark.parametrize(
    "content",
    [b"[]\n", b"1\n", b"{}\n", b"null\n", b'{"format": 1}\n', b'{"format": "x"}\n', b"\xff\xfe{}\n", b"\0" * 40,
     b"[" * 100_000 + b"]" * 100_000, b'{"a": NaN}\n', b"no json at all {}\n"],
)  # fmt: skip
def test_anything_else_is_a_golden_error_too(record: Record, content: bytes) -> None:
    damaged({**encode(record), RECORD: content})


@pytest.mark.parametrize(
    "member",
    [
        {"observations": [1]},
        {"observations": [{"name": "x"}]},
        {"observations": [{"dtype": "float64", "name": "x", "stage": "predict", "value": "seven"}]},
        {"observations": [{"dtype": "float64", "name": "x", "stage": "predict", "shape": [3], "value": [1.0]}]},
        {"observations": [{"dtype": "int8", "name": "x", "stage": "predict", "value": 1000}]},
        {"observations": [{"dtype": "float64", "name": "x.y", "stage": "predict", "shape": [30]}]},
        {"observations": None},
        {"approvals": [{}]},
        {"tolerances": {}},
        {"dataset": {"$": "code", "value": "1"}},
        {"files": []},
        {"format": 0},
        {"guard": 3},
    ],
)
def test_sealed_nonsense_is_a_golden_error_too(record: Record, member: dict[str, object]) -> None:
    damaged(forged(encode(record), **member))


@pytest.mark.parametrize(
    "name", ["../secret.csv", "/etc/secret.csv", "a/../../secret.csv", "C:secret.csv", "..\\x.csv"]
)
def test_a_record_cannot_make_the_reader_look_elsewhere(record: Record, name: str) -> None:
    asked: list[str] = []
    files = forged(encode(record), files={name: "sha256:00"})
    with pytest.raises(GoldenError, match="which lies outside"):
        decode(lambda file: (asked.append(file), files.get(file))[1], GUARD, FOLDER)
    assert asked == [RECORD]


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.folder),)


def test_an_array_of_pickled_objects_is_not_opened(tmp_path: Path) -> None:
    golden = Record(GUARD, (Observation("predict", "wide", numbers(np.zeros((20, 100)))),))
    files = encode(golden)
    (name,) = (name for name in files if name.endswith(".npy"))
    bomb = b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"
    trapped = {**files, name: bomb + pickle.dumps(Bomb(tmp_path / "ran"))}
    listed = {name: digest(name, trapped[name])}
    assert damaged(forged(trapped, files=listed)).slug == "golden-unreadable"
    assert not (tmp_path / "ran").exists()


def test_other_line_ends_are_no_edit(record: Record) -> None:
    files = encode(record)
    text = {name: content for name, content in files.items() if not name.endswith(".npy")}
    checked_out = {**files, **{name: content.replace(b"\n", b"\r\n") for name, content in text.items()}}
    assert encode(decode(checked_out.get, GUARD, FOLDER)) == files


def test_no_file_holds_a_pickle(record: Record) -> None:
    for content in encode(record).values():
        with pytest.raises(Exception):  # noqa: B017, PT011 - unpickling anything else fails in many ways
            pickle.loads(content)
