"""How a patient's diabetes will progress: kernel ridge regression on clipped and scaled measurements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import joblib
import numpy as np
import pandas as pd
import yaml
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics import mean_absolute_error, r2_score

MEASURED = ("age", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6")


def load_patients(path: Path) -> pd.DataFrame:
    """Read patients, one row each."""
    return pd.read_csv(path)


def split_data(config: dict[str, Any], rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The last patients are the test."""
    cut = len(rows) - int(config["test_share"] * len(rows))
    return rows.iloc[:cut].reset_index(drop=True), rows.iloc[cut:].reset_index(drop=True)


def derive(config: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """Measurements beside the ratios and flags that doctors use."""
    out = rows[list(MEASURED)].astype(float)
    out["ldl_hdl"] = rows["s2"] / rows["s3"]
    out["pressure_index"] = rows["bp"] * rows["bmi"] / 1000.0
    out["high_bmi"] = (rows["bmi"] >= config["high_bmi"]).astype(float)
    out["male"] = (rows["sex"] == 2).astype(float)
    return out


def fit_scale(features: pd.DataFrame) -> pd.DataFrame:
    """Mean and standard deviation of each feature, one row each."""
    return pd.DataFrame({"mean": features.mean(), "std": features.std(ddof=0).clip(lower=1e-9)})


def scale(config: dict[str, Any], learned: pd.DataFrame, features: pd.DataFrame) -> np.ndarray:
    """Standardised features, none farther out than the configured reach."""
    standard = (features - learned["mean"]) / learned["std"]
    return standard.clip(-config["reach"], config["reach"]).to_numpy()


def train_from_data(config: dict[str, Any], rows: pd.DataFrame) -> dict[str, Any]:
    """Fit scaling and regression; the mean progression is taken off, since the kernel has no intercept."""
    features = derive(config, rows)
    learned = fit_scale(features)
    mean_progression = float(rows["progression"].mean())
    ridge = KernelRidge(
        alpha=config["alpha"], kernel="polynomial", degree=config["polynomial"], gamma=config["gamma"], coef0=1
    )
    ridge.fit(scale(config, learned, features), rows["progression"] - mean_progression)
    return {"config": config, "learned": learned, "mean_progression": mean_progression, "ridge": ridge}


def predict_from_data(model: dict[str, Any], rows: pd.DataFrame) -> np.ndarray:
    """Expected progression, shape (patients,); never below the scale's lowest value, 25."""
    features = scale(model["config"], model["learned"], derive(model["config"], rows))
    return np.maximum(model["ridge"].predict(features) + model["mean_progression"], 25.0)


def evaluate_from_data(progression: pd.Series, predictions: np.ndarray) -> dict[str, float]:
    """Explained variance, mean error, and the error among the patients who are worst off."""
    worst = (progression >= progression.quantile(0.8)).to_numpy()
    return {
        "r2": float(r2_score(progression, predictions)),
        "mean_error": float(mean_absolute_error(progression, predictions)),
        "mean_error_worst": float(mean_absolute_error(progression[worst], predictions[worst])),
    }


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--config", "config_path", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, config_path: Path, data: Path, out_dir: Path) -> None:
    """Train on the patients in DATA, or answer with the model in OUT_DIR."""
    config = yaml.safe_load(config_path.read_text(encoding="utf-8"))
    train, test = split_data(config, load_patients(data))
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        joblib.dump(train_from_data(config, train), out_dir / "progression.joblib")
        return
    predictions = predict_from_data(joblib.load(out_dir / "progression.joblib"), test)
    if action == "predict":
        pd.DataFrame({"progression": predictions}).to_csv(out_dir / "predictions.csv", index=False)
    else:
        click.echo(evaluate_from_data(test["progression"], predictions))


if __name__ == "__main__":
    main()
