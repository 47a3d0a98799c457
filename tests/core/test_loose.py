"""What a golden does not guard: configuration keys whose change changes nothing."""

from __future__ import annotations

from mlguard.core.loose import without_effect
from mlguard.core.record import EFFECT, Observation, Record
from mlguard.core.run_name import Config
from mlguard.core.value import number


def effect(key: str, stage: str, size: float) -> Observation:
    return Observation(stage, "effect", number(size), role=EFFECT, run=Config(key))


def test_keys_that_change_nothing_in_any_stage_are_named():
    golden = Record(
        "G",
        (
            effect("seed", "split", 0.0),
            effect("seed", "predict", 0.2),
            effect("idle_cap", "predict", 0.0),
            effect("idle_cap", "evaluate", 0.0),
            effect("tol", "predict", 1e-9),
            effect("C", "predict", 1e-3),
            Observation("evaluate", "idle", number(0.0)),
        ),
    )
    assert without_effect(golden) == ("idle_cap", "tol")
    assert without_effect(golden.with_observations(golden.observations[:2])) == ()
