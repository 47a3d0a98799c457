"""What an internal says about the place where other libraries may have written it down in another way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mlguard.core.compare import compare
from mlguard.core.outcome import Outcome
from mlguard.core.record import INTERNAL, Observation, Provenance, Record
from mlguard.core.run_name import MAIN, RunName, Seed
from mlguard.core.value import Value, numbers, texts
from tests.core.records import floats, record, seen

COEF = seen("train", "coef_", floats(1.0, 2.0, 3.0), role=INTERNAL)

MOVED = seen("evaluate", "accuracy", 0.5)


def under(python: str, pandas: str | None, *observations: Observation) -> Record:
    packages = {"click": "8.3", **({} if pandas is None else {"pandas": pandas})}
    return replace(record(*observations), provenance=Provenance(environment={"python": python, "packages": packages}))


GOLDEN = under("3.11.7", "3.0.1", COEF, seen("evaluate", "accuracy", 0.75))


@pytest.mark.parametrize(
    ("learned", "stage"),
    [
        pytest.param(numbers(np.int64([1, 2, 3])), "evaluate", id="another dtype"),
        pytest.param(floats(-1.0, -2.0, -3.0), "evaluate", id="the opposite sign"),
        pytest.param(floats(3.0, 1.0, 2.0), "train", id="another order"),
        pytest.param(floats(1.0, 2.0, 4.0), "train", id="other numbers"),
        pytest.param(numbers(np.int64([1, 2, 4])), "train", id="other numbers of another dtype"),
        pytest.param(floats(1.0, 2.0), "train", id="another shape"),
    ],
)
def test_only_other_content_places_a_move(learned: Value, stage: str) -> None:
    new = (replace(COEF, value=learned), MOVED)
    for python, pandas in (("3.12.1", "3.0.1"), ("3.11.7", "2.2.2")):
        assert first_stage(under(python, pandas, *new)) == stage
    # A patch of Python, and a library that only one of the runs imported, are no other libraries.
    for python, pandas in (("3.11.9", "3.0.1"), ("3.11.7", None)):
        assert first_stage(under(python, pandas, *new)) == "train"


def counts(order: str, *numbers: float, in_seed_1: float) -> list[Observation]:
    """A mapping that a model keeps, and the one number that is kept of its keys for another seed."""
    keys, values = texts(list(order)), floats(*numbers)
    kept = [seen("train", "counts.keys", keys, role=INTERNAL), seen("train", "counts.values", values, role=INTERNAL)]
    return [*kept, seen("train", "counts.keys", in_seed_1, role=INTERNAL, run=Seed(1))]


@pytest.mark.parametrize("run", [MAIN, Seed(1)], ids=str)
@pytest.mark.parametrize(
    ("learned", "stage"),
    [
        pytest.param(counts("acb", 5.0, 2.0, 2.0, in_seed_1=0.7), "evaluate", id="ties in another order"),
        pytest.param(counts("bac", 5.0, 2.0, 2.0, in_seed_1=0.7), "train", id="other numbers for the same keys"),
        pytest.param(counts("abd", 5.0, 2.0, 2.0, in_seed_1=0.7), "train", id="another key"),
    ],
)
def test_the_order_of_a_mapping_is_the_librarys(run: RunName, learned: list[Observation], stage: str) -> None:
    golden = [*counts("abc", 5.0, 2.0, 2.0, in_seed_1=0.3), replace(GOLDEN.observations[-1], run=run)]
    found = compare(under("3.11.7", "3.0.1", *golden), under("3.11.7", "2.2.2", *learned, replace(MOVED, run=run)))
    assert found.first is not None
    assert (found.first.run, found.first.stage) == (run, stage)


def test_a_model_whose_outputs_hold_has_not_moved() -> None:
    golden = under("3.11.7", "3.0.1", COEF, MOVED)
    turned = replace(COEF, value=floats(-1.0, -2.0, -3.0))
    for pandas, outcome in (("2.2.2", Outcome.MATCH), ("3.0.1", Outcome.SHIFTED)):
        findings = compare(golden, under("3.11.7", pandas, turned, MOVED)).findings
        assert [f.outcome for f in findings if f.role == INTERNAL] == [outcome]


def first_stage(new: Record) -> str | None:
    first = compare(GOLDEN, new).first
    return first and first.stage
