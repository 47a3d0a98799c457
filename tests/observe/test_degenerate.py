from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlguard.configuration import Configuration
from mlguard.core.dataset import Dataset
from mlguard.core.guard import Guard
from mlguard.observe import stages
from mlguard.observe.degenerate import keep_degenerate
from mlguard.observe.run import Run, Subject

ROWS = pd.DataFrame({"kind": list("abcabcaa"), "x": np.arange(8.0)}, index=range(50, 58))


class Kinds(Guard):
    """Answers the kind of the next row, as labels beside a score; tells what `evaluate` is given."""

    dataset = "kinds"
    abstract = True
    target = "kind"
    key: Any = None

    def split(self, data: Any) -> Any:
        return data.rows, data.rows

    def train(self, train: Any) -> Any:
        return None

    def predict(self, model: Any, rows: Any) -> Any:
        return pd.DataFrame({"label": np.roll(rows["kind"], 1), "score": rows["x"]}, index=rows.index)

    def evaluate(self, test: Any, predictions: Any) -> Any:
        assert list(test.index) == list(predictions.index)
        hits = test["kind"] == predictions["label"]
        if len(test) == 1:
            raise ValueError("too few")
        return {
            "true": "".join(test["kind"]),
            "said": "".join(predictions["label"]),
            "hits": float(hits.mean()),
            "by kind": hits.groupby(test["kind"]).mean(),
        }


def degenerate(guard: type[Guard], folder: Path, table: Any = ROWS) -> dict[str, dict[str, Any]]:
    """What each metric is, by input."""
    run = Run(
        Subject("K", guard, Configuration(None, None, None), folder, guard.target), "main", Dataset(table), folder
    )
    path = stages.walk_path(run)
    keep_degenerate(run, path)
    kept = {o.name: o.value for o in run.observations}
    assert {(o.stage, o.role) for o in run.observations} <= {("evaluate", "probe")}
    return {name: {row: v.element(i) for i, row in enumerate(v.rows or ())} for name, v in kept.items()}


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return degenerate(Kinds, tmp_path_factory.mktemp("kinds"))


@pytest.mark.parametrize(
    ("name", "true", "said"),
    [
        ("one true row", "aaaaaaaa", "aabcabca"),
        ("only a answered", "abcabcaa", "aaaaaaaa"),
        ("only c answered", "abcabcaa", "cccccccc"),
        ("a never answered", "abcabcaa", "bbbcbbcb"),
        ("only b true", "bb", "aa"),
        ("b never true", "acacaa", "abcbca"),
    ],
)
def test_real_rows_stand_beside_real_answers(kinds: dict[str, dict[str, Any]], name: str, true: str, said: str) -> None:
    assert kinds["degenerate.true"][name] == true
    assert kinds["degenerate.said"][name] == said


def test_what_raises_has_a_status_and_no_metric(kinds: dict[str, dict[str, Any]]) -> None:
    statuses = kinds["degenerate.status"]
    assert {name for name, status in statuses.items() if status != "answered"} == {"one row"}
    assert statuses["one row"] == "raised ValueError"
    assert np.isnan(kinds["degenerate.hits"]["one row"])


def test_a_metric_of_several_numbers_is_kept_number_by_number_with_their_labels(
    kinds: dict[str, dict[str, Any]],
) -> None:
    per_kind = {name.removeprefix("degenerate.") for name in kinds if name.startswith("degenerate.by kind")}
    numbers, labels = ({f"by kind{part}[{i}]" for i in range(3)} for part in ("", ".(index)"))
    assert per_kind == numbers | labels | {"by kind.(index names)[0]"}


def test_scores_are_made_constant(tmp_path: Path) -> None:
    class Scores(Kinds):
        target = None

        def predict(self, model: Any, rows: Any) -> Any:
            return rows["x"].to_numpy() / 3

        def evaluate(self, test: Any, predictions: Any) -> Any:
            return float(predictions.std()), float(predictions[0])

    found = degenerate(Scores, tmp_path)
    constant = ("first answer only", "last answer only", "one row")
    assert {name for name, std in found["degenerate.metric[0]"].items() if std == 0.0} == set(constant)
    assert [found["degenerate.metric[1]"][name] for name in constant] == [0.0, 7 / 3, 0.0]


def test_a_pair_of_rows_and_truth_is_taken_apart(tmp_path: Path) -> None:
    class Pairs(Kinds):
        target = None

        def split(self, data: Any) -> Any:
            pair = data.rows[["x"]], np.where(data.rows["x"] > 3, 1.0, 0.0)
            return pair, pair

        def predict(self, model: Any, rows: Any) -> Any:
            return [float(x) for x in rows[0]["x"]]

        def evaluate(self, test: Any, predictions: Any) -> Any:
            return {"true": float(test[1].mean()), "said": float(np.mean(predictions))}

    found = degenerate(Pairs, tmp_path)
    assert (found["degenerate.true"]["only 1.0 true"], found["degenerate.said"]["only 1.0 true"]) == (1.0, 5.5)
    assert (found["degenerate.true"]["1.0 never true"], found["degenerate.said"]["1.0 never true"]) == (0.0, 1.5)


def test_answers_with_a_key_are_not_taken_apart(tmp_path: Path) -> None:
    class Keyed(Kinds):
        key = "score"

        def evaluate(self, test: Any, predictions: Any) -> Any:
            return 1.0

    assert degenerate(Keyed, tmp_path) == {}
