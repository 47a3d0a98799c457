"""What a home will sell for: ridge regression on the logarithm of the price, with the valuers' own features."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

NUMERIC = ["log_area", "area_per_room", "age", "station", "location", "summer"]
FLAGS = ["lift", "is_house", "station_unknown"]


def load_sales(path: Path) -> pd.DataFrame:
    """Read registered sales, one row each."""
    return pd.read_csv(path, parse_dates=["sold"])


def split_data(config: dict[str, Any], sales: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Keep the last sale of each parcel and split at random, alike over the terciles of the price."""
    latest = sales.sort_values("sold", kind="stable").drop_duplicates("parcel", keep="last").sort_index()
    terciles = pd.qcut(latest["price"].rank(method="first"), 3, labels=False)
    train, test = train_test_split(
        latest, test_size=config["test_share"], random_state=config["seed"], stratify=terciles
    )
    return train.reset_index(drop=True), test.reset_index(drop=True)


def location_levels(sales: pd.DataFrame, smoothing: float) -> dict[str, float]:
    """Mean log price per square metre of each district, drawn towards the city's where sales are few."""
    level = np.log(sales["price"] / sales["area"])
    city = float(level.mean())
    grouped = level.groupby(sales["district"]).agg(["sum", "count"])
    smoothed = (grouped["sum"] + smoothing * city) / (grouped["count"] + smoothing)
    return {**{str(name): float(value) for name, value in smoothed.items()}, "": city}


def add_features(config: dict[str, Any], fitted: dict[str, Any], sales: pd.DataFrame) -> pd.DataFrame:
    """Sizes, ages, distances and the level of the district, with unknown distances filled by the district's."""
    levels, fills = fitted["levels"], fitted["station_fills"]
    out = pd.DataFrame(index=sales.index)
    out["log_area"] = np.log(sales["area"].clip(lower=1.0))
    out["area_per_room"] = sales["area"] / sales["rooms"].clip(lower=1.0)
    out["age"] = sales["sold"].dt.year - sales["built"]
    fill = sales["district"].map(fills).fillna(fills[""])
    out["station"] = sales["station"].fillna(fill).clip(upper=config["station_cap"])
    out["location"] = sales["district"].map(levels).fillna(levels[""])
    out["summer"] = np.cos(2.0 * np.pi * (sales["sold"].dt.month - 7) / 12.0)
    out["lift"] = sales["lift"].astype(float)
    out["is_house"] = (sales["kind"] == "house").astype(float)
    out["station_unknown"] = sales["station"].isna().astype(float)
    band = np.digitize(sales["area"], config["area_edges"])
    for number in range(1, len(config["area_edges"]) + 1):
        out[f"band_{number}"] = (band == number).astype(float)
    return out


def train_from_data(config: dict[str, Any], sales: pd.DataFrame) -> dict[str, Any]:
    """Fit levels and fills, scale the numeric features, fit the ridge and what it takes to leave the log scale."""
    fills = {str(name): float(value) for name, value in sales.groupby("district")["station"].median().items()}
    fitted = {
        "levels": location_levels(sales, config["smoothing"]),
        "station_fills": {**fills, "": float(sales["station"].median())},
    }
    features = add_features(config, fitted, sales)
    center, scale = features[NUMERIC].mean(), features[NUMERIC].std(ddof=0)
    features[NUMERIC] = (features[NUMERIC] - center) / scale
    target = np.log(sales["price"].to_numpy())
    ridge = Ridge(alpha=config["alpha"], solver="cholesky").fit(features.to_numpy(), target)
    residuals = target - ridge.predict(features.to_numpy())
    tail = (1.0 - config["interval"]) / 2.0
    return {
        **fitted,
        "config": dict(config),
        "center": center.to_numpy(),
        "scale": scale.to_numpy(),
        "coefficients": ridge.coef_,
        "intercept": float(ridge.intercept_),
        "smearing": float(np.exp(residuals).mean()),
        "band": np.quantile(residuals, [tail, 1.0 - tail]),
    }


def features_from_data(model: dict[str, Any], sales: pd.DataFrame) -> pd.DataFrame:
    """The scaled design of the sales, one row each."""
    features = add_features(model["config"], model, sales)
    features[NUMERIC] = (features[NUMERIC] - model["center"]) / model["scale"]
    return features


def predict_from_data(model: dict[str, Any], sales: pd.DataFrame) -> pd.DataFrame:
    """Expected price and the band that most sales fall into, in thousand francs."""
    log_price = features_from_data(model, sales).to_numpy() @ model["coefficients"] + model["intercept"]
    return pd.DataFrame(
        {
            "price": np.exp(log_price) * model["smearing"],
            "low": np.exp(log_price + model["band"][0]),
            "high": np.exp(log_price + model["band"][1]),
        }
    )


def evaluate_from_data(price: pd.Series, predictions: pd.DataFrame) -> dict[str, float]:
    """Errors in thousand francs and in per cent, and how often the band holds."""
    actual = price.to_numpy(dtype=float)
    error = predictions["price"].to_numpy() - actual
    inside = (predictions["low"].to_numpy() <= actual) & (actual <= predictions["high"].to_numpy())
    return {
        "mae": float(np.abs(error).mean()),
        "median_percent": float(np.median(np.abs(error) / actual) * 100.0),
        "r2": float(1.0 - (error * error).sum() / ((actual - actual.mean()) ** 2).sum()),
        "coverage": float(inside.mean()),
    }


def save_model(model: dict[str, Any], folder: Path) -> None:
    """Write the arrays and everything else beside them, so that no code is needed to read the bundle."""
    arrays = {name: value for name, value in model.items() if isinstance(value, np.ndarray)}
    np.savez(folder / "arrays.npz", **arrays)
    rest = {name: value for name, value in model.items() if name not in arrays}
    (folder / "model.json").write_text(json.dumps(rest, ensure_ascii=False, indent=1), encoding="utf-8")


def load_model(folder: Path) -> dict[str, Any]:
    """Read a bundle that `save_model` wrote."""
    with np.load(folder / "arrays.npz") as arrays:
        return {**json.loads((folder / "model.json").read_text(encoding="utf-8")), **arrays}


def main() -> None:
    """Train on a file of sales, or price homes with a saved model."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("action", choices=["train", "predict", "evaluate"])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out-dir", type=Path, required=True)
    options = parser.parse_args()
    config = json.loads(options.config.read_text(encoding="utf-8"))
    train, test = split_data(config, load_sales(options.data))
    options.out_dir.mkdir(parents=True, exist_ok=True)
    if options.action == "train":
        save_model(train_from_data(config, train), options.out_dir)
        return
    predictions = predict_from_data(load_model(options.out_dir), test)
    if options.action == "predict":
        predictions.to_csv(options.out_dir / "predictions.csv", index=False)
    else:
        print(json.dumps(evaluate_from_data(test["price"], predictions), indent=1))


if __name__ == "__main__":
    main()
