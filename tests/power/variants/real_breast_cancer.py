"""What may happen to examples/real_breast_cancer/classifier.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("RealBreastCancer", "examples/real_breast_cancer/classifier.py")

VARIANTS = (
    CODE.shift(
        "weights-dropped",
        "argument-dropped",
        "train",
        "classes are no longer balanced",
        (', class_weight="balanced"', ""),
    ),
    CODE.shift(
        "larger-guard",
        "constant-changed",
        "features",
        "the constant that keeps ratios finite becomes ten times as large, in both places",
        (
            '(X[f"worst_{name}"] + 1e-3) / (X[f"mean_{name}"] + 1e-3)',
            '(X[f"worst_{name}"] + 1e-2) / (X[f"mean_{name}"] + 1e-2)',
        ),
    ),
    CODE.keep(
        "two-bounds",
        "library-function",
        "clipping is a minimum and a maximum",
        (
            "np.clip(self._derive(X), self.lower_, self.upper_)",
            "np.minimum(np.maximum(self._derive(X), self.lower_), self.upper_)",
        ),
    ),
    CODE.keep(
        "log-of-one-more",
        "equivalent-formula",
        "the logarithm is spelled out",
        ("np.log1p(X[name])", "np.log(1.0 + X[name])"),
        moves_bits=True,
    ),
)
