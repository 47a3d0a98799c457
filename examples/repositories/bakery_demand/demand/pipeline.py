import json
import os

import lightgbm as lgb
import numpy as np
import pandas as pd

from demand.config import load_config
from demand.features import build, feature_columns
from demand.schemas import FORECAST, FUTURE, HISTORY


def read(path, schema):
    return schema.validate(pd.read_csv(path, parse_dates=["date"])).reset_index(drop=True)


def make_folder(path):
    if os.path.dirname(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)


def fit(cfg):
    folder = cfg["paths"]["model"]
    os.makedirs(folder, exist_ok=True)
    history = read(cfg["paths"]["history"], HISTORY)
    train = build(history, history, cfg)
    # The first days have no lags yet.
    train = train[train["date"] >= train["date"].min() + pd.Timedelta(days=max(cfg["lags"]))]
    columns = feature_columns(cfg)
    print(f"fit: {len(train)} of {len(history)} rows, {len(columns)} features")

    data = lgb.Dataset(train[columns], label=train["sold"])
    booster = lgb.train(cfg["lightgbm"], data, num_boost_round=cfg["rounds"])
    booster.save_model(os.path.join(folder, "model.txt"))

    # Forecasts need the past for their lags, and promotions must not promise more than was ever sold.
    history.to_csv(os.path.join(folder, "history.csv"), index=False)
    caps = history.groupby("item")["sold"].mean() * cfg["promotion_uplift_cap"]
    with open(os.path.join(folder, "caps.json"), "w") as f:
        json.dump(caps.to_dict(), f)


def forecast(cfg):
    folder = cfg["paths"]["model"]
    booster = lgb.Booster(model_file=os.path.join(folder, "model.txt"))
    history = read(os.path.join(folder, "history.csv"), HISTORY)
    with open(os.path.join(folder, "caps.json")) as f:
        caps = json.load(f)

    future = read(cfg["paths"]["future"], FUTURE)
    features = build(future, history, cfg)
    expected = booster.predict(features[feature_columns(cfg)])
    cap = future["item"].map(caps).fillna(np.inf)

    out = future[["date", "shop", "item"]].copy()
    out["forecast"] = np.minimum(expected, cap).round(4)
    FORECAST.validate(out)
    make_folder(cfg["paths"]["forecast"])
    out.to_csv(cfg["paths"]["forecast"], index=False)
    print(f"forecast: {len(out)} rows from {out['date'].min():%d.%m.} to {out['date'].max():%d.%m.}")


def score(cfg):
    sold = pd.read_csv(cfg["paths"]["future"], parse_dates=["date"])["sold"]
    expected = pd.read_csv(cfg["paths"]["forecast"])["forecast"]
    error = expected - sold
    metrics = {
        "wape": float(error.abs().sum() / sold.sum()),
        "bias": float(error.sum() / sold.sum()),
        "rmse": float(np.sqrt((error**2).mean())),
    }
    make_folder(cfg["paths"]["metrics"])
    with open(cfg["paths"]["metrics"], "w") as f:
        json.dump(metrics, f)
    print(metrics)


STEPS = {"fit": fit, "forecast": forecast, "score": score}


def main(config_path, steps=("fit", "forecast", "score"), overrides=()):
    cfg = load_config(config_path, overrides)
    for step in steps:
        STEPS[step](cfg)
