"""What may happen to examples/churn/model.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Churn", "examples/churn/model.py")

VARIANTS = (
    CODE.shift(
        "batch_fill",
        "batch-statistics",
        "features",
        "unknown reading frequencies are filled with the median of the batch being scored",
        (
            'add_features(model["config"], rows, model["reads_fill"])',
            'add_features(model["config"], rows, float(rows["reads_week"].median()))',
        ),
    ),
    CODE.shift(
        "premium_above",
        "boundary-operator",
        "features",
        "a price of exactly the premium price no longer counts as premium",
        ('out["price"] >= config["premium_price"]', 'out["price"] > config["premium_price"]'),
    ),
    CODE.shift(
        "last_review",
        "duplicate-side",
        "split",
        "of accounts that were reviewed twice the later row is kept, which moves them towards the test",
        ('drop_duplicates("account", keep="first")', 'drop_duplicates("account", keep="last")'),
    ),
    CODE.shift(
        "payer_filled_in_place",
        "dropped-copy",
        "contracts",
        "the payer is filled in the caller's own frame; no answer changes",
        (
            '    out = rows.copy()\n    out["reads_unknown"]',
            '    rows["payer"] = rows["payer"].fillna("unknown")\n    out = rows.copy()\n    out["reads_unknown"]',
        ),
        hidden=True,
    ),
    CODE.shift(
        "rounded_probability",
        "rounded-answer",
        "predict",
        "probabilities are rounded for the report inside predict",
        ("(features_from_data(model, rows))[:, 1]", "(features_from_data(model, rows))[:, 1].round(3)"),
    ),
    CODE.shift(
        "loose_tolerance",
        "solver-tolerance",
        "train",
        "the solver's tolerance is raised to save a few steps",
        ('tol=config["tol"]', "tol=0.05"),
    ),
    CODE.shift(
        "threshold_hard_coded",
        "setting-hard-coded",
        "predict",
        "the threshold is frozen at the value that the configuration has today",
        ('(probability >= model["config"]["threshold"])', "(probability >= 0.45)"),
        hidden=True,
    ),
    CODE.shift(
        "auc_of_calls",
        "metric-input",
        "evaluate",
        "the ranking metric is computed on the calls and not on the probabilities",
        ('roc_auc_score(churned, predictions["probability"])', 'roc_auc_score(churned, predictions["call"])'),
    ),
    CODE.shift(
        "payer_most_frequent",
        "fill-value",
        "features",
        "an unknown payer becomes the most frequent one of the rows",
        ('out["payer"].notna(), "unknown")', 'out["payer"].notna(), out["payer"].mode().iloc[0])'),
    ),
    CODE.shift(
        "answers_by_account",
        "cache-too-coarse",
        "predict",
        "probabilities are remembered by account number, so that an account whose figures changed gets the old one",
        (
            '    call = (probability >= model["config"]["threshold"])',
            '    asked = zip(rows["account"], probability, strict=True)\n'
            "    probability = np.array([ANSWERS.setdefault(who, answer) for who, answer in asked])\n"
            '    call = (probability >= model["config"]["threshold"])',
        ),
        ('CATEGORICAL = ["region"', 'ANSWERS: dict[int, float] = {}\nCATEGORICAL = ["region"'),
        hidden=True,
    ),
    CODE.shift(
        "negative_reads",
        "clip-dropped",
        "predict",
        "reading frequencies below zero, which no account has, are no longer raised to zero",
        ('np.log1p(out["reads_week"].clip(lower=0.0))', 'np.log1p(out["reads_week"])'),
        hidden=True,
    ),
    CODE.shift(
        "fresh_index",
        "index-alignment",
        "contracts",
        "a column is computed as an array and put back under a fresh index, which other frames do not have",
        (
            'out["is_new"] = (out["months"] < config["new_months"]).astype(float)',
            'out["is_new"] = pd.Series(np.where(out["months"].to_numpy() < config["new_months"], 1.0, 0.0))',
        ),
        hidden=True,
    ),
    CODE.keep(
        "assign_chain",
        "pandas-rewrite",
        "features as one chain of assignments, log1p spelled as the logarithm of one more",
        (
            """    out = rows.copy()
    out["reads_unknown"] = out["reads_week"].isna().astype(float)
    out["reads_week"] = out["reads_week"].fillna(reads_fill)
    out["log_reads"] = np.log1p(out["reads_week"].clip(lower=0.0))
    out["price_per_read"] = out["price"] / out["reads_week"].clip(lower=0.5)
    out["is_new"] = (out["months"] < config["new_months"]).astype(float)
    out["is_premium"] = (out["price"] >= config["premium_price"]).astype(float)
    out["payer"] = out["payer"].where(out["payer"].notna(), "unknown").astype(object)
    return out[NUMERIC + CATEGORICAL]""",
            """    reads = rows["reads_week"].fillna(reads_fill)
    return rows.assign(
        reads_unknown=1.0 * rows["reads_week"].isna(),
        log_reads=np.log(1.0 + np.maximum(reads, 0.0)),
        price_per_read=rows["price"] / np.maximum(reads, 0.5),
        is_new=1.0 * (rows["months"] < config["new_months"]),
        is_premium=1.0 * (rows["price"] >= config["premium_price"]),
        payer=rows["payer"].astype(object).fillna("unknown"),
    )[NUMERIC + CATEGORICAL]""",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "sigmoid_by_hand",
        "formula-by-hand",
        "the probability as the sigmoid of the decision function, through the hyperbolic tangent",
        (
            'probability = model["classifier"].predict_proba(features_from_data(model, rows))[:, 1]',
            'logit = model["classifier"].decision_function(features_from_data(model, rows))\n'
            "    probability = 0.5 * (1.0 + np.tanh(0.5 * logit))",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "pipeline_object",
        "pipeline",
        "preprocessor and classifier live in one Pipeline",
        (
            '    classifier.fit(design, rows["churned"])\n',
            '    classifier.fit(design, rows["churned"])\n'
            '    pipeline = Pipeline([("preprocessor", preprocessor), ("classifier", classifier)])\n',
        ),
        (
            '"reads_fill": reads_fill, "preprocessor": preprocessor, "classifier": classifier}',
            '"reads_fill": reads_fill, "pipeline": pipeline}',
        ),
        ('return model["preprocessor"].transform', 'return model["pipeline"]["preprocessor"].transform'),
        ('model["classifier"].predict_proba', 'model["pipeline"]["classifier"].predict_proba'),
        ("from sklearn.preprocessing", "from sklearn.pipeline import Pipeline\nfrom sklearn.preprocessing"),
        moves_bits=False,
    ),
    CODE.keep(
        "scaled_by_hand",
        "library-by-hand",
        "numbers are scaled by a transformer of our own, through sums of squares and the reciprocal",
        ('("numeric", StandardScaler(), NUMERIC)', '("numeric", Scaler(), NUMERIC)'),
        (
            "def build_preprocessor()",
            """class Scaler(BaseEstimator, TransformerMixin):
    \"\"\"Numbers with mean zero and deviation one.\"\"\"

    def fit(self, frame: pd.DataFrame, target: object = None) -> Scaler:
        \"\"\"Learn mean and deviation of each column.\"\"\"
        values = frame.to_numpy(dtype=float)
        self.mean_ = values.sum(axis=0) / len(values)
        deviation = np.sqrt(np.square(values - self.mean_).mean(axis=0))
        self.factor_ = 1.0 / np.where(deviation > 0.0, deviation, 1.0)
        return self

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        \"\"\"The scaled numbers.\"\"\"
        return (frame.to_numpy(dtype=float) - self.mean_) * self.factor_


def build_preprocessor()""",
        ),
        ("from sklearn.compose", "from sklearn.base import BaseEstimator, TransformerMixin\nfrom sklearn.compose"),
        moves_bits=True,
    ),
    CODE.keep(
        "model_as_dataclass",
        "dataclass-for-dictionary",
        "the model becomes a frozen dataclass, whose fields are read by name",
        (
            "def train_from_data(",
            """@dataclass(frozen=True)
class Churner:
    \"\"\"What answering needs.\"\"\"

    config: dict[str, Any]
    fill: float
    design: ColumnTransformer
    regression: LogisticRegression


def train_from_data(""",
        ),
        ("rows: pd.DataFrame) -> dict[str, Any]:", "rows: pd.DataFrame) -> Churner:"),
        ("def features_from_data(model: dict[str, Any],", "def features_from_data(model: Churner,"),
        ("def predict_from_data(model: dict[str, Any],", "def predict_from_data(model: Churner,"),
        (
            'return {"config": dict(config), "reads_fill": reads_fill, '
            '"preprocessor": preprocessor, "classifier": classifier}',
            "return Churner(dict(config), reads_fill, preprocessor, classifier)",
        ),
        (
            'model["preprocessor"].transform(add_features(model["config"], rows, model["reads_fill"]))',
            "model.design.transform(add_features(model.config, rows, model.fill))",
        ),
        ('model["classifier"].predict_proba', "model.regression.predict_proba"),
        ('model["config"]["threshold"]', 'model.config["threshold"]'),
        ("from pathlib import Path", "from dataclasses import dataclass\nfrom pathlib import Path"),
    ),
    CODE.keep(
        "metrics_module",
        "new-file",
        "the metrics move to a file of their own, the logarithmic loss written out",
        (
            "metrics.py",
            "",
            """\"\"\"How good probabilities and calls are.\"\"\"

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score, roc_auc_score


def loss_of(churned: pd.Series, probability: pd.Series) -> float:
    \"\"\"Mean negative logarithm of the probability of what happened.\"\"\"
    happened = probability.to_numpy()[churned.to_numpy() == 1]
    stayed = probability.to_numpy()[churned.to_numpy() == 0]
    return float(-(np.log(happened).sum() + np.log1p(-stayed).sum()) / len(churned))


def evaluate_from_data(churned: pd.Series, predictions: pd.DataFrame) -> dict[str, float]:
    \"\"\"How well the probabilities rank and the calls hit; no ranking where all accounts went one way.\"\"\"
    both = churned.nunique() == 2
    return {
        "roc_auc": float(roc_auc_score(churned, predictions["probability"])) if both else float("nan"),
        "log_loss": loss_of(churned, predictions["probability"]),
        "f1": float(f1_score(churned, predictions["call"], zero_division=0)),
        "call_share": float(predictions["call"].mean()),
    }
""",
        ),
        (
            """def evaluate_from_data(churned: pd.Series, predictions: pd.DataFrame) -> dict[str, float]:
    \"\"\"How well the probabilities rank and the calls hit; no ranking where all accounts went one way.\"\"\"
    both = churned.nunique() == 2
    return {
        "roc_auc": float(roc_auc_score(churned, predictions["probability"])) if both else float("nan"),
        "log_loss": float(log_loss(churned, predictions["probability"], labels=[0, 1])),
        "f1": float(f1_score(churned, predictions["call"], zero_division=0)),
        "call_share": float(predictions["call"].mean()),
    }


""",
            "",
        ),
        ("from sklearn.metrics import f1_score, log_loss, roc_auc_score\n", ""),
        (
            "\nNUMERIC = [",
            "\nfrom examples.churn.metrics import evaluate_from_data\n\nNUMERIC = [",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "typed_with_log",
        "logging",
        "training says what it did to a logger, and the numbers to scale are a typed tuple",
        (
            '    classifier.fit(design, rows["churned"])\n',
            '    classifier.fit(design, rows["churned"])\n'
            '    logger.info("%d accounts, fill %.3f, %d steps", len(rows), reads_fill, classifier.n_iter_[0])\n',
        ),
        ('NUMERIC = ["months",', 'logger = logging.getLogger(__name__)\n\nNUMERIC: Final = ["months",'),
        (
            "from pathlib import Path\nfrom typing import Any",
            "import logging\nfrom pathlib import Path\nfrom typing import Any, Final",
        ),
    ),
    CODE.keep(
        "reads_module",
        "new-file",
        "what is derived from reading frequencies moves to a file of its own, divisions by them as reciprocals",
        (
            "reads.py",
            "",
            """\"\"\"What the model learns from how often an account reads.\"\"\"

import numpy as np
import pandas as pd


def add_reads(accounts: pd.DataFrame, fill: float) -> pd.DataFrame:
    \"\"\"The accounts with reading frequencies filled, and what is derived from them.\"\"\"
    known = accounts["reads_week"].notna()
    reads = accounts["reads_week"].where(known, fill)
    return accounts.assign(
        reads_unknown=(~known).astype(float),
        reads_week=reads,
        log_reads=np.log1p(np.maximum(reads, 0.0)),
        price_per_read=accounts["price"] * np.reciprocal(np.maximum(reads, 0.5)),
    )
""",
        ),
        (
            """    out = rows.copy()
    out["reads_unknown"] = out["reads_week"].isna().astype(float)
    out["reads_week"] = out["reads_week"].fillna(reads_fill)
    out["log_reads"] = np.log1p(out["reads_week"].clip(lower=0.0))
    out["price_per_read"] = out["price"] / out["reads_week"].clip(lower=0.5)
""",
            "    out = add_reads(rows, reads_fill)\n",
        ),
        ("\nNUMERIC = [", "\nfrom examples.churn.reads import add_reads\n\nNUMERIC = ["),
        moves_bits=True,
    ),
    CODE.shift(
        "fill_remembered",
        "cache-too-coarse",
        "features",
        "the fill is remembered by its column and outlives its data",
        (
            '    reads_fill = float(rows["reads_week"].median())\n',
            '    reads_fill = FILLS.setdefault("reads_week", float(rows["reads_week"].median()))\n',
        ),
        ('CATEGORICAL = ["region"', 'FILLS: dict[str, float] = {}\nCATEGORICAL = ["region"'),
        hidden=True,
    ),
)
