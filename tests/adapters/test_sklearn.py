from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import DBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import f1_score, log_loss, make_scorer, mean_absolute_error, roc_auc_score
from sklearn.svm import LinearSVC

from mlguard.adapters import adapt
from mlguard.configuration import Configuration
from mlguard.core.dataset import Dataset
from mlguard.core.error import UsageError
from mlguard.core.guard import Guard
from mlguard.core.run_name import MAIN
from mlguard.observe.run import Run, Subject
from mlguard.observe.stages import Path as Walked
from mlguard.observe.stages import walk_path


def table() -> pd.DataFrame:
    rng = np.random.RandomState(0)
    frame = pd.DataFrame({"a": rng.normal(size=40), "b": rng.normal(size=40), "c": rng.choice(["x", "y"], 40)})
    return frame.assign(y=(frame["a"] + rng.normal(size=40) > 0).astype(int), z=2 * frame["a"] - frame["b"])


NUMBERS = table()[["a", "b", "y"]]


def walked(folder: Path, rows: Any = NUMBERS, *, known: str | int | None = None, **entries: Any) -> Walked:
    guard = adapt(type("Bare", (Guard,), {"dataset": "bare", **entries}))
    subject = Subject("Bare", guard, Configuration(None, None, None), folder, entries.get("target", known))
    return walk_path(Run(subject, MAIN, Dataset(rows, target=known), folder))


def test_a_classifier_answers_labels_and_probabilities_and_is_scored_on_them(tmp_path: Path) -> None:
    path = walked(tmp_path, estimator=LogisticRegression(), target="y", metrics=("roc_auc", "neg_log_loss", f1_score))
    assert list(path.test.answers.columns) == ["prediction", "predict_proba.0", "predict_proba.1"]
    proba, wanted = path.test.answers.columns["predict_proba.1"].data, path.test.rows["y"]
    metrics = {name: value.element(0) for name, value in path.metrics.items()}
    assert metrics == {
        "roc_auc": pytest.approx(roc_auc_score(wanted, proba)),
        "neg_log_loss": pytest.approx(-log_loss(wanted, proba)),
        "f1_score": pytest.approx(f1_score(wanted, path.test.answers.columns["prediction"].data)),
    }


@pytest.mark.parametrize("target", [0, "0"])
@pytest.mark.parametrize("known", [True, False])
def test_a_target_may_be_a_number_or_its_text(tmp_path: Path, target: Any, known: bool) -> None:
    rows = NUMBERS.rename(columns={"a": 1, "b": 2, "y": 0})
    declared: dict[str, Any] = {"known": target} if known else {"target": target}
    path = walked(tmp_path, rows, estimator=LogisticRegression(), metrics=("roc_auc",), **declared)
    same = walked(tmp_path, estimator=LogisticRegression(), metrics=("roc_auc",), target="y")
    assert path.metrics["roc_auc"].data == same.metrics["roc_auc"].data


def test_a_classifier_without_probabilities_answers_its_decision(tmp_path: Path) -> None:
    path = walked(tmp_path, estimator=LinearSVC(), target="y", metrics=("roc_auc", "accuracy"))
    assert list(path.test.answers.columns) == ["prediction", "decision_function"]
    assert list(path.metrics) == ["roc_auc", "accuracy"]


def test_a_regressor_is_scored_by_name_and_by_scorer(tmp_path: Path) -> None:
    metrics = ("r2", make_scorer(mean_absolute_error))
    path = walked(tmp_path, table()[["a", "b", "z"]], estimator=Ridge(), known="z", metrics=metrics)
    assert (list(path.test.answers.columns), list(path.metrics)) == (["prediction"], ["r2", "mean_absolute_error"])
    assert path.metrics["r2"].element(0) > 0.9


def test_a_clusterer_and_a_transformer_need_no_target(tmp_path: Path) -> None:
    rows = NUMBERS[["a", "b"]]
    clusters = walked(tmp_path, rows, estimator=KMeans(2, n_init=1, random_state=0))
    assert (list(clusters.test.answers.columns), clusters.metrics) == (["prediction"], None)
    assert list(walked(tmp_path, rows, estimator=PCA(2)).test.answers.columns) == ["transform.0", "transform.1"]
    assert list(walked(tmp_path, rows.to_numpy(), estimator=PCA(1)).test.answers.columns) == ["transform.0"]


@pytest.mark.parametrize(
    ("estimator", "metric"),
    [
        (KMeans(2, n_init=1, random_state=0), "adjusted_rand_score"),
        (IsolationForest(n_estimators=10, random_state=0), "roc_auc"),
    ],
)
def test_what_is_neither_classifier_nor_regressor_is_scored_too(estimator: Any, metric: str, tmp_path: Path) -> None:
    path = walked(tmp_path, estimator=estimator, target="y", metrics=(metric,))
    assert np.isfinite(path.metrics[metric].element(0))


def test_the_declared_estimator_is_cloned_and_declared_methods_win(tmp_path: Path) -> None:
    estimator = LogisticRegression()
    path = walked(
        tmp_path, estimator=estimator, target="y", metrics=("accuracy",), evaluate=lambda self, test, predictions: 0.25
    )
    assert not hasattr(estimator, "coef_")
    assert path.metrics["metric"].element(0) == 0.25


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"target": "price"}, "the rows have no column 'price', which `target` names"),
        ({"metrics": ("accuracy",)}, "`metrics` need a `target`; name the column to predict"),
        (
            {"target": "y", "metrics": ("rocauc", "nonsense")},
            "2 problems:\n  - guard Bare: `metrics` names 'rocauc', which is no scorer of scikit-learn; did you mean "
            "`roc_auc`?\n  - guard Bare: `metrics` names 'nonsense', which is no scorer of scikit-learn",
        ),
        (
            {"target": "y", "metrics": (lambda a, b: 1.0, lambda a, b: 2.0)},
            "two of `metrics` are called '<lambda>'; give each function a name of its own",
        ),
        ({"estimator": DBSCAN()}, "DBSCAN can neither predict nor transform; declare `predict`"),
    ],
)
def test_a_declaration_that_cannot_work_says_what_to_do(entries: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        walked(tmp_path, **{"estimator": KMeans(2, n_init=1), **entries})
    assert words in caught.value.message
