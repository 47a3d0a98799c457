"""Which digit an image shows: a network of one hidden layer, trained in plain NumPy on centred pixels."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

SIDE = 8
INK = 16.0
DIGITS = 10


def load_images(path: Path) -> np.ndarray:
    """Read whole numbers, one image a line: the digit, then its 64 pixels."""
    return np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.int64)


def split_data(config: dict[str, Any], rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every few images one is kept for testing."""
    is_test = np.arange(len(rows)) % config["test_every"] == config["test_every"] - 1
    return rows[~is_test], rows[is_test]


def centre(images: np.ndarray) -> np.ndarray:
    """Move each image by whole pixels so that its ink balances on the middle; an empty image stays as it is."""
    moved = images.copy()
    places = np.arange(SIDE)
    for number, image in enumerate(images):
        ink = image.sum()
        if ink == 0:
            continue
        # Inks are whole numbers, so that the balance of an image is the same on every machine.
        down = int(np.rint(3.5 - (image.sum(axis=1) * places).sum() / ink))
        across = int(np.rint(3.5 - (image.sum(axis=0) * places).sum() / ink))
        moved[number] = np.roll(image, (down, across), axis=(0, 1))
    return moved


def features_from_data(config: dict[str, Any], rows: np.ndarray) -> np.ndarray:
    """Pixels from 0 to 1, then the ink of each line and of each column, shape (images, 80)."""
    images = rows[:, 1:].reshape(-1, SIDE, SIDE)
    if config["centre"]:
        images = centre(images)
    pixels = images / INK
    return np.hstack([pixels.reshape(len(rows), -1), pixels.mean(axis=2), pixels.mean(axis=1)])


def softmax(scores: np.ndarray) -> np.ndarray:
    """Scores to probabilities, row by row."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def forward(weights: dict[str, np.ndarray], inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hidden activations and probabilities of the digits."""
    hidden = np.tanh(inputs @ weights["w1"] + weights["b1"])
    return hidden, softmax(hidden @ weights["w2"] + weights["b2"])


def start_weights(config: dict[str, Any], inputs: int) -> dict[str, np.ndarray]:
    """Small seeded weights, no bias."""
    rng = np.random.RandomState(config["seed"])
    return {
        "w1": rng.uniform(-1.0, 1.0, (inputs, config["hidden"])) / np.sqrt(inputs),
        "b1": np.zeros(config["hidden"]),
        "w2": rng.uniform(-1.0, 1.0, (config["hidden"], DIGITS)) / np.sqrt(config["hidden"]),
        "b2": np.zeros(DIGITS),
    }


def gradients(config: dict[str, Any], weights: dict, inputs: np.ndarray, wanted: np.ndarray) -> tuple[dict, float]:
    """Gradient of the mean cross-entropy with weight decay, and the cross-entropy itself."""
    hidden, probability = forward(weights, inputs)
    error = (probability - wanted) / len(inputs)
    back = (error @ weights["w2"].T) * (1.0 - hidden * hidden)
    found = {
        "w1": inputs.T @ back + config["decay"] * weights["w1"],
        "b1": back.sum(axis=0),
        "w2": hidden.T @ error + config["decay"] * weights["w2"],
        "b2": error.sum(axis=0),
    }
    return found, float(-np.log(probability[wanted == 1.0] + 1e-12).mean())


def train_from_data(config: dict[str, Any], rows: np.ndarray) -> dict[str, Any]:
    """Train on all images at once, with momentum; the mean input is taken off first."""
    features = features_from_data(config, rows)
    offset = features.mean(axis=0)
    inputs = features - offset
    wanted = np.eye(DIGITS)[rows[:, 0]]
    weights = start_weights(config, inputs.shape[1])
    speed = {name: np.zeros_like(value) for name, value in weights.items()}
    losses = []
    for _ in range(config["epochs"]):
        slope, loss = gradients(config, weights, inputs, wanted)
        for name in weights:
            speed[name] = config["momentum"] * speed[name] - config["rate"] * slope[name]
            weights[name] = weights[name] + speed[name]
        losses.append(loss)
    return {"config": config, "offset": offset, "weights": weights, "losses": losses}


def predict_from_data(model: dict[str, Any], rows: np.ndarray) -> np.ndarray:
    """Probability of each digit, shape (images, 10)."""
    features = features_from_data(model["config"], rows) - model["offset"]
    return forward(model["weights"], features)[1]


def evaluate_from_data(config: dict[str, Any], rows: np.ndarray, probability: np.ndarray) -> dict[str, float]:
    """Share of right digits, of right digits among those the network is sure of, and the cross-entropy."""
    digits = rows[:, 0]
    right = probability.argmax(axis=1) == digits
    sure = probability.max(axis=1) >= config["doubt"]
    likelihood = np.clip(probability[np.arange(len(digits)), digits], 1e-12, 1.0)
    return {
        "accuracy": float(right.mean()),
        "accuracy_when_sure": float(right[sure].mean()) if sure.any() else 0.0,
        "sure_share": float(sure.mean()),
        "cross_entropy": float(-np.log(likelihood).mean()),
    }


def save_model(model: dict[str, Any], folder: Path) -> None:
    """Arrays in one file, settings and losses in another."""
    np.savez(folder / "network.npz", offset=model["offset"], **model["weights"])
    rest = {"config": model["config"], "losses": model["losses"]}
    (folder / "network.json").write_text(json.dumps(rest), encoding="utf-8")


def load_model(folder: Path) -> dict[str, Any]:
    """What `save_model` wrote."""
    rest = json.loads((folder / "network.json").read_text(encoding="utf-8"))
    with np.load(folder / "network.npz") as arrays:
        weights = {name: arrays[name] for name in ("w1", "b1", "w2", "b2")}
        return rest | {"offset": arrays["offset"], "weights": weights}


def main() -> None:
    """Command line: train, answer with what was trained, or say how well it does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["train", "predict", "evaluate"])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out-dir", type=Path, required=True)
    given = parser.parse_args()
    config = json.loads(given.config.read_text(encoding="utf-8"))
    train, test = split_data(config, load_images(given.data))
    given.out_dir.mkdir(parents=True, exist_ok=True)
    if given.action == "train":
        save_model(train_from_data(config, train), given.out_dir)
        return
    probability = predict_from_data(load_model(given.out_dir), test)
    if given.action == "predict":
        names = ",".join(str(digit) for digit in range(DIGITS))
        np.savetxt(given.out_dir / "predictions.csv", probability, delimiter=",", header=names, comments="")
    else:
        print(evaluate_from_data(config, test, probability))


if __name__ == "__main__":
    main()
