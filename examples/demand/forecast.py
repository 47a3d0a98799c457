"""How many pieces each shop will sell in the next two weeks: boosted trees on lags, windows and the calendar."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import joblib
import numpy as np
import pandas as pd
import yaml
from sklearn.ensemble import HistGradientBoostingRegressor

HISTORY = ["day", "shop", "sold"]


def load_sales(path: Path) -> pd.DataFrame:
    """Read the shops' days; a day may have been recorded more than once."""
    return pd.read_csv(path, parse_dates=["day"])


def latest_records(sales: pd.DataFrame) -> pd.DataFrame:
    """Of days that were recorded more than once, keep the correction."""
    ordered = sales.sort_values("receipt", kind="stable")
    return ordered.drop_duplicates(["day", "shop"], keep="last").reset_index(drop=True)


def split_data(config: dict[str, Any], sales: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold back the last days, as many as are forecast at once."""
    records = latest_records(sales)
    last_known = records["day"].max() - pd.Timedelta(days=config["horizon_days"])
    known = records["day"] <= last_known
    return records[known].reset_index(drop=True), records[~known].reset_index(drop=True)


def sold_before(history: pd.DataFrame, rows: pd.DataFrame, days: int) -> pd.Series:
    """What the same shop sold exactly so many days earlier; missing where it was closed or unknown."""
    wanted = pd.MultiIndex.from_arrays([rows["shop"], rows["day"] - pd.Timedelta(days=days)])
    known = history.set_index(["shop", "day"])["sold"]
    return pd.Series(known.reindex(wanted).to_numpy(dtype=float), index=rows.index)


def window_mean(config: dict[str, Any], history: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Mean of the shop's days in the window that ends one horizon before the row; missing with too few of them."""
    past = {shop: (part["day"].to_numpy(), part["sold"].to_numpy()) for shop, part in history.groupby("shop")}
    ends = (rows["day"] - pd.Timedelta(days=config["horizon_days"])).to_numpy()
    starts = ends - np.timedelta64(config["window_days"], "D")
    values = []
    for shop, start, end in zip(rows["shop"], starts, ends, strict=True):
        days, sold = past.get(shop, (ends[:0], np.zeros(0)))
        seen = sold[(days > start) & (days <= end)]
        values.append(seen.mean() if len(seen) >= config["min_history"] else np.nan)
    return pd.Series(values, index=rows.index, dtype=float)


def add_features(config: dict[str, Any], history: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Everything that is known one horizon ahead, rounded so that trees split between values and not within one."""
    out = pd.DataFrame(index=rows.index)
    for days in config["lags"]:
        out[f"lag_{days}"] = sold_before(history, rows, days)
    out["window_mean"] = window_mean(config, history, rows)
    out["trend"] = (out[f"lag_{config['lags'][0]}"] / out["window_mean"].clip(lower=1.0)).clip(0.2, 5.0)
    out["weekday"] = rows["day"].dt.day_of_week.astype(float)
    out["weekend"] = (out["weekday"] >= 5).astype(float)
    out["promo"] = rows["promo"].where(rows["promo"] >= config["promo_floor"], 0.0)
    out["hot"] = (rows["temperature"] >= config["hot_from"]).astype(float).where(rows["temperature"].notna())
    return out.round(6)


def train_from_data(config: dict[str, Any], sales: pd.DataFrame) -> dict[str, Any]:
    """Fit the trees on the share of the shop's usual day, and keep the history that forecasts look back on."""
    history = sales[HISTORY].copy()
    usual = history.groupby("shop")["sold"].mean()
    features = add_features(config, history, sales)
    trees = HistGradientBoostingRegressor(
        max_iter=config["max_iter"],
        learning_rate=config["learning_rate"],
        max_leaf_nodes=config["max_leaf_nodes"],
        min_samples_leaf=config["min_samples_leaf"],
        l2_regularization=config["l2"],
        categorical_features=None,
        early_stopping=False,
        random_state=config["seed"],
    )
    trees.fit(features.to_numpy(), (sales["sold"] / sales["shop"].map(usual)).to_numpy())
    return {
        "config": dict(config),
        "history": history,
        "usual": usual,
        "typical": float(usual.median()),
        "trees": trees,
    }


def features_from_data(model: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """What the trees see for these shop days."""
    return add_features(model["config"], model["history"], rows)


def predict_from_data(model: dict[str, Any], rows: pd.DataFrame) -> pd.DataFrame:
    """Pieces expected, and how many to order in trays of six; a new shop counts as a typical one."""
    usual = rows["shop"].map(model["usual"]).fillna(model["typical"]).to_numpy(dtype=float)
    share = model["trees"].predict(features_from_data(model, rows).to_numpy())
    expected = np.maximum(share * usual, 0.0)
    trays = np.ceil(np.round(expected / 6.0, 6)).astype(int)
    return pd.DataFrame({"shop": rows["shop"].to_numpy(), "expected": expected, "trays": trays})


def evaluate_from_data(sold: pd.Series, predictions: pd.DataFrame) -> dict[str, float]:
    """Errors in pieces, in proportion to the volume, and by shop at its worst."""
    error = np.abs(predictions["expected"].to_numpy() - sold.to_numpy(dtype=float))
    by_shop = pd.Series(error).groupby(predictions["shop"].to_numpy()).mean()
    return {
        "mae": float(error.mean()),
        "wape": float(error.sum() / sold.sum()),
        "worst_shop_mae": float(by_shop.max()),
        "short_share": float((predictions["trays"].to_numpy() * 6 < sold.to_numpy()).mean()),
    }


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--config", "config_path", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, config_path: Path, data: Path, out_dir: Path) -> None:
    """Train on the shop days in DATA, or forecast the held-back days with the model in OUT_DIR."""
    config = yaml.safe_load(config_path.read_text(encoding="utf-8"))
    train, test = split_data(config, load_sales(data))
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        joblib.dump(train_from_data(config, train), out_dir / "model.joblib")
        return
    predictions = predict_from_data(joblib.load(out_dir / "model.joblib"), test)
    if action == "predict":
        predictions.to_csv(out_dir / "predictions.csv", index=False)
    else:
        click.echo(evaluate_from_data(test["sold"], predictions))


if __name__ == "__main__":
    main()
