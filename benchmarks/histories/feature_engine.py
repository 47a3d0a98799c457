"""Transformers of the package on a small table, with the settings that its history touched."""

import re
import warnings

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from mlguard import Guard

ONLY: tuple[str, ...] = ("",)
"""Beginnings of what is observed; all of it here."""


def table(seed, rows=90):
    rng = np.random.RandomState(seed)
    x = pd.DataFrame({f"v{i}": rng.normal(size=rows).round(4) for i in range(4)})
    x["v4"] = (x["v0"] * 0.95 + rng.normal(size=rows) * 0.1).round(4)
    x["p"] = np.exp(x["v1"]).round(4)
    x["z"] = rng.randint(0, 4, rows).astype(float)
    x["m"] = x["v2"].where(rng.rand(rows) > 0.1)
    x["g"] = rng.choice(["a", "b", "c", "d"], rows, p=[0.5, 0.3, 0.15, 0.05])
    x["h"] = pd.Series(rng.choice(["s", "t", "r"], rows)).where(rng.rand(rows) > 0.1)
    x["d"] = pd.to_datetime("2020-01-01") + pd.to_timedelta(rng.randint(0, 500, rows), unit="D")
    y = pd.Series(((x["v0"] + x["v2"] + (x["g"] == "a") + rng.normal(size=rows) * 0.5) > 0.5).astype(int))
    return x, y


NUMBERS = ["v0", "v1", "v2", "v3", "v4"]
LOGISTIC = LogisticRegression()
FOREST = RandomForestClassifier(n_estimators=5, random_state=0)


def made():
    import importlib

    def one(room, name, **settings):
        try:
            found = getattr(importlib.import_module(f"feature_engine.{room}"), name)
        except (ImportError, AttributeError):
            return
        told = ",".join(
            f"{k}={v if isinstance(v, str | int | float | list) else type(v).__name__}" for k, v in settings.items()
        )
        yield f"{name}({told})", lambda: found(**settings)

    for name in (
        "MeanEncoder",
        "CountFrequencyEncoder",
        "OrdinalEncoder",
        "WoEEncoder",
        "OneHotEncoder",
        "PRatioEncoder",
    ):
        yield from one("encoding", name, variables=["g"])
    yield from one("encoding", "MeanEncoder", variables=["g"], smoothing="auto")
    yield from one("encoding", "MeanEncoder", variables=["g"], unseen="encode")
    yield from one("encoding", "CountFrequencyEncoder", variables=["g"], unseen="encode")
    yield from one("encoding", "OrdinalEncoder", variables=["g"], unseen="encode")
    yield from one("encoding", "RareLabelEncoder", variables=["g"], n_categories=2, tol=0.2)
    yield from one("encoding", "RareLabelEncoder", variables=["g"], n_categories=2, tol=0.2, max_n_categories=1)
    yield from one("encoding", "RareLabelEncoder", variables=["z"], n_categories=2, tol=0.3, ignore_format=True)
    yield from one("encoding", "RareLabelEncoder", variables=["h"], n_categories=2, tol=0.35, missing_values="ignore")
    yield from one("encoding", "DecisionTreeEncoder", variables=["g"], regression=False, cv=3, random_state=0)
    yield from one("encoding", "StringSimilarityEncoder", variables=["g"])
    for name in ("EqualFrequencyDiscretiser", "EqualWidthDiscretiser", "GeometricWidthDiscretiser"):
        yield from one("discretisation", name, variables=["p", "z"])
        yield from one("discretisation", name, variables=["p"], return_boundaries=True)
    yield from one(
        "discretisation", "DecisionTreeDiscretiser", variables=["v0"], regression=False, cv=3, random_state=0
    )
    yield from one("discretisation", "ArbitraryDiscretiser", binning_dict={"z": [0, 1, 2, 4]})
    for capping in ("gaussian", "iqr", "quantiles", "mad"):
        yield from one("outliers", "Winsorizer", variables=["v0", "p"], capping_method=capping, tail="both")
        yield from one("outliers", "OutlierTrimmer", variables=["v0", "p"], capping_method=capping, tail="both")
    for name, variables in (
        ("LogTransformer", ["p"]),
        ("LogCpTransformer", ["z", "v1", "p"]),
        ("YeoJohnsonTransformer", ["v1", "p"]),
        ("BoxCoxTransformer", ["p"]),
        ("PowerTransformer", ["p"]),
        ("ReciprocalTransformer", ["p"]),
        ("ArcsinTransformer", ["v9"]),
    ):
        yield from one("transformation", name, variables=variables)
    for name in ("MeanMedianImputer", "EndTailImputer", "ArbitraryNumberImputer"):
        yield from one("imputation", name, variables=["m"])
    yield from one("imputation", "AddMissingIndicator")
    yield from one("imputation", "AddMissingIndicator", missing_only=False)
    yield from one("imputation", "CategoricalImputer", variables=["h"])
    yield from one("imputation", "CategoricalImputer", variables=["h"], imputation_method="frequent")
    yield from one("imputation", "RandomSampleImputer", variables=["m"], random_state=0)
    yield from one("creation", "RelativeFeatures", variables=["v0"], reference=["z"], func=["div", "sub", "mod"])
    yield from one("creation", "RelativeFeatures", variables=["v0"], reference=["z"], func=["div"], fill_value=1.0)
    yield from one("creation", "MathFeatures", variables=["v0", "v1"], func=["sum", "mean", "std"])
    yield from one("creation", "CyclicalFeatures", variables=["z"])
    yield from one("creation", "DecisionTreeFeatures", variables=["v0", "v1"], regression=False, random_state=0)
    yield from one("datetime", "DatetimeFeatures", variables=["d"], features_to_extract="all")
    yield from one("timeseries.forecasting", "LagFeatures", variables=["v0"], periods=[1, 2])
    yield from one("timeseries.forecasting", "WindowFeatures", variables=["v0"], window=3)
    yield from one("timeseries.forecasting", "ExpandingWindowFeatures", variables=["v0"])
    yield from one("preprocessing", "MatchVariables", missing_values="ignore")
    yield from one("selection", "DropConstantFeatures", tol=0.4, missing_values="ignore")
    yield from one("selection", "DropDuplicateFeatures", missing_values="ignore")
    yield from one("selection", "DropCorrelatedFeatures", variables=NUMBERS, threshold=0.7)
    for chosen in ("variance", "cardinality", "missing_values"):
        yield from one(
            "selection", "SmartCorrelatedSelection", variables=NUMBERS, selection_method=chosen, threshold=0.7
        )
    yield from one(
        "selection",
        "SmartCorrelatedSelection",
        variables=NUMBERS,
        selection_method="model_performance",
        estimator=LOGISTIC,
        threshold=0.7,
        scoring="roc_auc",
    )
    yield from one("selection", "SelectByShuffling", estimator=LOGISTIC, variables=NUMBERS, random_state=0)
    yield from one("selection", "RecursiveFeatureElimination", estimator=LOGISTIC, variables=NUMBERS, threshold=0.01)
    yield from one(
        "selection", "RecursiveFeatureAddition", estimator=LOGISTIC, variables=NUMBERS, threshold=0.01, cv=KFold(3)
    )
    yield from one("selection", "SelectBySingleFeaturePerformance", estimator=LOGISTIC, variables=NUMBERS)
    yield from one("selection", "SelectByTargetMeanPerformance", variables=["v0", "v1", "g"], bins=3, regression=False)
    yield from one("selection", "SelectByInformationValue", variables=["v0", "v1", "g"], bins=3)
    yield from one("selection", "DropHighPSIFeatures", variables=NUMBERS, split_frac=0.6)
    yield from one(
        "selection", "DropHighPSIFeatures", variables=NUMBERS, split_frac=0.6, strategy="equal_width", threshold="auto"
    )
    yield from one(
        "selection", "ProbeFeatureSelection", estimator=FOREST, variables=NUMBERS, n_probes=2, random_state=0
    )
    yield from one(
        "selection",
        "ProbeFeatureSelection",
        estimator=FOREST,
        variables=NUMBERS,
        n_probes=2,
        distribution="all",
        random_state=1,
    )


def plain(value):
    """Numbers as they are, anything else as text."""
    if isinstance(value, pd.DataFrame):
        return {str(c): plain(value[c]) for c in value}
    if isinstance(value, pd.Series):
        return value.astype(float).tolist() if value.dtype.kind in "fiub" else list(map(str, value))
    return said(value)


def said(value):
    """A text of anything, without the addresses that functions have in one process only."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))[:2000]


def tried(call, *arguments):
    try:
        return call(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:60]}"


def described(make):
    (x, y), (later, _) = table(0), table(1, 20)
    x["v9"], later["v9"] = x["v0"].abs() / 5, later["v0"].abs() / 5
    later.loc[3, "g"] = "new"
    model = make()
    if type(model).__name__.startswith(("Smart", "Recursive", "Probe", "SelectBySh", "SelectBySi")):
        x, later = x[NUMBERS], later[NUMBERS]
    model.fit(x, y)
    found = {name: said(value) for name, value in sorted(vars(model).items()) if name.endswith("_") and name[0] != "_"}
    found["train"] = tried(lambda: plain(model.transform(x)))
    found["later"] = tried(lambda: plain(model.transform(later)))
    if hasattr(model, "inverse_transform"):
        found["back"] = tried(lambda: plain(model.inverse_transform(model.transform(x))))
    if hasattr(model, "get_feature_names_out"):
        found["names"] = tried(lambda: list(map(str, model.get_feature_names_out())))
    return found


def observed():
    warnings.simplefilter("ignore")
    found = {}
    for name, make in made():
        if not name.startswith(ONLY):
            continue
        inner = tried(described, make)
        inner = inner if isinstance(inner, dict) else {"raised": inner}
        found.update({f"{name}: {key}": value if value else "empty" for key, value in inner.items()})
    return found


class Transformers(Guard):
    seeds = (0,)

    def observe(self, data, notes):
        for name, value in observed().items():
            notes.note(name, value, stage="train")
