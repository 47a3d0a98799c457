"""What models that lie in C learned is read in one file per library, wherever such a model is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mlguard.adapters import libraries
from mlguard.core.error import UsageError
from mlguard.observe.exact import exactly
from mlguard.observe.walk import ensembles, walk
from tests.adapters.boosters import Booster, CatBoost, LGBMModel


def learned(value: object) -> dict[str, Any]:
    return {name: found.data.tolist() for name, found in walk(value)}


def test_a_model_is_found_wherever_it_is_kept_with_what_is_kept_beside_it() -> None:
    found = learned({"model": LGBMModel(Booster()), "scale": 2.0})
    assert (found["model.rounds"], found["model.features"], found["scale"]) == ([2], ["x, shop"], [2.0])
    assert [ensemble.rounds for ensemble in ensembles([Booster(), CatBoost(), 3])] == [2, 1]


def test_what_a_derived_class_keeps_besides_is_looked_at_too() -> None:
    class Own(CatBoost):
        def __init__(self) -> None:
            super().__init__()
            self.shift = np.array([0.5, 1.5])

    assert learned(Own())["shift"] == [0.5, 1.5]
    assert learned(Own())["rounds"] == [1]
    assert "shift" in dict(exactly(Own(), "", where="a note holds"))


def test_one_that_is_not_fitted_hides_nothing_beside_it_and_is_no_value() -> None:
    assert learned({"model": LGBMModel(None), "kept": 1}) == {"kept": [1]}
    with pytest.raises(UsageError, match=r"LGBMModel at 'model'.*it holds nothing learned: RuntimeError"):
        exactly({"model": LGBMModel(None)}, "", where="guard Shop: `features` returned")


def test_other_classes_of_these_libraries_are_walked_as_any_object() -> None:
    dataset: Any = type("Dataset", (), {"__module__": "lightgbm.basic"})()
    dataset.label = np.array([1.0, 2.0])
    assert not libraries.is_model(dataset)
    assert learned(dataset) == {"label": [1.0, 2.0]}
    with pytest.raises(TypeError, match="Dataset is no model of catboost, lightgbm, xgboost"):
        libraries.learned(dataset)


def test_a_declared_model_is_what_it_learned() -> None:
    noted = dict(exactly(Booster(threads=1), "model", where="a note holds"))
    again = dict(exactly(Booster(threads=4), "model", where="a note holds"))
    assert {name: value.digest() for name, value in noted.items()} == {n: v.digest() for n, v in again.items()}
    assert "model.trees.leaf_value" in noted
