from __future__ import annotations

import pytest

from mlguard.adapters.libraries import learned
from tests.adapters.boosters import CATEGORIES, TREE, XGBooster

TREES = {"name": "gbtree", "model": {"trees": [TREE, TREE], "cats": CATEGORIES}}


def test_a_booster_is_read_from_its_json() -> None:
    found = learned(XGBooster(TREES, best=0))
    assert (found.features, found.rounds, found.best_iteration) == (["x", "shop", "size"], 1, 0)
    assert (found.objective, found.learning_rate, found.start) == ("reg:squarederror", 0.1, [0.5])
    assert found.categories == {"shop": ["a", "ß"], "size": [7, 300]}
    arrays = {name: array.tolist() for name, array in found.arrays.items() if array.size}
    assert (arrays["leaf_value"], arrays["threshold"]) == ([-0.5, 0.75] * 2, [2.5, 2.5])
    assert (arrays["feature"], arrays["default_left"]) == ([1, 0, 0] * 2, [1, 0, 0] * 2)


def test_leaves_of_several_outputs_and_dropped_trees_are_learned_too() -> None:
    several = {**TREE, "leaf_weights": [1.0, 2.0, 3.0, 4.0]}
    found = learned(XGBooster({"gbtree": {"model": {"trees": [several]}}, "weight_drop": [0.5]}))
    assert found.arrays["leaf_value"].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert found.arrays["weight_drop"].tolist() == [0.5]
    assert (found.best_iteration, found.categories) == (None, {})


@pytest.mark.parametrize(
    ("updater", "steady"), [("shotgun", ("updater='coord_descent'", "nthread=1")), ("coord_descent", ())]
)
def test_a_linear_model_whose_threads_race_says_what_makes_it_repeatable(updater: str, steady: object) -> None:
    found = learned(XGBooster({"model": {"weights": [1.5, -2.0]}}, linear={"updater": updater}))
    assert (found.steadied_by, found.arrays["weight"].tolist()) == (steady, [1.5, -2.0])
    assert learned(XGBooster(TREES)).steadied_by == ()


def test_features_without_names_are_counted() -> None:
    booster = XGBooster(TREES)
    booster.feature_names = None
    assert (learned(booster).features, learned(booster).categories) == (["3 without names"], {})
