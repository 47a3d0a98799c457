from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlguard.core.record import Record
from mlguard.observe import levels
from tests.observe import pipeline
from tests.observe.pipeline import Shop, make, observed


def left_out(**columns: Any) -> dict[str, Any]:
    """The level that is left out, by column."""
    return levels._levels(pd.DataFrame(columns), ["target"])


def test_the_rarest_level_between_the_first_and_the_last_goes() -> None:
    assert left_out(k=[1, 2, 2, 3, 3, 3, 3, 3, 4, 4]) == {"k": 2}
    assert left_out(k=list("aabbbccccc")) == {"k": "b"}
    assert left_out(k=[True, True, False, False, False]) == {"k": True}


@pytest.mark.parametrize(
    "column",
    [
        [1.0, 1.0, 2.0, 2.0, 3.0, 3.0],
        ["each", "text", "stands", "here", "only", "once"],
        [7, 7, 7, 7, 7, 7],
        list(pd.date_range("2024-01-01", periods=3)) * 2,
        [[1], [1], [2], [2], [3], [3]],
    ],
)
def test_what_has_no_levels_is_left_alone(column: list[Any]) -> None:
    assert left_out(k=column) == {}


def test_the_target_is_left_alone() -> None:
    assert left_out(target=[1, 1, 2, 2, 3, 3]) == {}


def test_half_of_the_rows_are_left() -> None:
    rare, half = np.arange(20) % 10 < 1, np.arange(20) % 2 == 0
    assert left_out(a=rare, b=half, c=np.roll(rare, 1)) == {"a": True, "c": True}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Record:
    return observed(Shop, tmp_path_factory.mktemp("shop"), fewer_levels=True)


def test_every_test_row_is_predicted_once_by_the_level_that_it_holds(record: Record) -> None:
    found = {o.name: o.value for o in record if o.run == "without levels"}
    assert set(found) == {"test.status", "test.score", "test.label"}
    names = found["test.status"].rows or ()
    test = make().iloc[20:].reset_index(drop=True)
    assert sorted(int(name.partition("#")[2]) for name in names) == list(range(12))
    for name in names:
        level, _, place = name.partition(" #")
        row = test.iloc[int(place)]
        assert level in (f"city {row['city']}", f"visits {row['visits']}", "known levels")
    assert {name.split(" ")[0] for name in names} == {"city", "visits", "known"}


def test_it_is_another_model(record: Record) -> None:
    scores = next(o.value for o in record if (o.run, o.name) == ("without levels", "test.score"))
    first = next(o.value for o in record if (o.run, o.name) == ("main", "test.score"))
    places = [int(name.partition("#")[2]) for name in scores.rows or ()]
    assert not np.allclose(scores.data, first.data[places])


class NeedsAll(Shop):
    """Counts on every city."""

    abstract = True

    def train(self, train: pd.DataFrame) -> Any:
        return {**super().train(train), "köln": train.groupby("city").size()["Köln"]}


def test_a_training_that_raises_is_kept_as_such(tmp_path: Any) -> None:
    record = observed(NeedsAll, tmp_path, fewer_levels=True)
    found = [o for o in record if o.run == "without levels"]
    assert [o.name for o in found] == ["test.status"]
    assert set(found[0].value.data) == {"raised KeyError"}


def test_rows_without_names_have_no_levels(tmp_path: Any) -> None:
    class OfNumbers(pipeline.Shop):
        def split(self, data: Any) -> Any:
            rows = data.rows[["age", "visits", "bought"]].fillna(40.0).to_numpy()
            return rows[:20], rows[20:]

        def train(self, train: Any) -> Any:
            return train[:, 2].mean()

        def predict(self, model: Any, rows: Any) -> Any:
            return rows[:, 0] * model

        def evaluate(self, test: Any, predictions: Any) -> Any:
            return {"error": float(abs(test[:, 2] - predictions).mean())}

    record = observed(OfNumbers, tmp_path, fewer_levels=True)
    assert not [o for o in record if o.run == "without levels"]
