"""What the libraries' own models say that they learned, whatever kind of model it is."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import catboost
import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost

from mlguard.adapters.ensemble import Ensemble
from mlguard.adapters.libraries import learned
from mlguard.core.value import Value
from mlguard.observe.walk import walk

RNG = np.random.RandomState(0)
X = pd.DataFrame({"x": RNG.randint(0, 60, 60) / 10, "z": RNG.randint(0, 9, 60)})
SHOPS = X.assign(shop=pd.Categorical(RNG.choice(["a", "b", "c"], 60)), size=pd.Categorical(RNG.choice([5, 700], 60)))
Y = (2 * X["x"] + X["z"] + 5 * (SHOPS["shop"] == "b")).to_numpy()
THREE = np.array(["few", "many", "none"])[np.arange(60) % 3]
LATER = (X[:20], Y[:20] + 3)

FAST: dict[str, dict[str, Any]] = {
    "lightgbm": {"n_estimators": 8, "verbosity": -1, "min_child_samples": 3},
    "xgboost": {"n_estimators": 8},
    "catboost": {"iterations": 8, "logging_level": "Silent", "allow_writing_files": False},
}


def regressor(library: str, **settings: Any) -> Any:
    kinds = {
        "lightgbm": lightgbm.LGBMRegressor,
        "xgboost": xgboost.XGBRegressor,
        "catboost": catboost.CatBoostRegressor,
    }
    return kinds[library](**{**FAST[library], **settings})


def classifier(library: str) -> Any:
    kinds = {
        "lightgbm": lightgbm.LGBMClassifier,
        "xgboost": xgboost.XGBClassifier,
        "catboost": catboost.CatBoostClassifier,
    }
    return kinds[library](**FAST[library])


def leaves(model: object) -> dict[str, Value]:
    return dict(walk({"model": model, "beside": 1.0}))


@pytest.mark.parametrize("library", FAST)
def test_features_rounds_and_trees_are_known(library: str) -> None:
    found = learned(regressor(library).fit(X, Y))
    assert (list(found.features), found.rounds, found.best_iteration) == (["x", "z"], 8, None)
    assert {"leaf_value", "threshold"} <= {name for name, array in found.arrays.items() if array.size}
    assert found.objective
    assert found.learning_rate


@pytest.mark.parametrize("library", FAST)
def test_one_that_is_not_fitted_holds_nothing(library: str) -> None:
    assert list(leaves(regressor(library))) == ["beside"]


@pytest.mark.parametrize("library", FAST)
def test_classes_are_those_of_a_classifier_in_their_order(library: str) -> None:
    target = np.searchsorted(["few", "many", "none"], THREE) if library == "xgboost" else THREE
    found = learned(classifier(library).fit(X, target))
    assert list(found.classes) == ([0, 1, 2] if library == "xgboost" else ["few", "many", "none"])
    assert list(learned(regressor(library).fit(X, Y)).classes) == []


@pytest.mark.parametrize("library", ["lightgbm", "xgboost"])
def test_categories_are_kept_by_the_names_of_their_columns(library: str) -> None:
    how = {"enable_categorical": True} if library == "xgboost" else {}
    found = learned(regressor(library, **how).fit(SHOPS, Y))
    assert {name: list(labels) for name, labels in found.categories.items()} == {
        "shop": ["a", "b", "c"], "size": [5, 700],
    }  # fmt: skip


def stopped(library: str) -> Ensemble:
    how: dict[str, Any] = {"early_stopping_rounds": 3} if library != "lightgbm" else {}
    ends = {"callbacks": [lightgbm.early_stopping(3, verbose=False)]} if library == "lightgbm" else {"verbose": False}
    rounds = {"iterations": 400} if library == "catboost" else {"n_estimators": 400}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Each library calls what it is given to stop by otherwise from time to time.
        return learned(regressor(library, **rounds, **how).fit(X, Y, eval_set=[LATER], **ends))


@pytest.mark.parametrize("library", FAST)
def test_where_early_stopping_ended_is_known(library: str) -> None:
    found = stopped(library)
    assert found.best_iteration is not None
    assert 0 < found.best_iteration <= found.rounds < 400


KINDS: dict[str, Callable[[], Any]] = {
    "linear trees": lambda: regressor("lightgbm", linear_tree=True),
    "dart of LightGBM": lambda: regressor("lightgbm", boosting_type="dart"),
    "forest of LightGBM": lambda: regressor("lightgbm", boosting_type="rf", subsample=0.5, subsample_freq=1),
    "linear": lambda: regressor("xgboost", booster="gblinear", updater="coord_descent"),
    "dart": lambda: regressor("xgboost", booster="dart", rate_drop=0.5),
    "forest": lambda: xgboost.XGBRFRegressor(n_estimators=8),
    "grown by loss": lambda: regressor("catboost", grow_policy="Lossguide"),
    "any loss": lambda: catboost.CatBoost({**FAST["catboost"], "loss_function": "MAE"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_model_moves_with_its_data_and_with_nothing_else(kind: str) -> None:
    one, same, other = (leaves(KINDS[kind]().fit(X, y)) for y in (Y, Y, Y * 1.5))
    assert {name: value.digest() for name, value in one.items()} == {n: v.digest() for n, v in same.items()}
    arrays = [name for name in one if name.startswith("model.trees.") and one[name].is_float]
    assert any(one[name].digest() != other[name].digest() for name in arrays if name in other)


@pytest.mark.parametrize("library", FAST)
def test_threads_are_not_learned(library: str) -> None:
    name = "thread_count" if library == "catboost" else "n_jobs"
    one, other = (leaves(regressor(library, **{name: threads}).fit(X, Y)) for threads in (1, 3))
    assert {name: value.digest() for name, value in one.items()} == {n: v.digest() for n, v in other.items()}


@pytest.mark.parametrize(
    ("settings", "steadied"),
    [
        ({"booster": "gblinear", "n_jobs": 3}, ("updater='coord_descent'", "nthread=1")),
        ({"booster": "gblinear", "n_jobs": 1}, ()),
        ({"booster": "gblinear", "n_jobs": 3, "updater": "coord_descent"}, ()),
        ({"n_jobs": 3}, ()),
    ],
)
def test_threads_that_race_are_known_by_the_settings(settings: dict[str, Any], steadied: tuple[str, ...]) -> None:
    assert learned(regressor("xgboost", **settings).fit(X, Y)).steadied_by == steadied


def test_a_folder_that_catboost_leaves_is_known_by_the_settings(tmp_path: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    leaves = regressor("catboost", allow_writing_files=True).fit(X, Y)
    assert learned(leaves).left_behind == {"catboost_info/": "allow_writing_files=False"}
    assert (tmp_path / "catboost_info").is_dir()
    assert learned(regressor("catboost").fit(X, Y)).left_behind == {}
