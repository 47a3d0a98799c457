"""Bare scikit-learn estimators: the methods of a guard that was declared by `estimator`, `target` and `metrics`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    OutlierMixin,
    RegressorMixin,
    clone,
    is_classifier,
    is_outlier_detector,
    is_regressor,
)
from sklearn.metrics import get_scorer, get_scorer_names

from mlguard.core.dataset import column_of
from mlguard.core.error import UsageError, several
from mlguard.core.guard import Guard, declares

SCORES = ("predict_proba", "decision_function", "score_samples")
"""What an estimator answers beside `predict`: the first that it has."""


def with_estimator(guard: type[Guard]) -> type[Guard]:
    """The guard with `train`, `predict` and, where metrics are named, `evaluate`; declared methods win."""
    added = {"train": _train, "predict": _predict}
    if guard.metrics:
        added["evaluate"] = _evaluate
    missing = {name: method for name, method in added.items() if not declares(guard, name)}
    return type(
        guard.__name__, (guard,), {**missing, "__module__": guard.__module__, "__qualname__": guard.__qualname__}
    )


def _train(self: Guard, train: Any) -> Any:
    target = _target(self)
    features, wanted = _parts(self, train, target)
    model = clone(self.estimator)
    return model.fit(features) if target is None else model.fit(features, wanted)


def _predict(self: Guard, model: Any, rows: Any) -> dict[str, Any]:
    features, _ = _parts(self, rows, _target(self))
    answers: dict[str, Any] = {}
    if hasattr(model, "predict"):
        answers["prediction"] = model.predict(features)
    # Some transformers score rows as well, which says little about what they make of them.
    responses = SCORES if answers else ("transform", *SCORES)
    response = next((name for name in responses if hasattr(model, name)), None)
    if response is not None:
        answers[response] = getattr(model, response)(features)
    if not answers:
        raise UsageError(
            f"guard {type(self).__name__}: {type(model).__name__} can neither predict nor transform; declare `predict`",
            slug="estimator-silent",
        )
    return answers


def _evaluate(self: Guard, test: Any, predictions: dict[str, Any]) -> dict[str, float]:
    target = _target(self)
    if target is None:
        raise UsageError(
            f"guard {type(self).__name__}: `metrics` need a `target`; name the column to predict", slug="target-missing"
        )
    features, wanted = _parts(self, test, target)
    model: Any = self._model  # type: ignore[attr-defined]  # Set by the run: scorers know models, not answers.
    _check_metrics(type(self).__name__, self.metrics)
    return {_name(m): _score(m, _Answering(model, predictions), features, wanted) for m in self.metrics}


def _check_metrics(guard: str, metrics: Sequence[Any]) -> None:
    """Raises UsageError for every name that is no scorer, and for two metrics of one name."""
    known, names = get_scorer_names(), [_name(metric) for metric in metrics]
    found = []
    for metric in metrics:
        if isinstance(metric, str) and metric not in known:
            near = get_close_matches(metric, known, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            found.append(f"guard {guard}: `metrics` names {metric!r}, which is no scorer of scikit-learn{hint}")
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.append(f"guard {guard}: two of `metrics` are called {name!r}; give each function a name of its own")
    if found:
        raise several(found, slug="metric-unknown")


def _score(metric: Any, model: _Answering, features: Any, wanted: Any) -> float:
    if isinstance(metric, str):
        return float(get_scorer(metric)(model.like(), features, wanted))
    if hasattr(metric, "_score_func"):  # What make_scorer made asks a model, not predictions.
        return float(metric(model.like(), features, wanted))
    return float(metric(wanted, model.predict(features)))


_KINDS = ((is_classifier, ClassifierMixin), (is_regressor, RegressorMixin), (is_outlier_detector, OutlierMixin))
"""The kinds of estimators that scorers tell apart, and what makes an estimator one of them."""


class _Answering:
    """Gives scorers the answers that were observed, so that a metric is about what the guard saw."""

    def __init__(self, model: Any, answers: dict[str, Any]) -> None:
        self.model, self.answers = model, answers

    def predict(self, rows: Any) -> Any:
        return self.answers["prediction"]

    def like(self) -> Any:
        """An estimator of the model's kind with these answers."""
        mixins = tuple(mixin for is_one, mixin in _KINDS if is_one(self.model))
        methods = {
            "predict" if name == "prediction" else name: _constant(name, answer)
            for name, answer in self.answers.items()
        }
        kind = type("Answering", (*mixins, BaseEstimator), methods)
        fitted = kind()
        fitted.fitted_ = True
        if hasattr(self.model, "classes_"):
            fitted.classes_ = self.model.classes_
        return fitted


def _constant(name: str, answer: Any) -> Callable[[Any, Any], Any]:
    """A method that gives one answer; scorers look for it by its name."""

    def method(own: Any, rows: Any) -> Any:
        return answer

    method.__name__ = "predict" if name == "prediction" else name
    return method


def _name(metric: Any) -> str:
    if isinstance(metric, str):
        return metric
    function = getattr(metric, "_score_func", metric)
    return str(getattr(function, "__name__", type(function).__name__))


def _target(guard: Guard) -> str | int | None:
    return guard.data.target if guard.target is None else guard.target


def _parts(guard: Guard, rows: Any, target: str | int | None) -> tuple[Any, Any]:
    if target is None:
        return rows, None
    column = column_of(getattr(rows, "columns", ()), target)
    if column is None:
        raise UsageError(
            f"guard {type(guard).__name__}: the rows have no column {target!r}, which `target` names; "
            "set `target` to a column of the dataset, or declare `train` and `predict`",
            slug="target-missing",
        )
    return rows.drop(columns=[column]), rows[column]
