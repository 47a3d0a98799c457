"""Benign or not: a support vector machine on the ratios and logarithms of a tumour's measurements."""

from __future__ import annotations

import argparse
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

SKEWED = ("area", "concavity", "concave_points", "perimeter", "radius")


class Measurements(TransformerMixin, BaseEstimator):
    """Tame the skewed measurements, add how much the worst nuclei differ from the mean, and clip what is far out."""

    def __init__(self, reach: float = 3.0) -> None:
        """Values farther than `reach` interquartile ranges beyond the quartiles are moved there."""
        self.reach = reach

    def fit(self, X: pd.DataFrame, y: pd.Series | None = None) -> Measurements:
        """Learn the bounds of each feature."""
        low, high = np.quantile(self._derive(X), [0.25, 0.75], axis=0)
        self.lower_ = low - self.reach * (high - low)
        self.upper_ = high + self.reach * (high - low)
        return self

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Features within their bounds, shape (tumours, 35)."""
        return np.clip(self._derive(X), self.lower_, self.upper_)

    def _derive(self, X: pd.DataFrame) -> np.ndarray:
        tamed = [np.log1p(X[name]) if name.split("_", 1)[1] in SKEWED else X[name] for name in sorted(X.columns)]
        ratios = [(X[f"worst_{name}"] + 1e-3) / (X[f"mean_{name}"] + 1e-3) for name in SKEWED]
        return np.column_stack([*tamed, *ratios])


def build_classifier(C: float = 2.0, reach: float = 3.0) -> Pipeline:
    """Derived measurements, scaled, into a support vector machine with a radial kernel."""
    return make_pipeline(
        Measurements(reach),
        StandardScaler(),
        SVC(C=C, kernel="rbf", gamma="scale", tol=1e-8, class_weight="balanced"),
    )


def evaluate_from_data(benign: pd.Series, values: np.ndarray) -> dict[str, float]:
    """Share of tumours told right, and how well the decision values rank them."""
    right = (values > 0) == (benign == 1).to_numpy()
    return {"accuracy": float(right.mean()), "roc_auc": float(roc_auc_score(benign, values))}


def main() -> None:
    """Command line: train, write the decision values of a file, or say how well they do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["train", "predict", "evaluate"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out-dir", type=Path, required=True)
    given = parser.parse_args()
    rows = pd.read_csv(given.data)
    measured = rows.drop(columns="benign", errors="ignore")
    given.out_dir.mkdir(parents=True, exist_ok=True)
    if given.action == "train":
        joblib.dump(build_classifier().fit(measured, rows["benign"]), given.out_dir / "classifier.joblib")
        return
    values = joblib.load(given.out_dir / "classifier.joblib").decision_function(measured)
    if given.action == "predict":
        pd.DataFrame({"benign": values > 0, "value": values}).to_csv(given.out_dir / "answers.csv", index=False)
    else:
        print(evaluate_from_data(rows["benign"], values))


if __name__ == "__main__":
    main()
