"""What may happen to examples/real_wine/growers.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("RealWine", "examples/real_wine/growers.py")

VARIANTS = (
    CODE.shift(
        "default_c",
        "hyperparameter-default",
        "train",
        "the strength of the penalty is left at the library's default",
        ("LogisticRegression(C=0.5, tol=1e-8", "LogisticRegression(tol=1e-8"),
    ),
    CODE.shift(
        "columns_as_they_come",
        "column-order",
        "contracts",
        "the columns are taken as they come, and no longer in the order of training",
        (
            "model.predict_proba(analyses[list(model.feature_names_in_)])",
            "model.predict_proba(analyses.to_numpy())",
        ),
    ),
    CODE.keep(
        "softmax_by_hand",
        "softmax",
        "probabilities as the softmax of the decision function",
        (
            "    probabilities = model.predict_proba(analyses[list(model.feature_names_in_)])\n",
            "    scores = model.decision_function(analyses[list(model.feature_names_in_)])\n"
            "    weights = np.exp(scores - scores.mean(axis=1, keepdims=True))\n"
            "    probabilities = weights / weights.sum(axis=1, keepdims=True)\n",
        ),
        moves_bits=True,
    ),
)
