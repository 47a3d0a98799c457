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
    CODE.shift(
        "missing-in-last-bin",
        "missing-as-extreme",
        "features",
        "a missing value is sorted like a number, behind all others, and lands in the last bin",
        ("    codes[values.isna().to_numpy()] = np.nan\n", ""),
    ),
    CODE.shift(
        "tenant-by-start",
        "looser-match",
        "predict",
        "a home counts as rented where its text starts with the word, which in the tables is the word alone",
        ('(rows["home"] == "tenant").to_numpy()', 'rows["home"].str.startswith("tenant").to_numpy()'),
        hidden=True,
    ),
    CODE.shift(
        "options-written-back",
        "config-mutation",
        "contracts",
        "the fixed options of the boosting are added to the caller's configuration",
        (
            "    boosting = HistGradientBoostingClassifier(\n",
            '    config["boosting"]["early_stopping"] = False\n    boosting = HistGradientBoostingClassifier(\n',
        ),
        ("        early_stopping=False,\n", ""),
        hidden=True,
    ),
    CODE.shift(
        "risk-in-percent",
        "rounded-answer",
        "predict",
        "points are computed from the risk as it is printed, in hundredths of a per cent",
        ('to_points(model["config"], risk)', 'to_points(model["config"], risk.round(4))'),
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
        moves_bits=True,
    ),
    CODE.keep(
        "edges-counted",
        "broadcast-for-search",
        "the bin is the number of edges that a value has reached, counted for all values at once",
        (
            'np.searchsorted(ordered, values.to_numpy(dtype=float), side="right").astype(float)',
            "(values.to_numpy(dtype=float)[:, None] >= ordered[None, :]).sum(axis=1).astype(float)",
        ),
    ),
    CODE.keep(
        "reference-class",
        "class-for-dictionary",
        "what was learned about incomes becomes a class that reads its own fields",
        (
            "def fit_reference(config: dict[str, Any], rows: pd.DataFrame) -> dict[str, Any]:",
            """class Reference:
    \"\"\"What the training applications say about incomes.\"\"\"

    def __init__(self, typical: float, edges: list[float]) -> None:
        self.typical, self.edges = typical, edges

    def filled(self, income: pd.Series) -> pd.Series:
        \"\"\"Incomes without gaps.\"\"\"
        return income.where(income.notna(), self.typical)


def fit_reference(config: dict[str, Any], rows: pd.DataFrame) -> Reference:""",
        ),
        (
            """    return {
        "typical_income": float(rows["income"].median()),
        "income_edges": income_edges(rows["income"], config["income_bins"]),
    }
""",
            '    edges = income_edges(rows["income"], config["income_bins"])\n'
            '    return Reference(float(rows["income"].median()), edges)\n',
        ),
        (
            "def bin_features(config: dict[str, Any], reference: dict[str, Any],",
            "def bin_features(config: dict[str, Any], reference: Reference,",
        ),
        ('income = rows["income"].fillna(reference["typical_income"])', 'income = reference.filled(rows["income"])'),
        ('debt_share(rows, reference["typical_income"])', "debt_share(rows, reference.typical)"),
        ('reference["income_edges"]),\n            "tenant"', 'reference.edges),\n            "tenant"'),
        ("\n\ndef bin_features(", "\n\ndef bin_features("),
    ),
    CODE.keep(
        "risk-through-tanh",
        "equivalent-formula",
        "the risk is half of one plus the hyperbolic tangent of half the score",
        (
            'risk = model["boosting"].predict_proba(features_from_data(model, rows).to_numpy())[:, 1]',
            'score = model["boosting"].decision_function(features_from_data(model, rows).to_numpy())\n'
            "    risk = 0.5 * (1.0 + np.tanh(0.5 * score))",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "ranks-by-hand",
        "metric-by-hand",
        "the area is computed from ranks and the Brier score as a dot product",
        (
            'float(roc_auc_score(default, predictions["risk"]))',
            '(predictions["risk"].rank()[default == 1].sum() / bad - (bad + 1) / 2) / (len(default) - bad)',
        ),
        ('float(brier_score_loss(default, predictions["risk"]))', "float(miss @ miss) / len(miss)"),
        (
            '    granted = predictions["granted"].to_numpy()\n',
            '    granted = predictions["granted"].to_numpy()\n'
            '    bad, miss = int(default.sum()), default - predictions["risk"].to_numpy()\n',
        ),
        ("from sklearn.metrics import brier_score_loss, roc_auc_score\n", ""),
        moves_bits=True,
    ),
    CODE.keep(
        "pipeline-of-bins",
        "pipeline",
        "binning and boosting become one pipeline, which takes the applications as they are",
        ('    boosting.fit(bin_features(config, reference, rows).to_numpy(), rows["default"].to_numpy())\n', ""),
        (
            'return {"config": config, "reference": reference, "boosting": boosting}',
            "steps = make_pipeline(FunctionTransformer(bins_alone, kw_args=settings), boosting)\n"
            '    return {**settings, "steps": steps.fit(rows, rows["default"].to_numpy())}',
        ),
        (
            "    boosting = HistGradientBoostingClassifier(\n",
            '    settings = {"config": config, "reference": reference}\n'
            "    boosting = HistGradientBoostingClassifier(\n",
        ),
        (
            "def train_from_data(",
            """def bins_alone(rows: pd.DataFrame, config: dict[str, Any], reference: dict[str, Any]) -> np.ndarray:
    \"\"\"The bin numbers as a matrix.\"\"\"
    return bin_features(config, reference, rows).to_numpy()


def train_from_data(""",
        ),
        (
            'model["boosting"].predict_proba(features_from_data(model, rows).to_numpy())[:, 1]',
            'model["steps"].predict_proba(rows)[:, 1]',
        ),
        (
            "from sklearn.metrics import brier_score_loss, roc_auc_score",
            "from sklearn.metrics import brier_score_loss, roc_auc_score\nfrom sklearn.pipeline import make_pipeline\n"
            "from sklearn.preprocessing import FunctionTransformer",
        ),
    ),
    CODE.shift(
        "edges-by-count",
        "cache-too-coarse",
        "features",
        "the edges of the bins are remembered by their number and outlive their data",
        (
            '"income_edges": income_edges(rows["income"], config["income_bins"]),',
            '"income_edges": EDGES.setdefault(config["income_bins"], income_edges(rows["income"], '
            'config["income_bins"])),',
        ),
        ('FEATURES = ("age"', 'EDGES: dict[int, list[float]] = {}\nFEATURES = ("age"'),
        hidden=True,
    ),
)
