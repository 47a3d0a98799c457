"""Models that answer as those of LightGBM, XGBoost and CatBoost do, of classes that look like theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


class Booster:
    """A booster of LightGBM with two rounds: a split by number and one by category, then a single leaf."""

    __module__ = "lightgbm.basic"

    def __init__(self, *, rate: float = 0.1, threads: int = 1, best: int = -1) -> None:
        self.best_iteration, self.pandas_categorical = best, [["a", "b"]]
        self._rate, self._threads = rate, threads

    def current_iteration(self) -> int:
        return 2

    def model_to_string(self) -> str:
        return (
            "tree\nversion=v4\nobjective=binary sigmoid:1\nfeature_names=x shop\nfeature_infos=[0:5.9] -1:0:1\n\n"
            "Tree=0\nnum_leaves=3\nsplit_feature=0 1\nthreshold=2.5 0\nleft_child=1 -1\nright_child=-2 -3\n"
            f"leaf_value=0.5 -0.25 {5 * self._rate}\ncat_boundaries=0 1\ncat_threshold=1\nshrinkage=1\n\n\n"
            "Tree=1\nnum_leaves=1\nsplit_feature=\nthreshold=\nleaf_value=0.125\nshrinkage=0.1\n\n\nend of trees\n\n"
            "feature_importances:\nleaf_value=7\n\n"
            f"parameters:\n[learning_rate: {self._rate}]\n[num_threads: {self._threads}]\n[machines: ]\n\n"
            "end of parameters\n"
        )


class LGBMModel:
    """What LightGBM's estimators have in common; a classifier has labels."""

    __module__ = "lightgbm.sklearn"

    def __init__(self, booster: Booster | None, classes: Sequence[str] | None = None) -> None:
        self._booster = booster
        if classes is not None:
            self.classes_ = np.array(classes)

    @property
    def booster_(self) -> Booster:
        if self._booster is None:
            raise RuntimeError("No booster found. Need to call fit first.")
        return self._booster


TREE = {
    "left_children": [1, -1, -1],
    "right_children": [2, -1, -1],
    "split_indices": [1, 0, 0],
    "split_conditions": [2.5, -0.5, 0.75],
    "default_left": [1, 0, 0],
    "categories": [],
}
"""One tree of XGBoost, in whose list of conditions the values of leaves stand too."""

CATEGORIES = {
    "enc": [{"offsets": [], "values": []}, {"offsets": [0, 1, 3], "values": [97, -61, -97]}, {"values": [7, 300]}]
}
"""What XGBoost keeps of categories: none, `a` and `ß` as signed bytes, and whole numbers."""


class XGBooster:
    """A booster of XGBoost, whose own name is that of LightGBM's."""

    def __init__(self, trained: Mapping[str, Any], *, best: int | None = None, linear: Any = None) -> None:
        self.feature_names: list[str] | None = ["x", "shop", "size"]
        self._trained, self._linear = trained, linear or {}
        self._attributes = {} if best is None else {"best_iteration": str(best)}

    def num_boosted_rounds(self) -> int:
        return 1

    def num_features(self) -> int:
        return 3

    def save_raw(self, form: str) -> bytearray:
        learner = {
            "attributes": self._attributes,
            "gradient_booster": self._trained,
            "learner_model_param": {"base_score": "[5E-1]"},
            "objective": {"name": "reg:squarederror"},
        }
        return bytearray(json.dumps({"learner": learner}).encode())

    def save_config(self) -> str:
        params = {"gblinear_train_param": self._linear, "updater": {"learning_rate": "0.100000001"}}
        return json.dumps({"learner": {"generic_param": {"nthread": "4"}, "gradient_booster": params}})


XGBooster.__module__, XGBooster.__name__ = "xgboost.core", "Booster"


class CatBoost:
    """A model of CatBoost with one tree of two leaves."""

    __module__ = "catboost.core"
    feature_names_, tree_count_, best_iteration_, learning_rate_, classes_ = ["x", "shop"], 1, None, 0.5, None

    def __init__(self, **settings: object) -> None:
        self._settings = settings

    def get_param(self, name: str) -> object:
        return self._settings.get(name)

    def get_all_params(self) -> dict[str, object]:
        return {"loss_function": "RMSE"}

    def get_scale_and_bias(self) -> tuple[float, float]:
        return 2.0, 0.25

    def get_borders(self) -> dict[int, list[float]]:
        return {1: [3.0], 0: [0.5, 1.5]}

    def get_leaf_values(self) -> np.ndarray[Any, Any]:
        return np.array([-1.0, 1.0])

    def get_tree_leaf_counts(self) -> np.ndarray[Any, Any]:
        return np.array([2], dtype=np.uint32)
