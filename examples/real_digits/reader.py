"""Which handwritten digit: principal components of the pixels, then a vote of the nearest training images."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier

COMPONENTS = 16
NEIGHBOURS = 5


@dataclass
class Reader:
    """A fitted reader: names of the pixels in their order, components, and the labelled images."""

    pixels: list[str]
    components: PCA
    neighbours: KNeighborsClassifier

    def project(self, rows: pd.DataFrame) -> np.ndarray:
        """Images in the space of the components."""
        return self.components.transform(darken(rows[self.pixels]))


def darken(pixels: pd.DataFrame) -> np.ndarray:
    """Pixels from 0 to 1, with the faint ones lifted."""
    return np.sqrt(np.clip(pixels.to_numpy(dtype=float), 0.0, 16.0) / 16.0)


def train_from_data(rows: pd.DataFrame) -> Reader:
    """Fit components and neighbours to labelled images; pixels that never change are left out."""
    images = rows.drop(columns="digit")
    pixels = [str(name) for name in images.columns if images[name].nunique() > 1]
    components = PCA(n_components=COMPONENTS, svd_solver="full", whiten=False).fit(darken(images[pixels]))
    neighbours = KNeighborsClassifier(n_neighbors=NEIGHBOURS, weights="distance", algorithm="kd_tree")
    neighbours.fit(components.transform(darken(images[pixels])), rows["digit"])
    return Reader(pixels, components, neighbours)


def predict_from_data(reader: Reader, rows: pd.DataFrame) -> pd.DataFrame:
    """The digit read from each image, the weight of the votes for it, and how far the voters are away."""
    points = reader.project(rows)
    votes = reader.neighbours.predict_proba(points)
    distances, _ = reader.neighbours.kneighbors(points)
    digits = reader.neighbours.classes_[votes.argmax(axis=1)]
    return pd.DataFrame({"digit": digits, "vote": votes.max(axis=1), "distance": distances[:, -1]})


def evaluate_from_data(digits: pd.Series, predictions: pd.DataFrame) -> dict[str, float]:
    """Share of digits read right, overall and among unanimous votes."""
    right = predictions["digit"].to_numpy() == digits.to_numpy()
    unanimous = predictions["vote"].to_numpy() > 0.999
    return {
        "accuracy": float(right.mean()),
        "accuracy_unanimous": float(right[unanimous].mean()) if unanimous.any() else 0.0,
        "unanimous_share": float(unanimous.mean()),
        "mean_distance": float(predictions["distance"].mean()),
    }


def main() -> None:
    """Command line: train, read the images of a file, or say how well they are read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["train", "predict", "evaluate"])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out-dir", type=Path, required=True)
    given = parser.parse_args()
    rows = pd.read_csv(given.data)
    given.out_dir.mkdir(parents=True, exist_ok=True)
    if given.action == "train":
        joblib.dump(train_from_data(rows), given.out_dir / "reader.joblib")
        return
    answers = predict_from_data(joblib.load(given.out_dir / "reader.joblib"), rows)
    if given.action == "predict":
        answers.to_csv(given.out_dir / "digits.csv", index=False)
    else:
        print(evaluate_from_data(rows["digit"], answers))


if __name__ == "__main__":
    main()
