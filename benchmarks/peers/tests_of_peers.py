"""The tests that a user of each library writes. Copied to a folder and run there by pytest; never collected here.

The first session finds no baselines and writes them; each later one compares. Which answers a session sees lies in the
folder that `BENCHMARK_ANSWERS` names, one file per trial.
"""

from __future__ import annotations

import json
import math
import os
import pickle
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
from syrupy.extensions.json import JSONSnapshotExtension

ANSWERS = Path(os.environ["BENCHMARK_ANSWERS"])
STORED = Path(__file__).parent / "stored"


class Seen(NamedTuple):
    predictions: pd.DataFrame
    metrics: dict[str, float]


@pytest.fixture(params=sorted(path.stem for path in ANSWERS.glob("*.pkl")))
def trial(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def seen(trial: str) -> Seen:
    predictions, metrics, raised = pickle.loads((ANSWERS / f"{trial}.pkl").read_bytes())
    if raised:
        pytest.fail(raised)
    return Seen(predictions, metrics)


def test_pytest_regressions(trial: str, seen: Seen, dataframe_regression: Any, num_regression: Any) -> None:
    dataframe_regression.check(seen.predictions, basename=f"{trial}-predictions")
    num_regression.check(seen.metrics, basename=f"{trial}-metrics")


def test_syrupy(seen: Seen, snapshot: Any) -> None:
    json_snapshot = snapshot.use_extension(JSONSnapshotExtension)
    assert seen.predictions.to_dict(orient="list") == json_snapshot(name="predictions")
    assert seen.metrics == json_snapshot(name="metrics")


def test_assert_allclose(trial: str, seen: Seen) -> None:
    values = {name: np.asarray(value) for name, value in (*seen.predictions.items(), *seen.metrics.items())}
    baseline = STORED / f"{trial}.pkl"
    if not baseline.exists():
        baseline.write_bytes(pickle.dumps(values))
    stored = pickle.loads(baseline.read_bytes())
    assert list(values) == list(stored)
    for name, value in values.items():
        compare = np.testing.assert_allclose if value.dtype.kind in "biuf" else np.testing.assert_array_equal
        compare(value, stored[name])


def test_accuracy_gate(trial: str, seen: Seen) -> None:
    gate = json.loads((ANSWERS / "gates.json").read_text())[trial]
    metric = seen.metrics[gate["metric"] or next(iter(seen.metrics))]
    baseline = STORED / f"{trial}.json"
    if not baseline.exists():
        baseline.write_text(json.dumps(metric))
    stored = json.loads(baseline.read_text())
    lost = stored - metric if gate["higher"] else metric - stored
    assert math.isfinite(metric)
    assert lost <= 0.01 * abs(stored), f"{metric} is more than 1 % worse than {stored}"
