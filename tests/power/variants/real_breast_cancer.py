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
    CODE.shift(
        "quartiles-of-a-sample",
        "quantile-method",
        "features",
        "quartiles are measured values instead of points between two",
        ("[0.25, 0.75], axis=0)", '[0.25, 0.75], axis=0, method="lower")'),
    ),
    CODE.shift(
        "weights-written-down",
        "derived-to-constant",
        "train",
        "the weights that balance the classes are written down with one decimal",
        ('class_weight="balanced"', "class_weight={0: 1.3, 1: 0.8}"),
    ),
    CODE.shift(
        "negative-to-zero",
        "clip-added",
        "predict",
        "a measurement below zero, which no tumour here has, counts as zero",
        (
            "        tamed = [",
            "        X = X.clip(lower=0.0)\n        tamed = [",
        ),
        hidden=True,
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
    CODE.keep(
        "scaled-by-itself",
        "steps-merged",
        "the derived measurements are scaled where they are clipped, so that the pipeline has a step less",
        (
            "        self.upper_ = high + self.reach * (high - low)\n",
            "        self.upper_ = high + self.reach * (high - low)\n"
            "        clipped = np.clip(self._derive(X), self.lower_, self.upper_)\n"
            "        self.mean_, self.factor_ = clipped.mean(axis=0), 1.0 / clipped.std(axis=0)\n",
        ),
        (
            "        return np.clip(self._derive(X), self.lower_, self.upper_)\n",
            "        return (np.clip(self._derive(X), self.lower_, self.upper_) - self.mean_) * self.factor_\n",
        ),
        ("        StandardScaler(),\n", ""),
        ("from sklearn.preprocessing import StandardScaler\n", ""),
        moves_bits=True,
    ),
    CODE.keep(
        "steps-by-name",
        "steps-renamed",
        "the steps of the pipeline get names of their own",
        (
            "    return make_pipeline(\n        Measurements(reach),\n        StandardScaler(),\n"
            '        SVC(C=C, kernel="rbf", gamma="scale", tol=1e-8, class_weight="balanced"),\n    )',
            '    machine = SVC(C=C, kernel="rbf", gamma="scale", tol=1e-8, class_weight="balanced")\n'
            '    steps = [("tame", Measurements(reach=reach)), ("scale", StandardScaler()), ("tell", machine)]\n'
            "    return Pipeline(steps)",
        ),
        ("from sklearn.pipeline import Pipeline, make_pipeline", "from sklearn.pipeline import Pipeline"),
    ),
    CODE.keep(
        "without-shrinking",
        "solver-swapped",
        "the machine is trained without the shrinking heuristic, to the same optimum",
        ("tol=1e-8, class_weight", "tol=1e-8, shrinking=False, class_weight"),
        moves_bits=True,
    ),
)
