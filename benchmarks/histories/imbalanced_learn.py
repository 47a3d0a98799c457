"""Every sampler, ensemble and metric of the package on a small imbalanced table of three classes."""

import warnings
from functools import partial

import numpy as np
import pandas as pd
import sklearn.utils
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import _indexing, _param_validation, _user_interface, fixes, metaestimators

from mlguard import Guard

# Names that old revisions import from where today's scikit-learn no longer has them.
for name, place in (
    ("parse_version", fixes),
    ("_get_column_indices", _indexing),
    ("_print_elapsed_time", _user_interface),
):
    if not hasattr(sklearn.utils, name):
        setattr(sklearn.utils, name, getattr(place, name))
metaestimators.if_delegate_has_method = lambda delegate: metaestimators.available_if(lambda model: True)
_param_validation._MissingValues = _param_validation.MissingValues
for name, now in (("int", int), ("bool", bool), ("float", float), ("object", object)):
    setattr(np, name, now) if name not in vars(np) else None

ONLY: tuple[str, ...] = ("",)
"""Beginnings of what is observed; all of it here."""


def table(kind):
    rng = np.random.RandomState(0)
    y = np.repeat([0, 1, 2], [60, 25, 15])
    x = rng.normal(size=(100, 3)).round(3) + y[:, None] * [0.8, -0.5, 0.3]
    if kind == "binary":
        return x[y != 2], y[y != 2]
    if kind in ("mixed", "mixed constant"):
        x = pd.DataFrame(x if kind == "mixed" else np.where(y[:, None] == 2, 1.0, x), columns=["u", "v", "w"])
        x["k"] = rng.choice(["a", "b", "c"], 100)
        x["j"] = rng.choice([0, 1], 100)
    if kind == "words":
        x = pd.DataFrame(
            {"k": rng.choice(["a", "b", "c"], 100), "l": np.where(y == 1, "x", rng.choice(["x", "y"], 100))}
        )
    return x, y


def made():
    from imblearn import combine, ensemble, over_sampling, under_sampling

    def one(room, name, rows="plain", **settings):
        found = getattr(room, name, None)
        told = ",".join(
            f"{k}={v if isinstance(v, str | int | float | list) else type(v).__name__}" for k, v in settings.items()
        )
        if found is not None:
            yield f"{name}({told}) {rows}", lambda: found(**settings), rows

    over, under = over_sampling, under_sampling
    for name in ("SMOTE", "ADASYN", "SVMSMOTE", "RandomOverSampler", "BorderlineSMOTE"):
        yield from one(over, name, random_state=0)
    yield from one(over, "BorderlineSMOTE", kind="borderline-2", random_state=0)
    yield from one(over, "RandomOverSampler", shrinkage=0.3, random_state=0)
    for kind in ("mixed", "mixed constant"):
        yield from one(over, "SMOTENC", kind, categorical_features=[3, 4], random_state=0)
    yield from one(over, "SMOTEN", "words", random_state=0)
    yield from one(over, "SMOTE", sampling_strategy="minority", random_state=0)
    for name in (
        "EditedNearestNeighbours",
        "RepeatedEditedNearestNeighbours",
        "AllKNN",
        "NeighbourhoodCleaningRule",
        "TomekLinks",
        "NearMiss",
    ):
        yield from one(under, name)
    for version in (2, 3):
        yield from one(under, "NearMiss", version=version)
    for name in ("CondensedNearestNeighbour", "OneSidedSelection", "RandomUnderSampler", "InstanceHardnessThreshold"):
        yield from one(under, name, random_state=0)
        yield from one(under, name, "binary", random_state=0)
    yield from one(
        under,
        "InstanceHardnessThreshold",
        estimator=make_pipeline(StandardScaler(), LogisticRegression()),
        random_state=0,
    )
    yield from one(
        under,
        "InstanceHardnessThreshold",
        estimator=DecisionTreeClassifier(max_depth=2, random_state=0),
        cv=3,
        random_state=0,
    )
    for voting in ("hard", "soft"):
        yield from one(under, "ClusterCentroids", voting=voting, random_state=0)
    yield from one(combine, "SMOTEENN", random_state=0)
    yield from one(combine, "SMOTETomek", random_state=0)
    yield from one(ensemble, "BalancedRandomForestClassifier", n_estimators=5, random_state=0)
    yield from one(ensemble, "BalancedRandomForestClassifier", n_estimators=5, max_samples=0.5, random_state=0)
    yield from one(ensemble, "BalancedRandomForestClassifier", n_estimators=8, oob_score=True, random_state=0)
    yield from one(ensemble, "EasyEnsembleClassifier", n_estimators=2, random_state=0)
    yield from one(ensemble, "RUSBoostClassifier", n_estimators=4, random_state=0)
    yield from one(ensemble, "BalancedBaggingClassifier", n_estimators=3, random_state=0)


def plain(value):
    """Numbers as they are, anything else as text."""
    if isinstance(value, dict | str):
        return value
    if isinstance(value, pd.DataFrame):
        return {str(c): plain(value[c]) for c in value}
    kept = np.asarray(value)
    return kept.astype(float).tolist() if kept.dtype.kind in "fiub" else list(map(str, kept.ravel()))


def described(make, kind):
    x, y = table(kind)
    model = make()
    if hasattr(model, "fit_resample"):
        rows, classes = model.fit_resample(x, y)
        found = {"rows": plain(rows), "classes": plain(classes)}
    else:
        model.fit(x, y)
        found = {"answers": plain(model.predict_proba(x))}
    for name in ("sample_indices_", "sampling_strategy_", "oob_score_"):
        value = getattr(model, name, None)
        if value is not None:
            found[name] = {str(k): int(v) for k, v in value.items()} if isinstance(value, dict) else plain(value)
    return found


def metrics():
    from imblearn import metrics

    y, answers = table("plain")[1], np.tile([0, 1, 2, 0], 25)
    for average in ("macro", "weighted", "multiclass", None):
        for measure in (metrics.geometric_mean_score, metrics.specificity_score):
            yield f"{measure.__name__} {average}", partial(measure, y, answers, average=average)
    yield "report", partial(reported, metrics.classification_report_imbalanced, y, answers)
    if hasattr(metrics, "macro_averaged_mean_absolute_error"):
        yield "mae", partial(metrics.macro_averaged_mean_absolute_error, y, answers)


def reported(report, y, answers):
    told = report(y, answers, target_names=["a", "b", "c"], output_dict=True)
    classes = {name: inner for name, inner in told.items() if isinstance(inner, dict)}
    return {f"{name} {what}": float(value) for name, inner in classes.items() for what, value in inner.items()}


def tried(call, *arguments):
    try:
        return call(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:60]}"


def observed():
    warnings.simplefilter("ignore")
    found = {}
    for name, make, kind in made():
        if not name.startswith(ONLY):
            continue
        inner = tried(described, make, kind)
        inner = inner if isinstance(inner, dict) else {"raised": inner}
        found.update({f"{name}: {key}": value for key, value in inner.items()})
    found.update({name: plain(tried(call)) for name, call in metrics() if name.startswith(ONLY)})
    return found


class Samplers(Guard):
    seeds = (0,)

    def observe(self, data, notes):
        for name, value in observed().items():
            notes.note(name, value, stage="train")
