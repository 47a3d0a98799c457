"""What a model of CatBoost learned, by what the library tells of it; CatBoost is never imported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from mlguard.adapters.ensemble import Ensemble, joined


def _model(model: Any) -> Ensemble:
    scale, start = model.get_scale_and_bias()
    borders = model.get_borders()
    return Ensemble(
        features=model.feature_names_,
        rounds=model.tree_count_,
        objective=str(model.get_all_params().get("loss_function", "")),
        classes=model.classes_ if model.classes_ is not None else (),
        best_iteration=model.best_iteration_,
        learning_rate=model.learning_rate_,
        start=np.ravel(start).tolist(),
        arrays={
            "leaf_value": np.asarray(model.get_leaf_values()) * scale,
            "leaves": np.asarray(model.get_tree_leaf_counts(), dtype=np.int64),
            "threshold": joined((borders[feature] for feature in sorted(borders)), np.float64),
        },
        left_behind=_left_behind(model),
    )


MODELS: Mapping[str, Callable[[Any], Ensemble]] = {"CatBoost": _model}
"""The class of CatBoost that holds a model, and how it is read; what it raises before a model is fitted says that."""

ROWS = ("Pool",)
"""The classes of CatBoost that hold rows where only CatBoost reads them."""


def _left_behind(model: Any) -> Mapping[str, str]:
    writes = model.get_param("allow_writing_files") is not False and model.get_param("train_dir") is None
    return {"catboost_info/": "allow_writing_files=False"} if writes else {}
