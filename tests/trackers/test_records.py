"""What a tracking server is told of a Record."""

from __future__ import annotations

import numpy as np

from mlguard.core.record import (
    ConfigurationFacts,
    DatasetFacts,
    Observation,
    Provenance,
    Record,
    Role,
)
from mlguard.core.run_name import Config, Seed
from mlguard.core.value import number, numbers, text
from mlguard.golden.interface import Held
from mlguard.trackers.entry import Facts
from mlguard.trackers.records import facts

OBSERVATIONS = (
    Observation("evaluate", "auc", number(0.5)),
    Observation("evaluate", "rows", number(4)),
    Observation("evaluate", "auc", number(0.25), run=Seed(1)),
    Observation("evaluate", "auc", number(0.75), run=Config("depth")),
    Observation("evaluate", "curve", numbers(np.array([1.0, 2.0]))),
    Observation("evaluate", "name", text("best")),
    Observation("evaluate", "phase", number(1j)),  # type: ignore[arg-type]
    Observation("evaluate", "one class.auc", number(0.1), role=Role.PROBE),
    Observation("predict", "threshold", number(0.5)),
)


def test_metrics_are_single_numbers_of_the_main_run_and_of_seeds() -> None:
    found = facts(Record("Churn", OBSERVATIONS), Held())
    assert found.metrics == {"auc": 0.5, "rows": 4.0, "seed 1/auc": 0.25}


def test_params_are_the_effective_configuration() -> None:
    values = {"model.name": "trees", "depth": 3, "rate": 0.1, "gone": None, "fast": True}
    provenance = Provenance(
        dataset=DatasetFacts("churn", 0, "sha256:1"),
        configuration=ConfigurationFacts(values),
        environment={"variables": ["SHOP_RATE"]},
    )
    found = facts(Record("Churn", (), provenance), Held(version="sha256:2"))
    told = {"model.name": "trees", "depth": "3", "rate": "0.1", "gone": "null", "fast": "true"}
    assert found == Facts(told, {}, "churn sha256:1", "sha256:2", ("SHOP_RATE",))


def test_of_a_run_that_failed_the_golden_is_known() -> None:
    assert facts(None, Held(version="sha256:2")) == Facts(golden="sha256:2")
