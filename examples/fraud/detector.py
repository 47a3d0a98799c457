"""Which card payments to stop: extra trees on payment features, and a review rule for large amounts."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import average_precision_score, brier_score_loss, precision_score, recall_score

CHANNELS = ("chip", "contactless", "online")


def load_payments(path: Path) -> pd.DataFrame:
    """Read payments in the order of their arrival."""
    return pd.read_csv(path)


def split_data(config: dict[str, Any], rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Learn from the earlier payments, test on the later ones; a payment booked twice counts once."""
    payments = rows.drop_duplicates("payment", keep="first")
    cut = int(len(payments) * (1 - config["test_share"]))
    return payments.iloc[:cut].reset_index(drop=True), payments.iloc[cut:].reset_index(drop=True)


def category_risk(config: dict[str, Any], rows: pd.DataFrame) -> dict[str, float]:
    """Fraud rate per merchant category, drawn towards the overall rate where there are few payments."""
    overall = rows["fraud"].mean()
    stats = rows.groupby("category")["fraud"].agg(["sum", "count"])
    risk = (stats["sum"] + config["smoothing"] * overall) / (stats["count"] + config["smoothing"])
    return {str(name): float(value) for name, value in risk.items()} | {"": float(overall)}


def fit_reference(config: dict[str, Any], rows: pd.DataFrame) -> dict[str, Any]:
    """What the features need to know about the past: typical limit, risk per category, payments per card."""
    return {
        "limit": float(rows["limit"].median()),
        "risk": category_risk(config, rows),
        "card_payments": rows["card"].value_counts().to_dict(),
        "home": str(rows["country"].mode().iloc[0]),
    }


def build_features(config: dict[str, Any], reference: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """One row of numbers per payment."""
    limit = rows["limit"].fillna(reference["limit"])
    amount = rows["amount"].fillna(0.0)
    overall = reference["risk"][""]
    seen = rows["card"].map(reference["card_payments"]).fillna(0)
    features = pd.DataFrame(
        {
            "log_amount": np.log1p(amount.clip(lower=0.0)),
            "share_of_limit": (amount / limit).clip(upper=2.0),
            "night": ((rows["hour"] < config["night_ends"]) | (rows["hour"] == 23)).astype(float),
            "abroad": (rows["country"] != reference["home"]).astype(float),
            "category_risk": rows["category"].map(lambda name: reference["risk"].get(name, overall)),
            "busy_card": (seen > config["busy_after"]).astype(float),
            "limit_unknown": rows["limit"].isna().astype(float),
        }
    )
    for channel in CHANNELS:
        features[f"channel_{channel}"] = (rows["channel"] == channel).astype(float)
    return features


def train_from_data(config: dict[str, Any], rows: pd.DataFrame) -> dict[str, Any]:
    """Fit the reference figures and the forest."""
    reference = fit_reference(config, rows)
    forest = ExtraTreesClassifier(**config["forest"], class_weight="balanced", criterion="gini", max_features="sqrt")
    forest.fit(build_features(config, reference, rows), rows["fraud"])
    return {"config": config, "reference": reference, "forest": forest}


def features_from_data(model: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """The features of payments as the fitted model sees them."""
    return build_features(model["config"], model["reference"], rows)


def predict_from_data(model: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """Probability of fraud per payment, and what to do with it: pass, review or stop."""
    fraud_column = list(model["forest"].classes_).index(1)
    probability = model["forest"].predict_proba(features_from_data(model, rows))[:, fraud_column]
    large = (rows["amount"] >= model["config"]["review_amount"]).to_numpy()
    action = np.where(probability >= model["config"]["threshold"], "stop", np.where(large, "review", "pass"))
    return pd.DataFrame({"payment": rows["payment"].to_numpy(), "probability": probability, "action": action})


def evaluate_from_data(rows: pd.DataFrame, predictions: pd.DataFrame) -> dict[str, float]:
    """How well the probabilities rank, what stopping catches, and how much money still leaves."""
    fraud = rows["fraud"].to_numpy()
    probability = predictions["probability"].to_numpy()
    stopped = (predictions["action"] == "stop").to_numpy().astype(int)
    return {
        "average_precision": float(average_precision_score(fraud, probability)),
        "brier": float(brier_score_loss(fraud, probability)),
        "recall": float(recall_score(fraud, stopped, zero_division=0)),
        "precision": float(precision_score(fraud, stopped, zero_division=0)),
        "lost_euro": float(rows["amount"].to_numpy()[(fraud == 1) & (stopped == 0)].sum()),
    }


def train_from_path(config_path: Path, data_path: Path, out_dir: Path) -> None:
    """Train on the earlier payments of a file and keep the model."""
    config = json.loads(config_path.read_text(encoding="utf-8"))
    train, _ = split_data(config, load_payments(data_path))
    out_dir.mkdir(parents=True, exist_ok=True)
    joblib.dump(train_from_data(config, train), out_dir / "detector.joblib")


def answer_from_path(config_path: Path, data_path: Path, out_dir: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The later payments of a file, and what the kept model says to them."""
    config = json.loads(config_path.read_text(encoding="utf-8"))
    _, test = split_data(config, load_payments(data_path))
    return test, predict_from_data(joblib.load(out_dir / "detector.joblib"), test)


def main() -> None:
    """Command line: train, answer, or say how well the answers do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["train", "predict", "evaluate"])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out-dir", type=Path, required=True)
    given = parser.parse_args()
    if given.action == "train":
        train_from_path(given.config, given.data, given.out_dir)
        return
    test, predictions = answer_from_path(given.config, given.data, given.out_dir)
    if given.action == "predict":
        predictions.to_csv(given.out_dir / "answers.csv", index=False)
    else:
        print(json.dumps(evaluate_from_data(test, predictions), indent=2))


if __name__ == "__main__":
    main()
