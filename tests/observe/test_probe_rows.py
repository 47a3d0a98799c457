from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlguard.observe.changes.column import EVIDENCE, GATING, STATUS_ONLY, Known
from mlguard.observe.probe_rows import BATCH, Batch, derive

NOTHING = Known(frozenset(), {})


def batches(rows: Any, known: Known = NOTHING) -> dict[str, Batch]:
    made = list(derive(rows, rows, known))
    return {batch.names[0].rpartition(" #")[0] if batch.names else "empty frame": batch for batch in made}


FRAME = pd.DataFrame(
    {
        "n": np.linspace(1.0, 3.0, 20),
        "whole": np.arange(20),
        "city": ["New York", "Köln"] * 10,
        "kind": pd.Categorical(["a", "b"] * 10),
        "yes": [True, False] * 10,
        "day": pd.date_range("2024-01-01", periods=20),
        "gap": pd.array([1, None] * 10, dtype="Int64"),
    },
    index=range(100, 120),
)


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("minimum n", "n", 1.0),
        ("maximum n", "n", 3.0),
        ("below n", "n", 0.8),
        ("above n", "n", 3.2),
        ("zero n", "n", 0.0),
        ("below whole", "whole", -1),
        ("above whole", "whole", 20),
        ("unseen city", "city", "never seen before"),
        ("unseen kind", "kind", "never seen before"),
        ("other case city", "city", "NEW YORK"),
        ("padded city", "city", "  New York "),
        ("tab for blank city", "city", "New\tYork"),
        ("empty city", "city", ""),
        ("punctuated city", "city", "New York!?"),
        ("above day", "day", pd.Timestamp("2024-01-21")),
        ("maximum gap", "gap", 1),
    ],
)
def test_every_other_row_of_a_batch_is_changed_in_one_column(name: str, column: str, value: Any) -> None:
    batch = batches(FRAME)[name]
    assert (batch.part, len(batch.rows)) == (GATING, BATCH)
    assert batch.rows[column].iloc[0] == (pytest.approx(value) if isinstance(value, float) else value)
    assert [n.startswith("beside") for n in batch.names] == [False, True] * (BATCH // 2)
    real = FRAME.iloc[[round(i * 19 / 7) for i in range(8)]].reset_index(drop=True)
    for other in FRAME.columns:
        places = slice(1, None, 2) if other == column else slice(None)
        assert batch.rows[other].iloc[places].astype(str).tolist() == real[other].iloc[places].astype(str).tolist()
    if column != "kind":
        assert batch.rows[column].dtype == FRAME[column].dtype


def test_a_column_that_crosses_zero_is_not_asked_for_it() -> None:
    assert "zero whole" not in batches(FRAME)


def test_missing_gates_in_float_columns_and_where_data_are_missing() -> None:
    made = batches(FRAME, Known(frozenset({"whole"}), {}))
    gating = {name for name, batch in made.items() if name.startswith("missing ") and batch.part == GATING}
    assert gating == {"missing n", "missing whole"}
    assert {made[f"missing {column}"].part for column in ("city", "kind", "yes", "day", "gap")} == {EVIDENCE}
    assert made["missing n"].rows["n"].isna().tolist() == [True, False] * 4
    assert made["missing whole"].rows["whole"].dtype == np.float64


def test_magnitudes_absent_columns_and_an_empty_frame_do_not_gate_on_values() -> None:
    made = batches(FRAME)
    assert {made[f"x{size} n"].part for size in ("10", "1e3", "1e6")} == {STATUS_ONLY}
    assert made["without city"].part == made["empty frame"].part == EVIDENCE
    assert len(made["empty frame"].rows) == 0


def test_rows_stand_at_and_beside_a_declared_threshold() -> None:
    made = batches(FRAME, Known(frozenset(), {"n": 2.0, "whole": 7.0}))
    assert made["at threshold n"].rows["n"].iloc[0] == 2.0
    assert made["just below threshold n"].rows["n"].iloc[0] == np.nextafter(2.0, 0)
    assert made["just above threshold n"].rows["n"].iloc[0] == np.nextafter(2.0, 3)
    assert made["at threshold whole"].rows["whole"].iloc[0] == 7
    assert "just above threshold whole" not in made
    assert "at threshold n" in batches(FRAME, Known(frozenset(), {"": 2.0}))


def test_rows_are_repeated_and_recombined() -> None:
    made = batches(FRAME)
    twice = made["same row twice"].rows
    assert twice.iloc[0].equals(twice.iloc[1])
    recombined = made["recombined"].rows
    assert recombined.dtypes.tolist() == FRAME.dtypes.tolist()
    assert all(set(recombined[c].dropna()) <= set(FRAME[c].dropna()) for c in FRAME.columns)


@pytest.mark.parametrize("rows", [np.eye(5), np.eye(5, dtype=np.uint8), np.arange(10).reshape(5, 2)])
def test_a_matrix_is_probed_in_its_own_type(rows: np.ndarray) -> None:
    made = batches(rows)
    assert all(batch.rows.dtype == rows.dtype and batch.rows.shape[1:] == rows.shape[1:] for batch in made.values())
    assert ("all below" in made) is (rows.dtype.kind != "u")
    assert made["all maximum"].rows[1].tolist() == rows[1].tolist()


@pytest.mark.parametrize("rows", [["ab", "c d"], pd.Series(["ab", "c d"], index=[4, 5], name="text")])
def test_texts_are_probed_as_texts(rows: Any) -> None:
    made = batches(rows)
    assert {type(batch.rows) for batch in made.values()} == {type(rows)}
    assert list(made["unseen"].rows) == ["never seen before", "c d"]


def test_a_gap_stands_beside_an_unseen_text_in_columns_that_take_turns() -> None:
    rows = batches(FRAME)["gap beside unseen"].rows
    assert rows["n"].isna().tolist() == [True, False] * 4
    unseen = (rows[["city", "kind"]].astype(str) == "never seen before").to_numpy()
    assert unseen.sum(axis=1).tolist() == [1, 0] * 4
    assert unseen.sum(axis=0).tolist() == [2, 2]


def test_a_matrix_of_floats_lacks_one_value_in_every_other_row() -> None:
    gaps = np.isnan(batches(np.eye(8))["one missing"].rows)
    assert gaps.sum(axis=1).tolist() == [1, 0] * 4
    assert len(set(np.nonzero(gaps)[1])) == 4
    assert "one missing" not in batches(np.eye(8, dtype=int))


@pytest.mark.parametrize("rows", [FRAME, np.eye(5), ["ab", "c"], [{"a": 1}, {"a": 2}], np.zeros((3, 2, 2)), []])
def test_the_same_rows_give_the_same_probes(rows: Any) -> None:
    one, other = list(derive(rows, rows, NOTHING)), list(derive(rows, rows, NOTHING))
    assert [(b.part, b.names, str(b.rows)) for b in one] == [(b.part, b.names, str(b.rows)) for b in other]
