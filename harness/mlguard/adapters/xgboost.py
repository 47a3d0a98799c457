"""What a model of XGBoost learned, read from the JSON in which the library saves it; XGBoost is never imported."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from mlguard.adapters.ensemble import Array, Ensemble, joined

Node = Mapping[str, Any]

ARRAYS: Mapping[str, str] = {
    "feature": "split_indices",
    "left_child": "left_children",
    "right_child": "right_children",
    "default_left": "default_left",
    "category": "categories",
}
"""Whole numbers of a tree: XGBoost's name by ours. Gains and weights follow from the data and these."""

FLOAT = np.float64
"""XGBoost computes in single precision, but the same bits on every machine: metrics keep the limits of doubles."""


def _booster(model: Any) -> Ensemble:
    learner, settings = json.loads(bytes(model.save_raw("json")))["learner"], json.loads(model.save_config())["learner"]
    features, trained = model.feature_names, learner["gradient_booster"]
    stopped, rate = learner.get("attributes", {}).get("best_iteration"), _inside(settings, "learning_rate")
    return Ensemble(
        features=features or [f"{model.num_features()} without names"],
        rounds=model.num_boosted_rounds(),
        objective=learner["objective"]["name"],
        categories=_categories(features or [], _inside(trained, "cats") or {}),
        best_iteration=None if stopped is None else int(stopped),
        learning_rate=None if rate is None else _single(rate),
        start=[_single(number) for number in learner["learner_model_param"]["base_score"].strip("[]").split(",")],
        arrays=_weights(trained) or _trees(trained),
        steadied_by=_steadied_by(settings),
    )


def _estimator(model: Any) -> Ensemble:
    learned = _booster(model.get_booster())
    return replace(learned, classes=model.classes_) if hasattr(model, "n_classes_") else learned


MODELS: Mapping[str, Callable[[Any], Ensemble]] = {"Booster": _booster, "XGBModel": _estimator}
"""The classes of XGBoost that hold a model, and how it is read; what it raises before a model is fitted says that."""

ROWS = ("DMatrix",)
"""The classes of XGBoost that hold rows where only XGBoost reads them."""


def _weights(trained: Node) -> Mapping[str, Array]:
    weights = _inside(trained, "weights")
    return {} if weights is None else {"weight": np.asarray(weights, dtype=FLOAT)}


def _trees(trained: Node) -> Mapping[str, Array]:
    """The nodes of all trees. One list holds thresholds and the values of leaves, which have no child."""
    trees = _inside(trained, "trees") or []
    leaves = [np.asarray(tree["left_children"]) == -1 for tree in trees]
    values = [np.asarray(tree["split_conditions"], dtype=FLOAT) for tree in trees]
    of_leaves = [tree.get("leaf_weights") or own[leaf] for tree, own, leaf in zip(trees, values, leaves, strict=True)]
    return {
        "leaf_value": joined(of_leaves, FLOAT),
        "threshold": joined((own[~leaf] for own, leaf in zip(values, leaves, strict=True)), FLOAT),
        **{name: joined((tree.get(key, []) for tree in trees), np.int64) for name, key in ARRAYS.items()},
        "weight_drop": np.asarray(_inside(trained, "weight_drop") or [], dtype=FLOAT),
    }


def _categories(features: Sequence[str], kept: Node) -> Mapping[str, Sequence[object]]:
    """The categories of each feature that has any: texts as bytes one after another, or whole numbers as they are."""
    named = zip(features, kept.get("enc", []), strict=False)
    return {name: _labels(**encoded) for name, encoded in named if encoded["values"]}


def _labels(values: Sequence[int], offsets: Sequence[int] = (), **other: object) -> Sequence[object]:
    text = bytes(number % 256 for number in values) if offsets else b""
    return [text[start:end].decode("utf-8", "replace") for start, end in pairwise(offsets)] or values


def _steadied_by(settings: Node) -> Sequence[str]:
    """The default of linear models lets threads update without a lock; trees come out the same with any threads."""
    linear = _inside(settings, "gblinear_train_param") or {}
    races = linear.get("updater") == "shotgun" and settings["generic_param"]["nthread"] != "1"
    return ("updater='coord_descent'", "nthread=1") if races else ()


def _inside(node: Any, name: str) -> Any:
    """The first entry of this name, wherever it stands: versions and kinds of boosters nest it otherwise."""
    if not isinstance(node, Mapping):
        return None
    if name in node:
        return node[name]
    return next((found for part in node.values() if (found := _inside(part, name)) is not None), None)


def _single(number: str) -> float:
    """A number of single precision as the number that somebody wrote: 0.1, not 0.100000001."""
    return float(str(np.float32(number)))
