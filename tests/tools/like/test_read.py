"""What is read of a real table, and how a file that is none is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from mlguard.core.error import UsageError
from mlguard.tables.logical import logical_type
from mlguard.tools.like import read
from mlguard.tools.like.profile import profile
from mlguard.tools.like.read import read_table

ROW = "7;007;1.5;true;2024-02-29;2024-02-29T10:30:00Z;x\n"
HEADER = "n;code;x;on;day;at;t\n"


def written(folder, name, content):
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def types(frame):
    return {name: logical_type(frame[name]).base for name in frame.columns}


def test_the_text_of_a_csv_means_what_it_looks_like(tmp_path):
    table = read_table(written(tmp_path, "t.csv", HEADER + 29 * ROW + "NA;NA;;;;null;\n"))
    assert types(table.frame) == {
        "n": "int64", "code": "text", "x": "float64", "on": "bool", "day": "date", "at": "timestamp", "t": "text",
    }  # fmt: skip
    assert table.frame.isna().sum().tolist() == [1] * 7
    assert table.notes == ("its columns are parted by semicolons",)


@pytest.mark.parametrize(
    ("cells", "base"),
    [
        (("1", "2.0"), "float64"),
        (("1", "x"), "text"),
        (("1e3", ".5"), "float64"),
        (("0.5", "0"), "float64"),
        (("00.5", "01"), "text"),
        (("2024-02-30", "2024-01-01"), "text"),
        (("18446744073709551615", "1"), "uint64"),
        (("99999999999999999999", "1.5"), "float64"),
        (("inf", "-inf", "1.5"), "float64"),
        (("1e999", "1"), "text"),
        (("true", "1"), "text"),
        (("2024-01-01 10:00", "2024-01-01 10:00Z"), "text"),
        (("NA", ""), "float64"),
    ],
)
def test_a_column_is_of_the_type_that_all_its_elements_share(tmp_path, cells, base):
    frame = read_table(written(tmp_path, "t.csv", "a,b\n" + "".join(f"{cell},x\n" for cell in cells * 10))).frame
    assert types(frame)["a"] == base


def test_json_lines_keep_their_types_and_may_lack_keys(tmp_path):
    lines = '{"n": 1, "x": 1, "t": "007", "l": [1, 2], "ok": true}\n{"n": 2, "x": 0.5, "t": "2", "l": []}\n\n'
    frame = read_table(written(tmp_path, "t.jsonl", lines * 10)).frame
    assert types(frame) == {"n": "int64", "x": "float64", "t": "text", "l": "list", "ok": "bool"}
    assert frame["ok"].isna().sum() == 10


def test_parquet_keeps_its_types(tmp_path):
    frame = pd.DataFrame(
        {
            "n": pd.array([1, None] * 10, dtype="Int32"),
            "c": pd.Categorical(["b", "a"] * 10, categories=["b", "a"], ordered=True),
            "d": [Decimal("1.50"), Decimal("2.25")] * 10,
            "day": [dt.date(2024, 1, 1)] * 20,
            "at": pd.Series(pd.date_range("2024-01-01", periods=20, tz="Europe/Berlin")),
            "took": pd.to_timedelta(range(20), unit="s"),
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    read_back = read_table(tmp_path / "t.parquet").frame
    assert types(read_back) == {
        "n": "float64", "c": "category", "d": "decimal", "day": "date", "at": "timestamp", "took": "duration",
    } | {"n": logical_type(read_back["n"]).base}  # fmt: skip
    assert read_back["c"].cat.ordered


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    assert list(read_table(written(tmp_path, "t.csv", "\ufeffa,b\n" + "1,2\n" * 20)).frame) == ["a", "b"]


def test_a_long_table_is_cut_and_that_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "MOST", 25)
    table = read_table(written(tmp_path, "t.csv", "a,b\n" + "1,2\n" * 26))
    assert (len(table.frame), table.notes) == (25, ("only the first 25 rows were read",))
    assert read_table(written(tmp_path, "u.csv", "a,b\n" + "1,2\n" * 25)).notes == ()


@pytest.mark.parametrize(
    ("name", "content", "slug", "told"),
    [
        ("t.xlsx", "", "like-format", "tables are read from .csv, .tsv, .jsonl, .ndjson, .parquet"),
        ("t", "", "like-format", "ends in 'nothing'"),
        ("t.csv", "", "like-shape", "has 0 columns"),
        ("t.csv", "a\n" + "1\n" * 30, "like-shape", "has 1 column,"),
        ("t.csv", "a,b\n", "like-shape", "has 0 rows"),
        ("t.csv", "a,b\n" + "1,2\n" * 19, "like-shape", "has 19 rows; below 20"),
        ("t.csv", "a,a\n" + "1,2\n" * 30, "like-shape", "several columns named 'a'"),
        ("t.csv", "a,\n" + "1,2\n" * 30, "like-shape", "a column without a name"),
        ("t.csv", "a,b\n1,2\n1,2,3\n", "like-unreadable", "line 3 has 3 cells, and the header 2"),
        ("t.csv", 'a,b\n"1,2\n', "like-unreadable", "cannot be read as a table"),
        ("t.csv", b"a,b\n\xe4,2\n", "like-unreadable", "no UTF-8 text"),
        ("t.csv", b"\xff\xfea\x00,\x00b\x00\n\x00", "like-unreadable", "no UTF-8 text"),
        ("t.jsonl", '{"a": 1}\n{"a": }\n', "like-unreadable", "line 2 is not JSON"),
        ("t.jsonl", "[1]\n", "like-unreadable", "line 1 is not a JSON object"),
        ("t.jsonl", "", "like-shape", "has 0 columns"),
        ("t.parquet", "a,b\n", "like-unreadable", "not a Parquet file"),
    ],
)
def test_what_is_no_table_is_refused_by_name(tmp_path, name, content, slug, told):
    file = written(tmp_path, name, content)
    with pytest.raises(UsageError) as refused:
        read_table(file)
    assert refused.value.slug == slug
    assert str(file) in refused.value.message
    assert told in refused.value.message


def test_a_file_that_is_not_there_and_a_folder(tmp_path):
    (tmp_path / "d.csv").mkdir()
    for name, told in (("gone.csv", "does not exist"), ("d.csv", "cannot be read: Is a directory")):
        with pytest.raises(UsageError, match=told) as refused:
            read_table(tmp_path / name)
        assert refused.value.slug == "like-unreadable"


def test_whole_numbers_beyond_64_bits_are_kept_and_then_refused_by_name(tmp_path):
    for file, content in (
        ("t.csv", "a,b\n" + 30 * "99999999999999999999,x\n"),
        ("t.jsonl", 30 * '{"a": 99999999999999999999, "b": "x"}\n'),
        ("u.csv", "a,b\n" + 15 * "18446744073709551615,x\n-1,x\n"),
    ):
        with pytest.raises(UsageError, match=r"column 'a' holds integers beyond 64 bits, from \S+ to \S+, which"):
            profile(read_table(written(tmp_path, file, content)).frame)


def test_parquet_keeps_the_digits_of_whole_numbers_with_gaps(tmp_path):
    values = [2**53 + 1, None, -(2**63)]
    pd.DataFrame({"n": pd.array(values * 10, dtype="Int64"), "x": 1.5}).to_parquet(tmp_path / "t.parquet")
    assert [None if pd.isna(n) else n for n in read_table(tmp_path / "t.parquet").frame["n"]] == values * 10
