from __future__ import annotations

import pytest

from mlguard.adapters.libraries import learned
from tests.adapters.boosters import CatBoost


def test_a_model_is_read_by_what_the_library_tells() -> None:
    found = learned(CatBoost())
    assert (found.features, found.rounds, found.objective) == (["x", "shop"], 1, "RMSE")
    assert (found.learning_rate, found.best_iteration, found.start, found.classes) == (0.5, None, [0.25], ())
    arrays = {name: array.tolist() for name, array in found.arrays.items()}
    assert arrays == {"leaf_value": [-2.0, 2.0], "leaves": [2], "threshold": [0.5, 1.5, 3.0]}


@pytest.mark.parametrize(
    ("settings", "left"),
    [
        ({}, {"catboost_info/": "allow_writing_files=False"}),
        ({"allow_writing_files": True}, {"catboost_info/": "allow_writing_files=False"}),
        ({"allow_writing_files": False}, {}),
        ({"train_dir": "elsewhere"}, {}),
    ],
)
def test_what_training_leaves_behind_is_named_with_the_setting_that_leaves_nothing(settings: dict, left: dict) -> None:
    assert learned(CatBoost(**settings)).left_behind == left
