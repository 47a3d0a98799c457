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
        hidden=True,
    ),
    CODE.shift(
        "hue-unclipped",
        "clip-lost",
        "predict",
        "a hue of zero is divided by",
        ('out["hue"].clip(lower=0.1)', 'out["hue"]'),
        hidden=True,
    ),
    CODE.shift(
        "default-tolerance",
        "solver-tolerance",
        "train",
        "the solver stops at the library's default tolerance",
        ("LogisticRegression(C=0.5, tol=1e-8, max_iter=2000)", "LogisticRegression(C=0.5, max_iter=2000)"),
    ),
    CODE.shift(
        "loss-of-the-winner",
        "metric-input",
        "evaluate",
        "the loss is that of the named grower's probability and not of the true one's",
        ("for code in grower]", 'for code in predictions["grower"]]'),
        hidden=True,
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
    CODE.keep(
        "base-ten",
        "scale-cancels",
        "the colour's logarithm is to the base of ten, which scaling takes back",
        ('np.log(out["color_intensity"]', 'np.log10(out["color_intensity"]'),
        moves_bits=True,
    ),
    CODE.keep(
        "ratios-in-the-pipeline",
        "steps-merged",
        "ratios are the first step of the pipeline instead of a call before it",
        (
            '            ("scale", StandardScaler()),\n',
            '            ("ratios", FunctionTransformer(add_ratios)),\n            ("scale", StandardScaler()),\n',
        ),
        (
            'fit(add_ratios(bottles.drop(columns="grower")), bottles["grower"])',
            'fit(bottles.drop(columns="grower"), bottles["grower"])',
        ),
        (
            '    analyses = add_ratios(bottles[[name for name in bottles.columns if name != "grower"]])\n',
            '    analyses = bottles[[name for name in bottles.columns if name != "grower"]]\n',
        ),
        ("preprocessing import StandardScaler", "preprocessing import FunctionTransformer, StandardScaler"),
    ),
    CODE.keep(
        "components-by-hand",
        "library-to-numpy",
        "components are eigenvectors of the covariance; nobody cares which way they point",
        (
            "def build_classifier(",
            '''class Components(TransformerMixin, BaseEstimator):
    """Directions of the largest variance."""

    def __init__(self, count: int = COMPONENTS) -> None:
        self.count = count

    def fit(self, X: np.ndarray, y: object = None) -> Components:
        """Learn the mean and the directions; X has shape (bottles, features)."""
        self.mean_ = X.mean(axis=0)
        self.directions_ = np.linalg.eigh(np.cov(X, rowvar=False))[1][:, : -self.count - 1 : -1]
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """The analyses in these directions; shape (bottles, components)."""
        return (X - self.mean_) @ self.directions_


def build_classifier(''',
        ),
        ('PCA(n_components=COMPONENTS, svd_solver="full")', "Components()"),
        ("from sklearn.decomposition import PCA\n", ""),
        moves_bits=True,
    ),
)
