"""What may happen to examples/credit/scorecard.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Credit", "examples/credit/scorecard.py")

VARIANTS = (
    CODE.shift(
        "edge-below",
        "bin-edge-side",
        "features",
        "a value on an edge belongs to the bin below it",
        ('side="right"', 'side="left"'),
    ),
    CODE.shift(
        "points-rounded",
        "floor-to-round",
        "predict",
        "points are rounded to the nearest instead of down",
        ("np.floor(exact)", "np.round(exact)"),
    ),
    CODE.shift(
        "directions-dropped",
        "argument-dropped",
        "train",
        "the directions of the features no longer reach the model",
        ('        monotonic_cst=[config["directions"][name] for name in FEATURES],\n', ""),
    ),
    CODE.shift(
        "repeats-kept",
        "duplicates-kept",
        "split",
        "applications that were handed in twice count twice",
        ('rows.drop_duplicates(subset="application")', "rows"),
    ),
    CODE.shift(
        "mean-income",
        "median-to-mean",
        "features",
        "a missing income becomes the mean, which a few high ones pull up",
        ('"typical_income": float(rows["income"].median())', '"typical_income": float(rows["income"].mean())'),
    ),
    CODE.shift(
        "default-among-refused",
        "mask-inverted",
        "evaluate",
        "the share of defaults is taken among the refused",
        ("default[granted].mean()", "default[~granted].mean()"),
    ),
    CODE.keep(
        "digitize",
        "library-function",
        "bins come from `np.digitize`",
        (
            'np.searchsorted(ordered, values.to_numpy(dtype=float), side="right").astype(float)',
            "np.digitize(values.to_numpy(dtype=float), ordered, right=False).astype(float)",
        ),
    ),
    CODE.keep(
        "risk-from-score",
        "equivalent-formula",
        "the risk is computed from the score of the boosting",
        (
            'model["boosting"].predict_proba(features_from_data(model, rows).to_numpy())[:, 1]',
            '1.0 / (1.0 + np.exp(-model["boosting"].decision_function(features_from_data(model, rows).to_numpy())))',
        ),
    ),
)
