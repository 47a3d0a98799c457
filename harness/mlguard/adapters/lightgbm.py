"""What a model of LightGBM learned, read from the text in which the library saves it; LightGBM is never imported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mlguard.adapters.ensemble import Array, Ensemble, joined

ARRAYS: Mapping[str, tuple[str, type[np.generic]]] = {
    "leaf_value": ("leaf_value", np.float64),
    "threshold": ("threshold", np.float64),
    "feature": ("split_feature", np.int64),
    "left_child": ("left_child", np.int64),
    "right_child": ("right_child", np.int64),
    "category_bits": ("cat_threshold", np.int64),
    "leaf_const": ("leaf_const", np.float64),
    "leaf_coeff": ("leaf_coeff", np.float64),
    "shrinkage": ("shrinkage", np.float64),
}
"""Arrays of a tree by our name: LightGBM's name and type. Gains, weights and counts follow from the data and these."""

Fields = dict[str, str]


def _booster(model: Any) -> Ensemble:
    head, trees, settings = _sections(model.model_to_string())
    features = head["feature_names"].split(" ")
    return Ensemble(
        features=features,
        rounds=model.current_iteration(),
        objective=head.get("objective", ""),
        categories=_categories(features, head.get("feature_infos", "").split(" "), model.pandas_categorical or []),
        best_iteration=model.best_iteration if model.best_iteration > 0 else None,
        learning_rate=float(settings["learning_rate"]) if "learning_rate" in settings else None,
        arrays={name: _array(trees, key, dtype) for name, (key, dtype) in ARRAYS.items()},
    )


def _estimator(model: Any) -> Ensemble:
    return replace(_booster(model.booster_), classes=getattr(model, "classes_", ()))


MODELS: Mapping[str, Callable[[Any], Ensemble]] = {"Booster": _booster, "LGBMModel": _estimator}
"""The classes of LightGBM that hold a model, and how it is read; what it raises before a model is fitted says that."""

ROWS = ("Dataset",)
"""The classes of LightGBM that hold rows where only LightGBM reads them."""


def _sections(text: str) -> tuple[Fields, list[Fields], Fields]:
    """The head, each tree, and the settings of a model's text, whose lines are `key=value` and `[key: value]`."""
    head, *trees = text.partition("\nend of trees")[0].split("\nTree=")
    return dict(_pairs(head)), [dict(_pairs(tree)) for tree in trees], dict(_settings(text))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, found, value = line.partition("=")
        if found:
            yield key, value


def _settings(text: str) -> Iterator[tuple[str, str]]:
    for line in text.partition("\nparameters:")[2].partition("\nend of parameters")[0].splitlines():
        key, found, value = line.strip("[]").partition(": ")
        if found:
            yield key, value


def _array(trees: Sequence[Fields], key: str, dtype: type[np.generic]) -> Array:
    return joined((np.array(tree.get(key, "").split(), dtype=dtype) for tree in trees), dtype)


def _categories(
    features: Sequence[str], infos: Sequence[str], known: Sequence[Sequence[object]]
) -> Mapping[str, Sequence[object]]:
    """The categories of pandas' columns, which LightGBM keeps in their order and without their names."""
    # A number has its range, as in `[0:5.9]`; a category its codes, as in `-1:0:2`.
    named = [name for name, info in zip(features, infos, strict=False) if ":" in info and not info.startswith("[")]
    return dict(zip(named if len(named) == len(known) else map(str, range(len(known))), known, strict=True))
