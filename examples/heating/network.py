"""How much heat a building takes in an hour: a small network in single precision, in plain NumPy.

The controller on site computes in float32, so training does as well: every array of the network has that dtype.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd


def load_readings(path: Path) -> pd.DataFrame:
    """Read the meters' hours, one row each."""
    return pd.read_csv(path, parse_dates=["day"])


def split_data(config: dict[str, Any], readings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per reading; the latest share of the readings is held back."""
    unique = readings.drop_duplicates("reading").sort_values("reading").reset_index(drop=True)
    cut = len(unique) - round(config["test_share"] * len(unique))
    return unique.iloc[:cut].reset_index(drop=True), unique.iloc[cut:].reset_index(drop=True)


def add_features(
    config: dict[str, Any], wind_fill: float, leakage: dict[str, float], readings: pd.DataFrame
) -> np.ndarray:
    """Cold, wind, people, time of day and the building's leakage, as float32 of shape (readings, 7)."""
    outside = readings["outside"].to_numpy(dtype=np.float32)
    cold = np.where(outside < config["heating_limit"], config["heating_limit"] - outside, 0.0)
    wind = readings["wind"].fillna(wind_fill).to_numpy(dtype=np.float32)
    angle = (2.0 * np.pi / 24.0 * readings["hour"].to_numpy()).astype(np.float32)
    usual = readings["building"].map(leakage).fillna(leakage[""]).to_numpy(dtype=np.float32)
    columns = [cold, wind, cold * wind, readings["occupied"], np.sin(angle), np.cos(angle), usual]
    return np.column_stack(columns).astype(np.float32)


def leakage_of(readings: pd.DataFrame) -> dict[str, float]:
    """Heat of an hour per square metre in each building, and in all of them under the empty name."""
    per_area = readings["kwh"] / readings["area"]
    return {
        "": float(per_area.mean()),
        **{str(name): float(part.mean()) for name, part in per_area.groupby(readings["building"])},
    }


def start_weights(config: dict[str, Any], inputs: int) -> dict[str, np.ndarray]:
    """Small seeded weights, no bias."""
    rng = np.random.RandomState(config["seed"])
    weights = {
        "w1": rng.uniform(-1.0, 1.0, (inputs, config["hidden"])) / np.sqrt(inputs),
        "b1": np.zeros(config["hidden"]),
        "w2": rng.uniform(-1.0, 1.0, config["hidden"]) / np.sqrt(config["hidden"]),
        "b2": np.zeros(1),
    }
    return {name: value.astype(np.float32) for name, value in weights.items()}


def forward(weights: dict[str, np.ndarray], inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hidden activations, and the answer of each row."""
    hidden = np.tanh(inputs @ weights["w1"] + weights["b1"])
    return hidden, hidden @ weights["w2"] + weights["b2"]


def gradients(
    config: dict[str, Any], weights: dict[str, np.ndarray], inputs: np.ndarray, wanted: np.ndarray
) -> dict[str, np.ndarray]:
    """Gradient of half the mean squared error, with decay of the weights but not of the biases."""
    hidden, answer = forward(weights, inputs)
    error = (answer - wanted) / np.float32(len(wanted))
    back = np.outer(error, weights["w2"]) * (1 - hidden * hidden)
    decay = np.float32(config["decay"])
    return {
        "w1": inputs.T @ back + decay * weights["w1"],
        "b1": back.sum(axis=0),
        "w2": hidden.T @ error + decay * weights["w2"],
        "b2": error.sum(keepdims=True),
    }


def fit_weights(
    config: dict[str, Any], train: tuple[np.ndarray, np.ndarray], valid: tuple[np.ndarray, np.ndarray]
) -> tuple[dict[str, np.ndarray], list[float]]:
    """Descend with momentum on all rows at once, until the held-out loss gains no thousandth any more."""
    weights = start_weights(config, train[0].shape[1])
    speed = {name: np.zeros_like(value) for name, value in weights.items()}
    rate, momentum = np.float32(config["rate"]), np.float32(config["momentum"])
    best, kept, losses = np.inf, weights, []
    waited = 0
    for _ in range(config["epochs"]):
        slope = gradients(config, weights, *train)
        speed = {name: momentum * speed[name] - rate * slope[name] for name in weights}
        weights = {name: weights[name] + speed[name] for name in weights}
        loss = float(((forward(weights, valid[0])[1] - valid[1]) ** 2).mean())
        losses.append(loss)
        if round(loss, 3) < best:
            best, kept, waited = round(loss, 3), weights, 0
        else:
            waited += 1
        if waited >= config["patience"]:
            break
    return kept, losses


def train_from_data(config: dict[str, Any], readings: pd.DataFrame) -> dict[str, Any]:
    """Fit fill, leakage, scaling and the network; each fifth reading says when to stop."""
    wind_fill, leakage = float(readings["wind"].median()), leakage_of(readings)
    features = add_features(config, wind_fill, leakage, readings)
    per_area = (readings["kwh"] / readings["area"]).to_numpy(dtype=np.float32)
    offset, scale = features.mean(axis=0), features.std(axis=0)
    inputs = (features - offset) / scale
    level, spread = per_area.mean(), per_area.std()
    wanted = (per_area - level) / spread
    valid = np.arange(len(readings)) % config["validation_every"] == config["validation_every"] - 1
    weights, losses = fit_weights(config, (inputs[~valid], wanted[~valid]), (inputs[valid], wanted[valid]))
    return {
        "config": dict(config),
        "wind_fill": wind_fill,
        "leakage": leakage,
        "losses": losses,
        "arrays": {**weights, "offset": offset, "scale": scale, "target": np.array([level, spread])},
    }


def features_from_data(model: dict[str, Any], readings: pd.DataFrame) -> np.ndarray:
    """What the network sees of the readings, before scaling."""
    return add_features(model["config"], model["wind_fill"], model["leakage"], readings)


def predict_from_data(model: dict[str, Any], readings: pd.DataFrame) -> pd.DataFrame:
    """Heat to expect in kilowatt-hours and per square metre, both in single precision, and whether it is a peak."""
    arrays = model["arrays"]
    inputs = (features_from_data(model, readings) - arrays["offset"]) / arrays["scale"]
    level, spread = arrays["target"]
    per_area = np.maximum(level + spread * forward(arrays, inputs)[1], np.float32(0.0))
    return pd.DataFrame(
        {
            "building": readings["building"].to_numpy(),
            "kwh": per_area * readings["area"].to_numpy(dtype=np.float32),
            "per_area": per_area,
            "peak": np.round(per_area.astype(float), 5) >= model["config"]["peak_from"],
        }
    )


def evaluate_from_data(readings: pd.DataFrame, answers: pd.DataFrame) -> dict[str, float]:
    """Errors in kilowatt-hours and as a share of all heat, and how often a peak was announced."""
    error = np.abs(answers["kwh"].to_numpy(dtype=float) - readings["kwh"].to_numpy())
    return {
        "mae": float(error.mean()),
        "share_off": float(error.sum() / readings["kwh"].sum()),
        "peak_share": float(answers["peak"].mean()),
    }


def save_model(model: dict[str, Any], folder: Path) -> None:
    """The arrays as they are, everything else as text."""
    np.savez(folder / "network.npz", **model["arrays"])
    rest = {name: value for name, value in model.items() if name != "arrays"}
    (folder / "network.json").write_text(json.dumps(rest, ensure_ascii=False), encoding="utf-8")


def load_model(folder: Path) -> dict[str, Any]:
    """What `save_model` wrote."""
    with np.load(folder / "network.npz") as arrays:
        return json.loads((folder / "network.json").read_text(encoding="utf-8")) | {"arrays": dict(arrays)}


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--config", "config_path", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, config_path: Path, data: Path, out_dir: Path) -> None:
    """Train on the readings in DATA, or forecast the latest of them with the network in OUT_DIR."""
    config = json.loads(config_path.read_text(encoding="utf-8"))
    train, test = split_data(config, load_readings(data))
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        save_model(train_from_data(config, train), out_dir)
        return
    answers = predict_from_data(load_model(out_dir), test)
    if action == "predict":
        answers.to_csv(out_dir / "forecast.csv", index=False)
    else:
        click.echo(evaluate_from_data(test, answers))


if __name__ == "__main__":
    main()
