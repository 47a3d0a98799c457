"""Whether a metric is better when it is higher: as its owner requires it, else as its name says."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mlguard.core.requirement import Requirement

HIGHER = frozenset(
    {
        "accuracy", "acc", "auc", "auroc", "auprc", "ap", "map", "mrr", "f1", "fbeta", "precision", "recall",
        "sensitivity", "specificity", "r2", "ndcg", "dcg", "hits", "jaccard", "iou", "dice", "kappa", "mcc", "matthews",
        "silhouette", "completeness", "homogeneity", "score", "gain", "lift",
    }
)  # fmt: skip
"""Words of metrics that are better when higher."""

LOWER = frozenset(
    {
        "mae", "mse", "rmse", "rmsle", "msle", "mape", "smape", "mase", "error", "errors", "loss", "logloss", "brier",
        "crps", "perplexity", "deviance", "ece", "divergence", "distance", "residual", "regret",
    }
)  # fmt: skip
"""Words of metrics that are better when lower."""


def higher_is_better(metric: str, requirements: Iterable[Requirement] = ()) -> bool | None:
    """True or False where it is known; None where neither a requirement nor the name tells."""
    for requirement in requirements:
        if requirement.metric == metric:
            return requirement.comparison.startswith(">")
    words = set(re.split(r"[^a-z0-9]+", metric.casefold()))
    higher, lower = bool(words & HIGHER), bool(words & LOWER)
    if lower and not words & (HIGHER - {"score"}):
        return "neg" in words  # As scikit-learn calls an error whose sign was changed.
    return True if higher and not lower else None
