"""What may count as noticing: behaviour, and neither the recorded configuration nor the Dataset's own Observations."""

from __future__ import annotations

import numpy as np

from mlguard.core.record import EFFECT, DatasetFacts, Observation, Provenance, Record
from mlguard.core.rules import Rules
from mlguard.core.run_name import MAIN, Config
from mlguard.core.value import number, numbers, text, texts
from mlguard.tools.audit.judge import compared

ALONE = frozenset({f"{MAIN}/contracts"})
"""What the main run alone leaves out."""


def record(*observations: Observation, left_out: frozenset[str] = ALONE) -> Record:
    return Record(
        "Line", observations, Provenance(dataset=DatasetFacts("tiny", 0, rows={"rows": 3})), left_out=left_out
    )


def answers(values: list[float], rows: str = "abc") -> Observation:
    return Observation("predict", "test.prediction", numbers(np.array(values), rows=tuple(rows)))


def moved(before: Record, after: Record, kind: str) -> list[str]:
    return [f"{f.stage} {f.observation}" for f in compared(before, after, Rules(), kind=kind).moves()]


def test_the_datasets_own_observations_count_for_code_alone() -> None:
    before, after = (
        record(Observation("dataset", "rows.content", text(digest)), answers([1.0, 2.0, 3.0])) for digest in "xy"
    )
    assert moved(before, after, "code") == ["dataset rows.content"]
    assert moved(before, after, "data") == moved(before, after, "configuration") == []


def test_what_a_guard_notes_in_the_stage_dataset_counts() -> None:
    before, after = (record(Observation("dataset", "rate", number(rate))) for rate in (0.5, 0.6))
    assert moved(before, after, "data") == ["dataset rate"]


def test_effects_of_configuration_keys_do_not_count_for_the_configuration() -> None:
    effect = Observation("predict", "effect", number(0.1), role=EFFECT, run=Config("C"))
    before, after = record(answers([1.0, 2.0, 3.0]), effect), record(answers([1.0, 2.0, 3.0]))
    assert moved(before, after, "code") == ["predict effect"]
    assert moved(before, after, "configuration") == []


def test_rows_of_changed_data_are_told_by_their_place() -> None:
    rows = [Observation("split", "test.rows", texts(names)) for names in ("abc", "abd")]
    before = record(rows[0], answers([1.0, 2.0, 3.0]))
    assert moved(before, record(rows[1], answers([1.0, 2.0, 3.0], "abd")), "data") == []
    assert moved(before, record(rows[1], answers([1.0, 2.0, 4.0], "abd")), "data") == ["predict test.prediction"]
    assert moved(before, record(rows[1], answers([1.0, 2.0, 3.0], "abd")), "code") != []


def test_what_was_left_out_is_neither_lost_nor_new() -> None:
    contract = Observation("contracts", "row order", text("same"), role="contract")
    before, after = record(answers([1.0, 2.0, 3.0]), contract, left_out=frozenset()), record(answers([1.0, 2.0, 3.0]))
    assert moved(before, after, "code") == []
