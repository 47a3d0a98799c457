"""Every encoder of the package on a small table, with the settings that its history touched."""

import warnings

import numpy as np
import pandas as pd

from mlguard import Guard

# Names that old revisions use and today's pandas and NumPy lack.
for place, name, now in (
    (pd.Series, "iteritems", pd.Series.items),
    (pd.DataFrame, "iteritems", pd.DataFrame.items),
    (np, "int", int),
    (np, "bool", bool),
    (np, "float", float),
    (np, "NaN", np.nan),
    (np, "object", object),
    (pd.Series, "append", lambda s, o: pd.concat([s, o])),
):
    if name not in vars(place):
        setattr(place, name, now)

ONLY: tuple[str, ...] = ("",)
"""Beginnings of what is observed; all of it here."""


def table(seed, rows=60):
    rng = np.random.RandomState(seed)
    x = pd.DataFrame(
        {
            "a": rng.choice(["u", "v", "w", "z"], rows),
            "b": rng.choice(["p", "q", None], rows, p=[0.5, 0.4, 0.1]),
            "g(1)": rng.choice(["k", "l", "m"], rows),
            "n": rng.randint(0, 4, rows).astype(float),
            "v": rng.normal(size=rows).round(3),
        }
    )
    x["c"] = pd.Categorical(rng.choice([1, 2, 3], rows))
    x["t"] = pd.to_datetime(rng.choice(["2020-01-01", "2021-05-06"], rows))
    y = pd.Series((rng.normal(size=rows) + (x["a"] == "u") > 0.3).astype(int))
    return x, y


OWN = ["a", "b", "g(1)"]


def made(ce):
    def one(name, *args, cols=None, target="y", **settings):
        kind = getattr(ce, name, None)
        if kind is not None:
            told = ",".join(f"{k}={v}" for k, v in settings.items())
            yield f"{name}({told}) {cols or ''} {target}".strip(), lambda: kind(cols=cols or OWN, **settings), target

    for name in (
        "BackwardDifferenceEncoder",
        "BinaryEncoder",
        "HelmertEncoder",
        "SumEncoder",
        "PolynomialEncoder",
        "JamesSteinEncoder",
        "LeaveOneOutEncoder",
        "MEstimateEncoder",
        "WOEEncoder",
        "QuantileEncoder",
        "SummaryEncoder",
        "TargetEncoder",
        "RankHotEncoder",
        "GrayEncoder",
        "CatBoostEncoder",
        "CountEncoder",
        "OrdinalEncoder",
        "OneHotEncoder",
        "BaseNEncoder",
    ):
        yield from one(name)
        yield from one(name, handle_unknown="return_nan", handle_missing="return_nan")
        yield from one(name, cols=["c", "n"])
    yield from one("BaseNEncoder", base=3)
    yield from one("CatBoostEncoder", a=2)
    yield from one("CatBoostEncoder", target="bool")
    yield from one("CountEncoder", normalize=True)
    yield from one("CountEncoder", min_group_size=22)
    yield from one("CountEncoder", min_group_size=0.3, normalize=True)
    yield from one("CountEncoder", min_group_size=22, combine_min_nan_groups=False)
    yield from one("CountEncoder", handle_missing="count", handle_unknown=0)
    yield from one("GLMMEncoder", binomial_target=False, target="real")
    yield from one("HashingEncoder", n_components=4, max_process=1)
    for model in ("pooled", "beta", "binary", "independent"):
        yield from one("JamesSteinEncoder", model=model)
    yield from one("LeaveOneOutEncoder", sigma=0.1, random_state=0)
    yield from one("WOEEncoder", randomized=True, random_state=0)
    yield from one("OneHotEncoder", use_cat_names=True)
    yield from one("OneHotEncoder", handle_missing="indicator", handle_unknown="indicator")
    yield from one("OrdinalEncoder", cols=["t"])
    yield from one("OrdinalEncoder", cols=["a"], mapping=[{"col": "a", "mapping": {"u": 3, "v": 2, "w": 1}}])
    yield from one("TargetEncoder", smoothing=0.5, min_samples_leaf=3)
    yield from one("TargetEncoder", smoothing=1e-3, min_samples_leaf=30)
    yield from one("TargetEncoder", target="real")
    yield from one("SummaryEncoder", quantiles=(0.1, 0.9))
    yield from one("QuantileEncoder", quantile=0.3, m=2.0, target="real")


def plain(value):
    """Numbers as they are, anything else as text."""
    if isinstance(value, pd.DataFrame):
        return {str(c): plain(value[c]) for c in value}
    kept = pd.Series(value)
    return kept.astype(float).tolist() if kept.dtype.kind in "fiub" else list(map(str, kept))


def described(make, target):
    (x, y), (later, _) = table(0), table(1, 20)
    later.loc[3, "a"], later.loc[4, "g(1)"] = "new", None
    y = {"y": y, "bool": y.astype(bool), "real": y + x["v"]}[target]
    np.random.seed(5)
    model, found = make(), {}
    model.fit(x, y)
    found["random"] = float(np.random.rand())
    for name, call in (
        ("train", lambda: model.transform(x, y)),
        ("plain", lambda: model.transform(x)),
        ("later", lambda: model.transform(later)),
        ("back", lambda: model.inverse_transform(model.transform(x))),
        ("names", lambda: list(map(str, model.get_feature_names()))),
        ("names out", lambda: list(map(str, model.get_feature_names_out()))),
    ):
        try:
            found[name] = plain(call())
        except Exception as error:
            found[name] = f"{type(error).__name__}: {str(error)[:60]}"
    return found


def observed():
    warnings.simplefilter("ignore")
    import category_encoders as ce

    found = {}
    for name, make, target in made(ce):
        if not name.startswith(ONLY):
            continue
        try:
            inner = described(make, target)
        except Exception as error:
            inner = {"raised": f"{type(error).__name__}: {str(error)[:60]}"}
        found.update({f"{name}: {key}": value for key, value in inner.items()})
    return found


class Encoders(Guard):
    seeds = (0,)

    def observe(self, data, notes):
        for name, value in observed().items():
            notes.note(name, value, stage="train")
