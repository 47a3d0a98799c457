"""When couriers will arrive, how likely they are late, and what a late parcel will cost: ridge regression in NumPy.

Times are seconds since 1970 in UTC, money is in cents, distances are in kilometres and the vans' odometers in metres.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import yaml
from scipy.special import ndtr


def load_parcels(path: Path) -> pd.DataFrame:
    """Read the parcels, one row each."""
    return pd.read_csv(path)


def split_data(config: dict[str, Any], parcels: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per parcel; the latest share of the orders is held back."""
    unique = parcels.drop_duplicates("parcel").sort_values("placed_at", kind="stable").reset_index(drop=True)
    cut = len(unique) - round(config["test_share"] * len(unique))
    return unique.iloc[:cut].reset_index(drop=True), unique.iloc[cut:].reset_index(drop=True)


def rush_share(config: dict[str, Any], placed_at: np.ndarray) -> np.ndarray:
    """Share of the hour after the order that lies in the rush hours."""
    start, end = config["rush_hours"]
    hour = placed_at / 3600.0 % 24.0
    return np.clip(np.minimum(hour + 1.0, end) - np.maximum(hour, start), 0.0, 1.0)


def add_features(config: dict[str, Any], rain_fill: float, depots: list[str], parcels: pd.DataFrame) -> np.ndarray:
    """Times, money and metres as they were recorded, beside shares and a flag per known depot; shape (parcels, n)."""
    placed_at = parcels["placed_at"].to_numpy()
    rain = parcels["rain"].fillna(rain_fill).to_numpy()
    distance, load = parcels["distance"].to_numpy(), parcels["load"].to_numpy()
    columns = [
        placed_at,
        parcels["basket"].to_numpy(),
        parcels["odometer"].to_numpy(),
        distance,
        load,
        rain,
        (load >= config["crowded_from"]).astype(float),
        rush_share(config, placed_at),
        rain * distance / (1.0 + distance),
        *((parcels["depot"] == name).to_numpy(dtype=float) for name in depots),
    ]
    return np.column_stack(columns)


def train_from_data(config: dict[str, Any], parcels: pd.DataFrame) -> dict[str, Any]:
    """Fit the seconds on the way by ridge regression on scaled features, and how far off they usually are."""
    rain_fill = float(parcels["rain"].median())
    depots = sorted(parcels["depot"].unique())
    features = add_features(config, rain_fill, depots, parcels)
    center, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 0.0, scale, 1.0)
    design = (features - center) / scale
    seconds = (parcels["arrived_at"] - parcels["placed_at"]).to_numpy()
    gram = design.T @ design + config["ridge"] * np.eye(design.shape[1])
    weights = np.linalg.solve(gram, design.T @ (seconds - seconds.mean()))
    errors = seconds - seconds.mean() - design @ weights
    return {
        "config": dict(config),
        "rain_fill": rain_fill,
        "depots": depots,
        "center": center,
        "scale": scale,
        "weights": weights,
        "usual": float(seconds.mean()),
        "spread": float(np.sqrt((errors**2).sum() / (len(errors) - design.shape[1]))),
    }


def features_from_data(model: dict[str, Any], parcels: pd.DataFrame) -> np.ndarray:
    """What the regression sees before scaling, one row per parcel."""
    return add_features(model["config"], model["rain_fill"], model["depots"], parcels)


def predict_from_data(model: dict[str, Any], parcels: pd.DataFrame) -> pd.DataFrame:
    """Time of arrival, chance to be late, and the refund to expect in whole cents."""
    config = model["config"]
    design = (features_from_data(model, parcels) - model["center"]) / model["scale"]
    seconds = model["usual"] + design @ model["weights"]
    late = ndtr((seconds - 60.0 * parcels["promised"].to_numpy()) / model["spread"])
    refund = np.where(late >= config["refund_from"], config["refund_share"] * late * parcels["basket"].to_numpy(), 0.0)
    return pd.DataFrame(
        {
            "parcel": parcels["parcel"].to_numpy(),
            "arrives_at": parcels["placed_at"].to_numpy() + seconds,
            "late_chance": late,
            "refund": np.round(np.round(refund, 5)),
        }
    )


def evaluate_from_data(parcels: pd.DataFrame, answers: pd.DataFrame) -> dict[str, float]:
    """Error in seconds, error of the chances, the refunds in cents and per cent sold, and the last arrival."""
    arrived_at = parcels["arrived_at"].to_numpy()
    late = arrived_at > parcels["placed_at"].to_numpy() + 60.0 * parcels["promised"].to_numpy()
    return {
        "mae_seconds": float(np.abs(answers["arrives_at"].to_numpy() - arrived_at).mean()),
        "brier": float(((answers["late_chance"].to_numpy() - late) ** 2).mean()),
        "refunds": float(answers["refund"].sum()),
        "refund_share": float(answers["refund"].sum() / parcels["basket"].sum()),
        "last_arrival": float(answers["arrives_at"].max()),
    }


def save_model(model: dict[str, Any], folder: Path) -> None:
    """Arrays in one file, settings and names in another."""
    arrays = {name: model[name] for name in ("center", "scale", "weights")}
    np.savez(folder / "arrival.npz", **arrays)
    rest = {name: value for name, value in model.items() if name not in arrays}
    (folder / "arrival.yaml").write_text(yaml.safe_dump(rest, allow_unicode=True), encoding="utf-8")


def load_model(folder: Path) -> dict[str, Any]:
    """What `save_model` wrote."""
    with np.load(folder / "arrival.npz") as arrays:
        return yaml.safe_load((folder / "arrival.yaml").read_text(encoding="utf-8")) | dict(arrays)


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--config", "config_path", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, config_path: Path, data: Path, out_dir: Path) -> None:
    """Train on the parcels in DATA, or say when they arrive with the model in OUT_DIR."""
    config = yaml.safe_load(config_path.read_text(encoding="utf-8"))
    train, test = split_data(config, load_parcels(data))
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        save_model(train_from_data(config, train), out_dir)
        return
    answers = predict_from_data(load_model(out_dir), test)
    if action == "predict":
        answers.to_csv(out_dir / "arrivals.csv", index=False)
    else:
        click.echo(evaluate_from_data(test, answers))


if __name__ == "__main__":
    main()
