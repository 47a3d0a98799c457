from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import scipy.sparse

from mlguard.core.compare import compare
from mlguard.core.outcome import Outcome
from mlguard.core.record import CONTRACT, Record
from mlguard.core.rules import Rules
from mlguard.observe.describe import COMPACT_ROWS, spread
from tests.observe.pipeline import Shop, make, observed
from tests.observe.tensors import Tensor
from tests.observe.variants import ByCity, Labelled, OnArrays, Ranked, RankedElsewhere, Renames


def values(record: Record, stage: str) -> dict[str, Any]:
    return {o.name: o.value for o in record if o.stage == stage and o.run == "main"}


def contracts(record: Record) -> dict[str, str]:
    return {o.name: str(o.value.data[0]) for o in record if o.role == CONTRACT and o.run == "main"}


def broken(record: Record) -> set[str]:
    """The contracts that do not hold, within round-off: kernels may sum batches in another order."""
    return {move.observation for move in compare(record, record, Rules(require_contracts=True)).moves()}


def test_answers_with_a_key_are_compared_by_it_in_whatever_order_they_come(tmp_path: Path) -> None:
    golden = observed(Ranked, tmp_path)
    kept = values(golden, "predict")["test.score"]
    assert kept.rows == tuple(sorted(kept.rows))
    assert compare(golden, observed(RankedElsewhere, tmp_path)).outcome is Outcome.MATCH
    assert broken(golden) & {"row order", "row index", "column order", "single rows", "batches"} == set()


def test_rows_without_an_answer_leave_the_others_with_theirs(tmp_path: Path) -> None:
    class Some(Ranked):
        def predict(self, model: Any, rows: pd.DataFrame) -> Any:
            return super().predict(model, rows[rows["visits"] > 4]).astype({"rank": int})

    record = observed(Some, tmp_path)
    assert {contracts(record)[name] for name in ("single rows", "batches")} <= {"same", "differs"}
    assert broken(record) & {"single rows", "batches"} == set()


def test_answers_may_take_the_labels_of_their_rows_and_may_not_lose_their_own(tmp_path: Path) -> None:
    plain, labelled, own = (observed(guard, tmp_path) for guard in (Shop, Labelled, ByCity))
    assert {str(compare(*pair).outcome) for pair in ((plain, labelled), (labelled, plain))} == {"match"}
    assert {str(compare(own, other).outcome) for other in (plain, labelled)} == {"shifted"}
    assert [move.observation for move in compare(plain, own).moves() if "(" in move.observation] != []


def test_what_cannot_apply_to_arrays_says_so(tmp_path: Path) -> None:
    record = observed(OnArrays, tmp_path)
    told = contracts(record)
    assert {name for name, status in told.items() if status.startswith("not applicable")} == {
        "row index", "column order", "target unread",
    }  # fmt: skip
    assert {"test[0].values", "test[1].values"} <= values(record, "split").keys()
    assert compare(record, observed(OnArrays, tmp_path)).outcome is Outcome.MATCH


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ("bought", "the test rows have no column 'bought'"),
        (None, "no target is declared, and `evaluate` reads no column of the test rows"),
    ],
)
def test_why_nothing_can_be_said_of_the_target_is_told(tmp_path: Path, declared: str | None, told: str) -> None:
    class Unscored(Shop):
        target = declared
        evaluate = None  # type: ignore[assignment]

        def split(self, data: Any) -> Any:
            train, test = super().split(data)
            return train, test.drop(columns="bought")

    assert contracts(observed(Unscored, tmp_path))["target unread"] == f"not applicable: {told}"


@pytest.mark.parametrize(
    ("make_features", "names"),
    [
        (lambda x: x, ["test.values", "train.values"]),
        (scipy.sparse.csr_matrix, ["test.values", "train.values"]),
        (Tensor, ["test.values", "train.values"]),
        (lambda x: pd.DataFrame(x[:, :2], columns=["a", "b"]), ["test.columns", "test.a", "test.b"]),
        (lambda x: {"dense": x, "ids": [1, 2]}, ["test.dense", "test.ids"]),
        (lambda x: [{"a": float(v)} for v in x[:, 0]], ["test.a", "train.a"]),
    ],
)
def test_declared_features_gate_in_any_form(make_features: Any, names: list[str], tmp_path: Path) -> None:
    shift = [0.0]

    class Featured(OnArrays):
        def features(self, model: Any, rows: Any) -> Any:
            return make_features(rows[0] + shift[0])

    golden = observed(Featured, tmp_path)
    assert set(names) <= values(golden, "features").keys()
    shift[0] = 0.01
    comparison = compare(golden, observed(Featured, tmp_path))
    assert (comparison.outcome, comparison.first.stage) == (Outcome.SHIFTED, "features")


def test_columns_that_are_called_like_our_own_observations_are_kept_beside_them(tmp_path: Path) -> None:
    kept = values(observed(Renames, tmp_path), "split")
    assert kept["test.rows"].dtype == "text"
    assert (kept["test.rows#2"].dtype, kept["test.columns#2"].dtype) == ("float64", "text")


def test_a_part_of_many_answers_is_spread_from_the_first_to_the_last() -> None:
    assert spread(3, COMPACT_ROWS) == [0, 1, 2]
    assert (spread(1000, 4), len(set(spread(65, COMPACT_ROWS)))) == ([0, 333, 666, 999], COMPACT_ROWS)


def test_types_and_gaps_of_every_column_are_told(tmp_path: Path) -> None:
    schema = values(observed(Shop, tmp_path, table=make(rows=24)), "dataset")["rows.schema"]
    assert dict(zip(schema.rows, schema.data, strict=True))["age"] == "float64, 1 missing"
