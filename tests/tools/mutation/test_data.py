"""Mutants of data: columns, labels and rows, the same every time, on data of any seed."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

from mlguard.core.dataset import Dataset
from mlguard.tools.mutation import Mutant, data_mutants
from mlguard.tools.mutation.data import OPERATORS

ROWS = pd.DataFrame(
    {
        "price": [1.1, 2.2, 3.3, np.nan, 5.5],
        "size": [10, 20, 30, 40, 50],
        "rank": [5, 4, 3, 2, 1],
        "town": ["ü", "b", "c", "d", "e"],
        "bought": [0, 0, 1, 0, 1],
    }
)


def dataset() -> Dataset:
    return Dataset({"rows": ROWS.copy(), "weights": np.ones((2, 2))}, decimals=3)


def made(operator: str, **how: str) -> list[Mutant]:
    return [mutant for mutant in data_mutants("shop", dataset(), **how) if mutant.operator == operator]


def effect(mutant: Mutant, data: Dataset | None = None) -> pd.DataFrame:
    """The table with the mutant, as a worker gets it."""
    change = pickle.loads(pickle.dumps(mutant.change.data))
    frame: pd.DataFrame = change(data or dataset()).rows
    return frame


def test_every_operator_changes_something_in_the_same_way_each_time_and_never_the_original():
    data, seen = dataset(), set()
    for mutant in data_mutants("shop", data):
        assert not effect(mutant, data).equals(ROWS)
        assert effect(mutant, data).equals(effect(mutant, data))
        assert (mutant.kind, mutant.file, mutant.line, mutant.stage) == ("data", "shop", 0, "dataset")
        seen.add(mutant.operator)
    assert seen == set(OPERATORS)
    assert data.rows.equals(ROWS)


def test_columns_go_one_at_a_time():
    gone = [set(ROWS.columns) - set(effect(mutant).columns) for mutant in made("column dropped")]
    assert gone == [{column} for column in ROWS.columns]


def test_names_of_columns_may_be_numbers():
    numbered = ROWS.set_axis(range(ROWS.shape[1]), axis=1)
    data = Dataset({"rows": numbered})
    mutants = list(data_mutants("shop", data, target=4))
    same = data_mutants("shop", Dataset({"rows": ROWS}), target="bought")
    assert [mutant.operator for mutant in mutants] == [mutant.operator for mutant in same]
    assert all(not effect(mutant, data).equals(numbered) for mutant in mutants)
    assert {type(column) for mutant in mutants for column in effect(mutant, data)} == {int}


def test_columns_of_one_type_are_swapped_where_they_stand():
    first = effect(made("columns swapped")[0])
    assert list(first.columns) == list(ROWS.columns)
    assert (list(first["size"]), list(first["rank"])) == ([5, 4, 3, 2, 1], [10, 20, 30, 40, 50])
    assert [m.before for m in made("columns swapped")] == ["rows: size, rank", "rows: rank, bought"]


def test_a_column_loses_half_its_digits():
    (only,) = made("column as float32")
    assert effect(only)["price"].dtype == np.float32


def test_a_column_is_scaled_and_integers_stay_integers():
    scaled = {m.before.removeprefix("rows: "): effect(m) for m in made("column times 1.1")}
    assert list(scaled["price"]["price"].iloc[:2].round(6)) == [1.21, 2.42]
    assert list(scaled["size"]["size"]) == [11, 22, 33, 44, 55]
    assert scaled["size"]["size"].dtype == ROWS["size"].dtype
    assert "bought" not in scaled


def test_one_label_becomes_another_that_is_there():
    flipped = [list(effect(mutant)["bought"]) for mutant in made("label flipped")]
    assert flipped == [[1, 0, 1, 0, 1], [0, 0, 0, 0, 1], [0, 0, 1, 0, 0]]


@pytest.mark.parametrize(("target", "label"), [("price", "price"), ("town", "town"), ("gone", "bought")])
def test_the_label_is_the_declared_one_where_there_is_one(target: str, label: str):
    (shuffled,) = made("labels shuffled", target=target)
    frame = effect(shuffled)
    assert [column for column in ROWS if not frame[column].equals(ROWS[column])] == [label]
    assert sorted(map(str, frame[label])) == sorted(map(str, ROWS[label]))


def test_a_row_goes_or_comes_twice():
    assert [list(effect(m)["size"]) for m in made("row dropped")] == [
        [20, 30, 40, 50], [10, 20, 40, 50], [10, 20, 30, 40],
    ]  # fmt: skip
    assert [list(effect(m)["size"]) for m in made("row twice")] == [
        [10, 10, 20, 30, 40, 50], [10, 20, 30, 30, 40, 50], [10, 20, 30, 40, 50, 50],
    ]  # fmt: skip


def test_a_shorter_table_or_one_without_the_column_is_no_problem():
    short = Dataset({"rows": ROWS.iloc[:2][["size"]].reset_index(drop=True)})
    for mutant in data_mutants("shop", dataset()):
        assert len(effect(mutant, short)) in (1, 2, 3)
    assert list(data_mutants("shop", Dataset({"rows": ROWS.iloc[:0]}))) == []


def test_what_else_a_dataset_says_stays():
    change = made("row dropped")[0].change.data
    assert change is not None
    assert change(dataset()).decimals == 3
    assert set(change(dataset())) == {"rows", "weights"}
