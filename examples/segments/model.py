"""Groups of customers who shop alike: k-means on scaled habits, numbered from the largest group to the smallest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import yaml
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score


@dataclass
class Segmentation:
    """Fitted scaling and centres; centre 0 belongs to the largest group of the training customers."""

    config: dict[str, Any]
    typical_idle: float
    mean: np.ndarray
    scale: np.ndarray
    centres: np.ndarray


def load_customers(path: Path) -> pd.DataFrame:
    """Read customers, one row each."""
    return pd.read_csv(path)


def split_data(config: dict[str, Any], rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A seeded share of the customers is the test; a customer listed twice counts once."""
    customers = rows.drop_duplicates("customer", keep="last").reset_index(drop=True)
    order = np.random.RandomState(config["seed"]).permutation(len(customers))
    cut = round(config["test_share"] * len(customers))
    test, train = np.sort(order[:cut]), np.sort(order[cut:])
    return customers.iloc[train].reset_index(drop=True), customers.iloc[test].reset_index(drop=True)


def describe_habits(config: dict[str, Any], typical_idle: float, rows: pd.DataFrame) -> pd.DataFrame:
    """Unscaled features; their names are the keys of the configured weights."""
    idle = rows["idle_days"].fillna(typical_idle).clip(upper=config["idle_cap"])
    return pd.DataFrame(
        {
            "log_visits": np.log1p(rows["visits"]),
            "log_basket": np.log(rows["basket"].clip(lower=1.0)),
            "online": rows["online"],
            "discount": rows["discount"],
            "idle": np.sqrt(idle),
            "big": (rows["basket"] >= config["big_basket"]).astype(float),
        }
    )


def weigh(config: dict[str, Any], habits: pd.DataFrame, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Features in standard deviations, times the configured weight of each."""
    weights = np.array([config["weights"][name] for name in habits.columns])
    return (habits.to_numpy(dtype=float) - mean) / scale * weights


def order_by_size(labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Cluster numbers from the largest to the smallest; equal sizes by the first coordinate of their centre."""
    sizes = np.bincount(labels, minlength=len(centres))
    return np.lexsort((centres[:, 0].round(6), -sizes))


def train_from_data(config: dict[str, Any], rows: pd.DataFrame) -> Segmentation:
    """Fit the scaling and the centres."""
    typical_idle = float(rows["idle_days"].median())
    habits = describe_habits(config, typical_idle, rows)
    mean = habits.mean(axis=0).to_numpy()
    scale = habits.std(axis=0, ddof=0).to_numpy()
    points = weigh(config, habits, mean, scale)
    means = KMeans(
        n_clusters=config["clusters"],
        n_init=config["restarts"],
        max_iter=config["max_iter"],
        random_state=config["seed"],
        init="k-means++",
        algorithm="lloyd",
        tol=0.0,
    ).fit(points)
    order = order_by_size(means.labels_, means.cluster_centers_)
    return Segmentation(config, typical_idle, mean, scale, means.cluster_centers_[order])


def features_from_data(model: Segmentation, rows: pd.DataFrame) -> np.ndarray:
    """Weighted features of customers, shape (customers, features)."""
    return weigh(model.config, describe_habits(model.config, model.typical_idle, rows), model.mean, model.scale)


def predict_from_data(model: Segmentation, rows: pd.DataFrame) -> pd.DataFrame:
    """Segment of each customer, distance to its centre, and the margin to the next centre."""
    points = features_from_data(model, rows)
    distances = np.sqrt(((points[:, None, :] - model.centres[None, :, :]) ** 2).sum(axis=2))
    nearest = np.sort(distances, axis=1)
    return pd.DataFrame(
        {"segment": distances.argmin(axis=1), "distance": nearest[:, 0], "margin": nearest[:, 1] - nearest[:, 0]}
    )


def evaluate_from_data(rows: pd.DataFrame, predictions: pd.DataFrame) -> dict[str, float]:
    """Agreement with the true ways of shopping, and how tight and how large the segments are."""
    shares = predictions["segment"].value_counts(normalize=True)
    separation = predictions["margin"] / (predictions["distance"] + predictions["margin"])
    return {
        "adjusted_rand": float(adjusted_rand_score(rows["way"], predictions["segment"])),
        "separation": float(separation.mean()),
        "mean_distance": float(predictions["distance"].mean()),
        "largest_share": float(shares.get(0, 0.0)),
    }


def save_model(model: Segmentation, folder: Path) -> None:
    """Numbers as arrays, settings as text."""
    np.savez(folder / "centres.npz", mean=model.mean, scale=model.scale, centres=model.centres)
    rest = {"config": model.config, "typical_idle": model.typical_idle}
    (folder / "segments.json").write_text(json.dumps(rest, indent=2), encoding="utf-8")


def load_model(folder: Path) -> Segmentation:
    """What `save_model` wrote."""
    rest = json.loads((folder / "segments.json").read_text(encoding="utf-8"))
    with np.load(folder / "centres.npz") as arrays:
        return Segmentation(**rest, mean=arrays["mean"], scale=arrays["scale"], centres=arrays["centres"])


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--config", "config_path", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, config_path: Path, data: Path, out_dir: Path) -> None:
    """Find segments in DATA, or place customers in the segments of OUT_DIR."""
    config = yaml.safe_load(config_path.read_text(encoding="utf-8"))
    train, test = split_data(config, load_customers(data))
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        save_model(train_from_data(config, train), out_dir)
        return
    predictions = predict_from_data(load_model(out_dir), test)
    if action == "predict":
        predictions.to_csv(out_dir / "segments.csv", index=False)
    else:
        click.echo(evaluate_from_data(test, predictions))


if __name__ == "__main__":
    main()
