"""What moved rows have in common, and which rows carry a metric."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest

from mlguard.checker.rows import alike, carriers, tell
from mlguard.core.compare import Comparison, compare
from mlguard.core.dataset import Dataset
from mlguard.core.finding import Hint
from mlguard.core.record import Observation, Record
from mlguard.core.value import numbers
from mlguard.observe.leaf import to_value
from mlguard.report.sentence import hint_in_words

LENGTH = 40
TABLE = pd.DataFrame(
    {
        "city": ["ulm", "bonn", "köln", "jena"] * (LENGTH // 4),
        "income": [float(i) if i % 8 else np.nan for i in range(LENGTH)],
        "age": [(i * 7) % LENGTH for i in range(LENGTH)],
        "tags": [[i] for i in range(LENGTH)],
    }
)
DATA = Dataset(TABLE)
NAMES = [str(i) for i in range(LENGTH)]


def words(hints: Iterable[Hint]) -> list[str]:
    return list(map(hint_in_words, hints))


def rows(condition: pd.Series) -> list[str]:
    return [str(i) for i in np.flatnonzero(condition)]


@pytest.mark.parametrize(
    ("moved", "told"),
    [
        (rows(TABLE["income"].isna()), "in common: `income` is missing (so are 0 of the 35 others)"),
        (rows(TABLE["city"] == "ulm")[:7], "in common: `city` is 'ulm' (so are 3 of the 33 others)"),
        (rows(TABLE["age"] >= 34), "in common: `age` >= 34 (so are 0 of the 34 others)"),
        (rows(TABLE["age"] < 5), "in common: `age` <= 4 (so are 0 of the 35 others)"),
    ],
)
def test_what_all_moved_rows_have_and_few_others(moved: list[str], told: str):
    assert words(alike(moved, NAMES, DATA)) == [told]


@pytest.mark.parametrize(
    "moved", [["3", "22", "9"], ["5"], NAMES, []], ids=["by chance", "one row alone", "all rows", "none"]
)
def test_nothing_is_said_of_rows_that_have_nothing_particular(moved: list[str]):
    assert list(alike(moved, NAMES, DATA)) == []


def test_only_compared_rows_count_as_others():
    half = NAMES[: LENGTH // 2]
    assert words(alike(rows(TABLE["income"].isna())[:3], half, DATA)) == [
        "in common: `income` is missing (so are 0 of the 17 others)"
    ]


def test_rows_that_are_of_no_table_say_nothing():
    assert list(alike(["new 1", "new 2"], ["new 1", "new 2", "new 3"], DATA)) == []
    assert list(alike(["a=1", "a=2"], ["a=1", "a=2", "a=3"], DATA)) == []
    assert list(alike(["0", "99"], ["0", "99", "1"], DATA)) == []


def test_rows_of_one_of_several_tables():
    data = Dataset({"train": TABLE.iloc[:4], "test": TABLE})
    moved = [f"test {name}" for name in rows(TABLE["income"].isna())]
    assert words(alike(moved, [f"test {name}" for name in NAMES], data)) == [
        "in common: `income` is missing (so are 0 of the 35 others)"
    ]


def record(answers: np.ndarray, auc: float) -> Record:
    value = to_value(answers, rows=NAMES)
    return Record(
        "Line",
        (
            Observation("predict", "test.score", value, column="score"),
            Observation("evaluate", "auc", numbers(np.array(auc))),
        ),
    )


def comparison(moved: list[int], auc: float = 0.8) -> Comparison:
    before, after = np.full(LENGTH, 0.5), np.full(LENGTH, 0.5)
    after[moved] = 0.7
    return compare(record(before, 0.9), record(after, auc))


def test_a_metric_names_the_rows_that_carry_it():
    compared = comparison([0, 8, 16, 24, 32, 39])
    (metric,) = [f for f in compared.findings if f.observation == "auc"]
    assert words(carriers(metric, compared)) == ["carried by 6 of 40 test rows: 0, 8, 16, 24, 32 and 1 more"]


def test_a_metric_that_moves_alone_is_computed_in_another_way():
    compared = comparison([])
    (metric,) = [f for f in compared.findings if f.observation == "auc"]
    assert words(carriers(metric, compared)) == ["no answer moved: it is computed in another way, or from other rows"]


def test_findings_that_moved_are_told_and_others_are_left_as_they_are():
    compared = comparison([0, 8, 16, 24, 32], auc=0.9)
    told = tell(compared, record(np.full(LENGTH, 0.5), 0.9), DATA)
    assert [words(f.hints) for f in told.findings] == [
        ["in common: `income` is missing (so are 0 of the 35 others)"],
        [],
    ]
    without_tables = tell(compared, record(np.full(LENGTH, 0.5), 0.9), None)
    assert [f.hints for f in without_tables.findings] == [(), ()]


def metrics(**values: float) -> Record:
    return Record("Line", tuple(Observation("evaluate", name, numbers(np.array(v))) for name, v in values.items()))


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (
            {"kept": 0.5, "area": 0.9},
            ["`area` is new and has its value: was it renamed?"],
        ),
        ({"kept": 0.5, "area": 0.8}, []),
        ({"kept": 0.9}, []),
        ({"kept": 0.5, "area": 0.9, "auroc": 0.9}, []),
    ],
    ids=["renamed", "another value", "no new one", "two new ones"],
)
def test_a_metric_that_is_gone_names_the_new_one_with_its_value(new: dict[str, float], told: list[str]):
    golden = metrics(auc=0.9, kept=0.5)
    (lost,) = [f for f in tell(compare(golden, metrics(**new)), golden, None).findings if f.observation == "auc"]
    assert words(lost.hints) == told
