"""Who will cancel: logistic regression on account features, as the subscriptions desk runs it every month."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import joblib
import numpy as np
import pandas as pd
import yaml
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss, roc_auc_score
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMERIC = ["months", "log_reads", "calls", "price", "price_per_read", "is_new", "is_premium", "reads_unknown"]
CATEGORICAL = ["region", "plan", "payer"]


def load_accounts(path: Path) -> pd.DataFrame:
    """Read the reviews of accounts, one row each."""
    return pd.read_csv(path)


def split_data(config: dict[str, Any], rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Drop repeated reviews, then keep the latest share of accounts for testing."""
    accounts = rows.drop_duplicates("account", keep="first").reset_index(drop=True)
    cut = len(accounts) - round(config["test_share"] * len(accounts))
    return accounts.iloc[:cut].reset_index(drop=True), accounts.iloc[cut:].reset_index(drop=True)


def add_features(config: dict[str, Any], rows: pd.DataFrame, reads_fill: float) -> pd.DataFrame:
    """Derive what the model sees; an unknown reading frequency becomes the typical one, and says so."""
    out = rows.copy()
    out["reads_unknown"] = out["reads_week"].isna().astype(float)
    out["reads_week"] = out["reads_week"].fillna(reads_fill)
    out["log_reads"] = np.log1p(out["reads_week"].clip(lower=0.0))
    out["price_per_read"] = out["price"] / out["reads_week"].clip(lower=0.5)
    out["is_new"] = (out["months"] < config["new_months"]).astype(float)
    out["is_premium"] = (out["price"] >= config["premium_price"]).astype(float)
    out["payer"] = out["payer"].where(out["payer"].notna(), "unknown").astype(object)
    return out[NUMERIC + CATEGORICAL]


def build_preprocessor() -> ColumnTransformer:
    """Scaled numbers beside one column per known category."""
    return ColumnTransformer(
        [
            ("numeric", StandardScaler(), NUMERIC),
            ("categorical", OneHotEncoder(handle_unknown="ignore", sparse_output=False), CATEGORICAL),
        ]
    )


def train_from_data(config: dict[str, Any], rows: pd.DataFrame) -> dict[str, Any]:
    """Fit the fill value, the preprocessor and the classifier on the accounts."""
    reads_fill = float(rows["reads_week"].median())
    preprocessor = build_preprocessor()
    design = preprocessor.fit_transform(add_features(config, rows, reads_fill))
    classifier = LogisticRegression(
        C=config["C"], solver="newton-cholesky", max_iter=config["max_iter"], tol=config["tol"]
    )
    classifier.fit(design, rows["churned"])
    return {"config": dict(config), "reads_fill": reads_fill, "preprocessor": preprocessor, "classifier": classifier}


def features_from_data(model: dict[str, Any], rows: pd.DataFrame) -> np.ndarray:
    """The design matrix of the accounts, one row each."""
    return model["preprocessor"].transform(add_features(model["config"], rows, model["reads_fill"]))


def predict_from_data(model: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """Probability of cancelling, and whether the desk should call."""
    probability = model["classifier"].predict_proba(features_from_data(model, rows))[:, 1]
    call = (probability >= model["config"]["threshold"]).astype(int)
    return pd.DataFrame({"probability": probability, "call": call})


def evaluate_from_data(churned: pd.Series, predictions: pd.DataFrame) -> dict[str, float]:
    """How well the probabilities rank and the calls hit; no ranking where all accounts went one way."""
    both = churned.nunique() == 2
    return {
        "roc_auc": float(roc_auc_score(churned, predictions["probability"])) if both else float("nan"),
        "log_loss": float(log_loss(churned, predictions["probability"], labels=[0, 1])),
        "f1": float(f1_score(churned, predictions["call"], zero_division=0)),
        "call_share": float(predictions["call"].mean()),
    }


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--config", "config_path", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, config_path: Path, data: Path, out_dir: Path) -> None:
    """Train on the accounts in DATA, or answer with the model in OUT_DIR."""
    config = yaml.safe_load(config_path.read_text(encoding="utf-8"))
    train, test = split_data(config, load_accounts(data))
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        joblib.dump(train_from_data(config, train), out_dir / "model.joblib")
        return
    predictions = predict_from_data(joblib.load(out_dir / "model.joblib"), test)
    if action == "predict":
        predictions.to_csv(out_dir / "predictions.csv", index=False)
    else:
        click.echo(evaluate_from_data(test["churned"], predictions))


if __name__ == "__main__":
    main()
