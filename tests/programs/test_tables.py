"""Tables go to programs and come back as what they are, and a line that is wrong is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlguard.programs.error import ProgramError
from mlguard.programs.tables import csv_table, digest, read, typed, write
from tests.properties import examples

ROWS = pd.DataFrame(
    {
        "count": [3, 2**53 + 1, -7],
        "share": [0.1, 1e-300, np.nan],
        "town": ["Köln, Süd", 'a "b"', "two\nlines"],
        "paid": [True, False, True],
        "code": ["007", "08", "9"],
    }
)


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".parquet", ".feather"])
def test_a_table_comes_back_as_it_went(tmp_path: Path, ending: str) -> None:
    write(ROWS, tmp_path / f"rows{ending}")
    found = read(tmp_path / f"rows{ending}")
    assert {name: found[name].tolist() for name in ("count", "town", "paid", "code")} == {
        name: ROWS[name].tolist() for name in ("count", "town", "paid", "code")
    }
    assert found["share"].tolist()[:2] == [0.1, 1e-300]
    assert found["share"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".parquet", ".feather"])
def test_columns_that_are_numbers_are_written_as_texts(tmp_path: Path, ending: str) -> None:
    write(pd.DataFrame({0: [1, 2], "x": [0.5, 1.5]}), tmp_path / f"rows{ending}")
    found = read(tmp_path / f"rows{ending}")
    assert {name: cells.tolist() for name, cells in found.items()} == {"0": [1, 2], "x": [0.5, 1.5]}


@pytest.mark.parametrize("dtype", ["float32", "int8", "bool", "<U3"])
def test_an_array_comes_back_as_it_went(tmp_path: Path, dtype: str) -> None:
    array = np.array([[0, 1], [1, 0]]).astype(dtype)
    write(array, tmp_path / "rows.npy")
    found = read(tmp_path / "rows.npy")
    assert (found.dtype, found.tolist()) == (array.dtype, array.tolist())


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (pd.Series([1, 2], name="x"), {"x": [1, 2]}),
        (pd.Series(["a", "b"]), {"value": ["a", "b"]}),
        (["a", "b"], {"value": ["a", "b"]}),
        (np.array([[1.5, 2.5]]), {"0": [1.5], "1": [2.5]}),
        ([{"x": 1}, {"x": 2}], {"x": [1, 2]}),
    ],
)
def test_rows_of_other_kinds_become_a_table(tmp_path: Path, rows: Any, columns: dict[str, list[Any]]) -> None:
    write(rows, tmp_path / "rows.csv")
    assert {str(name): cells.tolist() for name, cells in read(tmp_path / "rows.csv").items()} == columns


def test_rows_that_are_two_tables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"rows\.csv holds one table of rows, and cannot hold tuple"):
        write((ROWS, ROWS["paid"]), tmp_path / "rows.csv")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "-2"], [1, -2]),
        (["1", "2.5"], [1.0, 2.5]),
        (["1", ""], [1, None]),
        (["0.5", ""], [0.5, None]),
        (["1e3", "inf"], [1000.0, np.inf]),
        (["true", "False"], [True, False]),
        (["true", ""], [True, None]),
        (["007", "1"], ["007", "1"]),
        (["18446744073709551616"], ["18446744073709551616"]),
        (["a", ""], ["a", None]),
        (["", ""], [None, None]),
        ([], []),
    ],
)
def test_cells_are_what_all_of_them_are(cells: list[str], expected: list[Any]) -> None:
    found = pd.Series(typed(cells))
    assert [None if pd.isna(cell) else cell for cell in found.tolist()] == expected


@examples(100)
@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_every_float_keeps_its_bits(numbers: list[float]) -> None:
    found = csv_table("x\n" + "".join(f"{number!r}\n" for number in numbers), "rows.csv")
    assert found["x"].tolist() == numbers


UNNAMED = "rows.csv, line 1: the first line must name each column, and no two alike"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a,b\n1,2\n3\n", "rows.csv, line 3: 1 cell, where the first line names 2 columns"),
        (b'a\n"x\ny"\n1,2\n', "rows.csv, line 4: 2 cells, where the first line names 1 column"),
        (b"", UNNAMED),
        (b"a;b\n1;2\n", "rows.csv, line 1: cells are separated by ';', where ',' is expected"),
        (
            b",a\n0,1\n",
            f"{UNNAMED} (pandas writes its index so, unless told `index=False`)",
        ),
        (b"a,a\n1,2\n", UNNAMED),
        (b'a\n"x" y\n', "rows.csv, line 2: "),
        (b"a\n1\n\xff\n", "rows.csv, line 3: not written in UTF-8"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "rows.csv").write_bytes(content)
    with pytest.raises(ProgramError) as raised:
        read(tmp_path / "rows.csv")
    assert str(raised.value).startswith(told)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("rows.jsonl", b'{"a": 1}\n\n{"a"\n', "rows.jsonl, line 3: "),
        ("rows.jsonl", b"[1]\n", "rows.jsonl, line 1: list, where each line is an object"),
        ("rows.npy", b"no array", "rows.npy: "),
        ("rows.parquet", b"no parquet", "rows.parquet: "),
    ],
)
def test_other_files_that_cannot_be_read_are_named(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ProgramError) as raised:
        read(tmp_path / name)
    assert str(raised.value).startswith(told)


def test_a_file_that_was_not_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"^no answers\.csv was written$"):
        read(tmp_path / "answers.csv")


def test_a_digest_tells_contents_apart_and_not_how_they_lie_in_memory() -> None:
    cut = ROWS.iloc[[1]]
    built = pd.DataFrame({name: pd.Series([ROWS[name][1]], dtype=ROWS[name].dtype, index=[1]) for name in ROWS})
    assert digest(cut) == digest(built) == digest(ROWS[1:2]) == digest(cut.to_dict("records"))
    square = np.arange(6.0).reshape(2, 3)
    assert digest(square) == digest(np.asfortranarray(square))
    others = (ROWS, ROWS.iloc[[0]], cut.rename(columns={"code": "codes"}), cut.assign(share=1e-299), square, square + 1)
    assert len({digest(one) for one in (cut, *others)}) == 7
    assert digest(cut, ROWS) != digest(ROWS, cut)
    picture = np.zeros((2, 2, 2))
    assert digest(picture) == digest(picture.copy()) != digest(picture + 1)
