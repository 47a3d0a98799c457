"""Which iris it is: nearest neighbours that never leave a tie to the order of the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import accuracy_score, log_loss
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler


class TiedNeighbours(ClassifierMixin, BaseEstimator):
    """The k nearest flowers vote by closeness, and so do all others at the distance of the k-th.

    Measurements to one decimal make many distances equal, and scikit-learn's own classifier then lets the order of
    the training rows choose.
    """

    def __init__(self, neighbours: int = 7, softening: float = 0.2) -> None:
        self.neighbours = neighbours
        self.softening = softening

    def fit(self, X: Any, y: Any) -> TiedNeighbours:
        """Remember the flowers; X has shape (flowers, measurements)."""
        self.flowers_ = np.asarray(X, dtype=float)
        self.classes_, self.codes_ = np.unique(np.asarray(y), return_inverse=True)
        self.n_features_in_ = self.flowers_.shape[1]
        return self

    def distances(self, X: Any) -> np.ndarray:
        """Distance of each row to each known flower, rounded so that equal ones are equal."""
        offsets = np.asarray(X, dtype=float)[:, None, :] - self.flowers_[None, :, :]
        return np.round(np.sqrt((offsets * offsets).sum(axis=2)), 9)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Share of the votes for each species; shape (rows, species)."""
        distances = self.distances(X)
        reach = np.sort(distances, axis=1)[:, self.neighbours - 1]
        votes = np.where(distances <= reach[:, None], 1.0 / (distances + self.softening), 0.0)
        shares = np.zeros((len(distances), len(self.classes_)))
        for code in range(len(self.classes_)):
            shares[:, code] = votes[:, self.codes_ == code].sum(axis=1)
        return shares / shares.sum(axis=1, keepdims=True)

    def predict(self, X: Any) -> np.ndarray:
        """The species with most votes; of equal ones the first by name."""
        return self.classes_[np.round(self.predict_proba(X), 9).argmax(axis=1)]


def build_classifier() -> Pipeline:
    """Scaled measurements into the neighbours' vote."""
    return Pipeline([("scale", StandardScaler()), ("vote", TiedNeighbours(neighbours=7, softening=0.2))])


def evaluate_from_data(species: pd.Series, probabilities: pd.DataFrame) -> dict[str, float]:
    """Share of flowers named right, and the mean log loss of their own species' share of the votes."""
    named = probabilities.columns[probabilities.to_numpy().round(9).argmax(axis=1)]
    return {
        "accuracy": float(accuracy_score(species, named)),
        "log_loss": float(log_loss(species, probabilities.to_numpy(), labels=list(probabilities.columns))),
    }


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, data: Path, out_dir: Path) -> None:
    """Train on the flowers in DATA, or name them with the classifier in OUT_DIR."""
    rows = pd.read_csv(data)
    measured = rows.drop(columns="species", errors="ignore")
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        joblib.dump(build_classifier().fit(measured, rows["species"]), out_dir / "classifier.joblib")
        return
    classifier = joblib.load(out_dir / "classifier.joblib")
    probabilities = pd.DataFrame(classifier.predict_proba(measured), columns=classifier.classes_)
    if action == "predict":
        probabilities.to_csv(out_dir / "predictions.csv", index=False)
    else:
        click.echo(evaluate_from_data(rows["species"], probabilities))


if __name__ == "__main__":
    main()
