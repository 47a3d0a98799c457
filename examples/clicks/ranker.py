"""Which search results get clicked: hashed categories and a logistic model fitted by Newton's method in NumPy."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import yaml

MISSING = "(none)"
DENSE = ("bias", "position", "log_price", "free_delivery", "price_unknown")


def load_results(path: Path) -> pd.DataFrame:
    """Read listed results, session by session."""
    return pd.read_csv(path, keep_default_na=True)


def split_data(config: dict[str, Any], rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The latest share of sessions is the test; no session is cut in two."""
    sessions = rows["session"].unique()
    late = set(sessions[len(sessions) - int(config["test_share"] * len(sessions)) :])
    is_late = rows["session"].isin(late)
    return rows[~is_late].reset_index(drop=True), rows[is_late].reset_index(drop=True)


def bucket(token: str, buckets: int) -> tuple[int, float]:
    """Place and sign of a token: the same in every process, unlike `hash`."""
    code = zlib.crc32(token.encode("utf-8"))
    return code % buckets, 1.0 if (code >> 16) & 1 else -1.0


def tokens_of(config: dict[str, Any], row: dict[str, Any]) -> list[str]:
    """One token per category, and one per declared pair of categories."""
    text = {name: MISSING if pd.isna(row[name]) else str(row[name]) for name in config["columns"]}
    crossed = ["*".join(f"{name}={text[name]}" for name in pair) for pair in config["crosses"]]
    return [f"{name}={text[name]}" for name in config["columns"]] + crossed


def hash_rows(config: dict[str, Any], rows: pd.DataFrame) -> np.ndarray:
    """Add up the tokens of each row in its buckets."""
    hashed = np.zeros((len(rows), config["buckets"]))
    for number, row in enumerate(rows[config["columns"]].to_dict("records")):
        for token in tokens_of(config, row):
            place, sign = bucket(token, config["buckets"])
            hashed[number, place] += sign if config["signed"] else 1.0
    return hashed


def dense_columns(config: dict[str, Any], typical_price: float, rows: pd.DataFrame) -> np.ndarray:
    """Bias, inverse position and price features, in the order of DENSE."""
    price = rows["price"].fillna(typical_price)
    return np.column_stack(
        [
            np.ones(len(rows)),
            1.0 / rows["position"].to_numpy(),
            np.log1p(price) - np.log1p(typical_price),
            (price >= config["free_delivery_from"]).astype(float),
            rows["price"].isna().astype(float),
        ]
    )


def features_from_data(model: dict[str, Any], rows: pd.DataFrame) -> np.ndarray:
    """Design matrix: the dense columns, then the buckets."""
    dense = dense_columns(model["config"], model["typical_price"], rows)
    return np.hstack([dense, hash_rows(model["config"], rows)])


def sigmoid(scores: np.ndarray) -> np.ndarray:
    """Scores to probabilities."""
    return 1.0 / (1.0 + np.exp(-scores))


def fit_newton(design: np.ndarray, clicked: np.ndarray, l2: float, steps: int, tol: float) -> tuple[np.ndarray, list]:
    """Weights of a logistic model with a penalty on all but the bias; Newton steps until the gradient is flat."""
    weights = np.zeros(design.shape[1])
    penalty = np.full(design.shape[1], l2)
    penalty[0] = 0.0
    losses = []
    for _ in range(steps):
        probability = sigmoid(design @ weights)
        gradient = design.T @ (probability - clicked) + penalty * weights
        curvature = (design.T * (probability * (1.0 - probability))) @ design + np.diag(penalty)
        losses.append(float(-np.mean(np.log(np.where(clicked == 1, probability, 1.0 - probability)))))
        if np.abs(gradient).max() < tol:
            break
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights, losses


def train_from_data(config: dict[str, Any], rows: pd.DataFrame) -> dict[str, Any]:
    """Fit the price reference and the weights."""
    model: dict[str, Any] = {"config": config, "typical_price": float(rows["price"].median())}
    design = features_from_data(model, rows)
    clicked = rows["clicked"].to_numpy(dtype=float)
    model["weights"], model["losses"] = fit_newton(design, clicked, config["l2"], config["steps"], config["tol"])
    return model


def predict_from_data(model: dict[str, Any], rows: pd.DataFrame) -> np.ndarray:
    """Probability of a click per listed result, shape (rows,)."""
    return sigmoid(features_from_data(model, rows) @ model["weights"])


def session_scores(clicked: np.ndarray, probability: np.ndarray, top: int) -> tuple[float, float]:
    """Reciprocal rank of the first click and discounted gain of the first few, for one session's list."""
    ranked = clicked[np.argsort(-probability.round(9), kind="stable")]
    first = int(np.argmax(ranked))
    discounts = 1.0 / np.log2(np.arange(2, top + 2))
    best = np.sort(clicked)[::-1][:top]
    gain = (ranked[:top] * discounts[: len(ranked[:top])]).sum()
    return 1.0 / (first + 1), gain / (best * discounts[: len(best)]).sum()


def evaluate_from_data(config: dict[str, Any], rows: pd.DataFrame, probability: np.ndarray) -> dict[str, float]:
    """Quality of the lists, over sessions with a click, and of the probabilities, over all results."""
    clicked = rows["clicked"].to_numpy()
    places = [group.to_numpy() for _, group in pd.Series(range(len(rows))).groupby(rows["session"].to_numpy())]
    scored = [session_scores(clicked[at], probability[at], config["top"]) for at in places if clicked[at].any()]
    loss = -np.where(clicked == 1, np.log(probability), np.log1p(-probability)).mean()
    ranks, gains = zip(*scored, strict=True)
    return {"mrr": float(np.mean(ranks)), "ndcg": float(np.mean(gains)), "log_loss": float(loss)}


def save_model(model: dict[str, Any], folder: Path) -> None:
    """Weights as an array, everything else as readable text."""
    np.savez(folder / "weights.npz", weights=model["weights"])
    rest = {"config": model["config"], "typical_price": model["typical_price"], "losses": model["losses"]}
    (folder / "model.json").write_text(json.dumps(rest, indent=2), encoding="utf-8")


def load_model(folder: Path) -> dict[str, Any]:
    """What `save_model` wrote."""
    rest = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    with np.load(folder / "weights.npz") as arrays:
        return rest | {"weights": arrays["weights"]}


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--config", "config_path", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, config_path: Path, data: Path, out_dir: Path) -> None:
    """Train on the sessions in DATA, or answer with the model in OUT_DIR."""
    config = yaml.safe_load(config_path.read_text(encoding="utf-8"))
    train, test = split_data(config, load_results(data))
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        save_model(train_from_data(config, train), out_dir)
        return
    probability = predict_from_data(load_model(out_dir), test)
    if action == "predict":
        pd.DataFrame({"probability": probability}).to_csv(out_dir / "predictions.csv", index=False)
    else:
        click.echo(evaluate_from_data(config, test, probability))


if __name__ == "__main__":
    main()
