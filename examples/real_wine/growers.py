"""Whose wine it is: principal components of scaled analyses, and logistic regression on them."""

from __future__ import annotations

from pathlib import Path

import click
import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

CAP = 3.5
COMPONENTS = 5


class ClipOutliers(TransformerMixin, BaseEstimator):
    """Draw single wild analyses back to a number of standard deviations."""

    def __init__(self, cap: float = CAP) -> None:
        self.cap = cap

    def fit(self, X: np.ndarray, y: object = None) -> ClipOutliers:
        """Nothing to learn: the input is scaled already."""
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """The scaled analyses within the cap on both sides; shape unchanged."""
        return np.clip(X, -self.cap, self.cap)


def add_ratios(bottles: pd.DataFrame) -> pd.DataFrame:
    """Beside the analyses, how much of the phenols are flavanoids, and colour by hue."""
    out = bottles.copy()
    out["flavanoid_share"] = out["flavanoids"] / out["total_phenols"].clip(lower=0.1)
    out["log_color"] = np.log(out["color_intensity"].clip(lower=0.1) / out["hue"].clip(lower=0.1))
    return out


def build_classifier() -> Pipeline:
    """Scaling, clipping, components and a multinomial logistic regression."""
    return Pipeline(
        [
            ("scale", StandardScaler()),
            ("clip", ClipOutliers()),
            ("components", PCA(n_components=COMPONENTS, svd_solver="full")),
            ("classify", LogisticRegression(C=0.5, tol=1e-8, max_iter=2000)),
        ]
    )


def train_from_data(bottles: pd.DataFrame) -> Pipeline:
    """Fit the classifier on bottles whose grower is known."""
    return build_classifier().fit(add_ratios(bottles.drop(columns="grower")), bottles["grower"])


def predict_from_data(model: Pipeline, bottles: pd.DataFrame) -> pd.DataFrame:
    """The grower, and the probability of each of the three."""
    analyses = add_ratios(bottles[[name for name in bottles.columns if name != "grower"]])
    probabilities = model.predict_proba(analyses[list(model.feature_names_in_)])
    out = pd.DataFrame(probabilities, columns=[f"grower_{code}" for code in model.classes_])
    out.insert(0, "grower", model.classes_[probabilities.argmax(axis=1)])
    return out


def evaluate_from_data(grower: pd.Series, predictions: pd.DataFrame) -> dict[str, float]:
    """Hits and the mean log loss of the grower's own probability."""
    own = predictions[[f"grower_{code}" for code in grower]].to_numpy().diagonal()
    return {
        "accuracy": float((predictions["grower"].to_numpy() == grower.to_numpy()).mean()),
        "log_loss": float(-np.log(np.clip(own, 1e-12, 1.0)).mean()),
    }


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, data: Path, out_dir: Path) -> None:
    """Train on the bottles in DATA, or tell their growers with the classifier in OUT_DIR."""
    bottles = pd.read_csv(data)
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        joblib.dump(train_from_data(bottles), out_dir / "classifier.joblib")
        return
    predictions = predict_from_data(joblib.load(out_dir / "classifier.joblib"), bottles)
    if action == "predict":
        predictions.to_csv(out_dir / "predictions.csv", index=False)
    else:
        click.echo(evaluate_from_data(bottles["grower"], predictions))


if __name__ == "__main__":
    main()
